#!/usr/bin/env bash
# Programs of others that tests talk to, each below target/peers: `pds` (Bluesky's server) and `prism` (checks requests
# against an OpenAPI description), `webpush` (a push service) from npm, `moto` (an S3 server) from PyPI. Does nothing when it is there already.
#
#   scripts/peers.sh NAME     installs one and prints its folder
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$ROOT"

name=${1:-}
from=crates/testkit/peers/$name
[ -n "$name" ] && [ -d "$from" ] || fail "which peer? One of: $(ls crates/testkit/peers | tr '\n' ' ')"
home=${CARGO_TARGET_DIR:-$ROOT/target}/peers/$name
want=$(cat "$from"/* | sha256sum | cut -d' ' -f1)
mkdir -p "$home"
# tests run side by side: the first makes it, the others wait
exec 9>"$home/lock"
flock 9
if [ "$(cat "$home/ready" 2>/dev/null || true)" != "$want" ]; then
  rm -rf "$home/ready" "$home/node_modules" "$home/venv"
  cp "$from"/* "$home/"
  if [ -f "$from/package.json" ]; then
    have npm || fail "Node.js with npm is missing"
    (cd "$home" && npm ci --no-audit --no-fund --silent) >&2
  fi
  if [ -f "$from/requirements.txt" ]; then
    have python3 || fail "Python 3 is missing"
    python3 -m venv "$home/venv" >&2
    "$home/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check -r "$from/requirements.txt" >&2
  fi
  printf '%s' "$want" >"$home/ready"
fi
printf '%s\n' "$home"
