#!/usr/bin/env bash
# Publishing while everything breaks: the long form of the test `chaos`. Prints what it did and what it counted.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$ROOT"

need_rust
scripts/postgres.sh >/dev/null
export BELLWETHER_CHAOS_ROUNDS=${BELLWETHER_CHAOS_ROUNDS:-500}
cargo test --quiet --workspace --test chaos -- --nocapture
