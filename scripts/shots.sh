#!/usr/bin/env bash
# Pictures of every screen, light and dark, wide and phone, into web/shots/: to be looked at by a person.
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
step "The program" cargo build --quiet --package bellwether --bin bellwether
cd web
step "Pictures into web/shots/" ../scripts/with-server.sh npm run --silent shots -- "$@"
