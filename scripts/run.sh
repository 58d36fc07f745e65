#!/usr/bin/env bash
# From a fresh clone to the running program: fetches what is missing, builds, and becomes `bellwether up`.
# Arguments are handed on to `bellwether up`.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$ROOT"

# quick checks first, so that the slow part does not fail at its end
need_rust
need_node
need_python

scripts/postgres.sh >/dev/null

step "Packages of the browser app" web_packages
step "The browser app" web_build
# the profile `quick` is in Cargo.toml: built in minutes, optimised only where somebody waits
step "The program (the first time takes some minutes)" cargo build --profile quick --package bellwether --bin bellwether

exec "${CARGO_TARGET_DIR:-target}/quick/bellwether" up "$@"
