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
# it comes while the program is built; without it search goes by words only
scripts/minilm.sh >/dev/null &
model=$!

program=${CARGO_TARGET_DIR:-target}/quick/bellwether
# the profile `quick` is in Cargo.toml: built in minutes, optimised only where somebody waits
# What the program embeds is told by what the app is made from, which is known before the app is built.
build() { BROWSER_APP=$made_from cargo build --profile quick --package bellwether --bin bellwether; }
web() { step "Packages of the browser app" web_packages && step "The browser app" web_build; }
made_from=$(web_fingerprint)

if [ -x "$program" ]; then
  web
  step "The program" build
else
  # the first time neither waits for the other: the app is embedded in the last of some seven hundred crates
  say "The browser app and the program are built side by side. This takes some minutes, once."
  web &
  app=$!
  step "The program" build
  built=$(date +%s)
  wait "$app" || fail "the browser app could not be built: see above"
  if [ "$(stat -c %Y web/node_modules/.bellwether-built)" -gt $((built - 90)) ]; then
    # it may have come too late
    made_from="$made_from, late"
    step "The program, with the app" build
  fi
fi

wait "$model" || say "  Without the model, search and smart feeds go by words only. The next start tries again."
exec "$program" up "$@"
