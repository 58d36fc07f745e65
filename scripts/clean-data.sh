#!/usr/bin/env bash
# Removes the data folder of `make run`: the database and the stored files. Asks first, and only a typed "yes" counts.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$ROOT"

data=${BELLWETHER_DATA__DIR:-data}
[ -e "$data" ] || {
  say "Nothing to remove: there is no $data."
  exit 0
}
data=$(cd "$data" && pwd)
case $data in
  / | "$HOME" | "$ROOT") fail "$data is not a data folder: nothing was removed" ;;
esac
[ -f "$data/postgres/PG_VERSION" ] || fail "$data does not look like Bellwether's data: nothing was removed"

pid=$(head -n 1 "$data/postgres/postmaster.pid" 2>/dev/null || true)
if [ -n "$pid" ] && [ -d "/proc/$pid" ]; then
  fail "Bellwether is running on $data (PostgreSQL has process id $pid): stop it first"
fi

# started by root, the database may lie where an ordinary user reaches it: data/postgres is a link then
database=$(readlink -f "$data/postgres")
size=$(du -shcD "$data" "$database" 2>/dev/null | tail -n 1 | cut -f 1)
say "This removes $data ($size): every account, draft and file in it. There is no way back."
printf 'Type yes to remove it: ' >&2
read -r answer || answer=''
if [ "$answer" != yes ]; then
  say "Nothing was removed."
  exit 1
fi
rm -rf -- "$database" "$data"
say "Removed."
