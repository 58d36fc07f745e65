#!/usr/bin/env bash
# Pictures of every screen, light and dark, wide and phone, into web/shots/: to be looked at by a person.
# SHOTS, SHOTS_SIZES and SHOTS_THEMES take only some of them: see web/scripts/shots.mjs.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$ROOT"

need_rust
need_node
need_python
CHROMIUM=$(need_chromium)
export CHROMIUM
step "Packages of the browser app" web_packages
step "The browser app" web_build
step "The program" cargo build --quiet --workspace --bin bellwether
cd web
# so that the inbox of webhooks has something to show; and the people of the pictures sign up all at once
BELLWETHER_WEBHOOK_SECRET=whsec_$(head -c 24 /dev/urandom | base64)
export BELLWETHER_WEBHOOK_SECRET
export BELLWETHER_IDENTITY__CLERK__WEBHOOK_SECRETS="[\"$BELLWETHER_WEBHOOK_SECRET\"]"
export BELLWETHER_SERVER__RATE_LIMITS=false
step "Pictures into web/shots/" ../scripts/with-server.sh npm run --silent shots -- "$@"
