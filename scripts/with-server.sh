#!/usr/bin/env bash
# Runs a command against a program of its own: fresh data (in memory where there is room), a free port, both gone at
# the end.
#
#   scripts/with-server.sh [--binary PATH] COMMAND...
#
# The command finds BELLWETHER_URL (http://127.0.0.1:PORT), BELLWETHER_LINK (the demo owner's one-time link), and of the
# program: BELLWETHER_BIN, BELLWETHER_SERVER_PID, BELLWETHER_SERVER_LOG, BELLWETHER_SERVER_DATA. Exits as the command
# does; prints the log's end when it failed.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

binary="${CARGO_TARGET_DIR:-$ROOT/target}/debug/bellwether"
if [ "${1:-}" = --binary ]; then
  binary=$2
  shift 2
fi
[ $# -gt 0 ] || fail "usage: scripts/with-server.sh [--binary PATH] COMMAND..."
[ -x "$binary" ] || fail "there is no program at $binary: build it first (cargo build -p bellwether)"

"$ROOT/scripts/postgres.sh" >/dev/null
# readable for the user that the database runs as when root starts it
TMPDIR=$(scratch)
export TMPDIR
work=$(mktemp -d "$TMPDIR/bellwether-XXXXXX")
chmod 755 "$work"
log=$work/server.log
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')

(cd "$work" && exec "$binary" up --data "$work/data" --port "$port") >"$log" 2>&1 &
server=$!

finish() {
  local status=$?
  if kill -0 "$server" 2>/dev/null; then
    kill -TERM "$server"
    wait "$server" 2>/dev/null || true
  fi
  if [ "$status" -ne 0 ]; then
    say "--- the end of the program's log ---"
    tail -n 60 "$log" >&2
  fi
  rm -rf "$work"
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM

url=http://127.0.0.1:$port
ready() { python3 -c "import urllib.request as r; r.urlopen('$url/readyz', timeout=2)" 2>/dev/null; }
link() { grep -aoE "https?://[^[:space:]]+/sign-in/link#token=[A-Za-z0-9_-]+" "$log" | head -n 1; }
up=
for _ in $(seq 300); do
  if [ -n "$(link)" ] && ready; then
    up=1
    break
  fi
  kill -0 "$server" 2>/dev/null || fail "the program ended before it was ready"
  sleep 0.1
done
# not asked once more: on a machine that is busy the second answer may be late where the first one came
[ -n "$up" ] || fail "the program was not ready within 30 seconds"

export BELLWETHER_URL=$url
BELLWETHER_LINK=$(link)
export BELLWETHER_LINK
export BELLWETHER_SERVER_PID=$server
export BELLWETHER_SERVER_LOG=$log
export BELLWETHER_SERVER_DATA=$work/data
export BELLWETHER_BIN=$binary
"$@"
