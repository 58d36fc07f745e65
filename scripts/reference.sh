#!/usr/bin/env bash
# The reference libraries that the identity tests talk to: oidc-provider from npm, svix and standardwebhooks from PyPI,
# in target/reference. Does nothing when they are there already. Prints the folder.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$ROOT"

from=crates/identity/tests/reference
home=${CARGO_TARGET_DIR:-$ROOT/target}/reference
want=$(cat "$from/package.json" "$from/package-lock.json" "$from/requirements.txt" | sha256sum | cut -d' ' -f1)
mkdir -p "$home"
# tests run side by side: the first makes it, the others wait
exec 9>"$home/lock"
flock 9
if [ "$(cat "$home/ready" 2>/dev/null || true)" != "$want" ]; then
  rm -rf "$home/ready" "$home/node_modules" "$home/venv"
  cp "$from/package.json" "$from/package-lock.json" "$home/"
  (cd "$home" && npm ci --no-audit --no-fund --silent) >&2
  python3 -m venv "$home/venv" >&2
  "$home/venv/bin/pip" install --quiet --disable-pip-version-check -r "$from/requirements.txt" >&2
  printf '%s' "$want" >"$home/ready"
fi
# node finds packages beside the script
cp "$from/provider.mjs" "$from/sign.py" "$home/"
printf '%s\n' "$home"
