# shellcheck shell=bash
# What the other scripts share: saying what happens and how long it took, and installing what is missing.
# Sourced, not run. Everything said goes to stderr, so that a script's stdout stays free for its answer.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export ROOT

if [ -t 2 ] && [ -z "${NO_COLOR:-}" ]; then
  BOLD=$'\e[1m' DIM=$'\e[2m' RED=$'\e[31m' GREEN=$'\e[32m' PLAIN=$'\e[0m'
else
  BOLD='' DIM='' RED='' GREEN='' PLAIN=''
fi

say() { printf '%s\n' "$*" >&2; }
fail() {
  printf '%s%s%s\n' "$RED" "$*" "$PLAIN" >&2
  exit 1
}

# seconds since the epoch with milliseconds, for the differences below
now_ms() { date +%s%3N; }
took() {
  local ms=$(($(now_ms) - $1))
  printf '%d.%d s' $((ms / 1000)) $((ms % 1000 / 100))
}

# step NAME COMMAND...: says what starts, runs it, says how long it took; stops everything when it fails
step() {
  local name=$1 start status=0
  shift
  start=$(now_ms)
  say "${BOLD}→ ${name}${PLAIN}"
  "$@" || status=$?
  if [ "$status" -ne 0 ]; then
    fail "✗ ${name}: failed with status ${status} after $(took "$start")"
  fi
  say "${GREEN}✓${PLAIN} ${name} ${DIM}($(took "$start"))${PLAIN}"
}

have() { command -v "$1" >/dev/null 2>&1; }

# need_space GIB WHAT: a disk that fills up in the middle of a build fails with errors that speak of anything but disks
need_space() {
  local free
  free=$(($(df --output=avail -k "$ROOT" | tail -n 1) / 1048576))
  [ "$free" -ge "$1" ] || fail "$2 takes about $1 GiB of disk; $free GiB are free where $ROOT lies. Make room first."
}

# version_at_least HAVE WANT
version_at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

# as_root COMMAND...: runs it as root, by sudo where the user is not root
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif have sudo && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
    sudo "$@"
  else
    return 77
  fi
}

# apt_install WHY PACKAGE...: installs Debian packages, or says what to install and stops
apt_install() {
  local why=$1
  shift
  have apt-get || fail "$why is missing. Install it with your system's package manager (on Debian: $*)."
  say "  $why is missing: installing $* with apt-get"
  if ! as_root true; then
    fail "$why is missing, and installing needs root. Run this once, then start again:
    apt-get install $*     (as root)"
  fi
  if ! as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1; then
    as_root apt-get update -qq >&2 || fail "apt-get update failed: is there a network?"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2 ||
      fail "apt-get could not install $*"
  fi
}

# Where programs that only tests look at keep their data: in memory where there is room for it (2 GB), because a
# database that waits for a slow disk makes every flow slow. Prints a folder.
scratch() {
  local free
  if [ -z "${TMPDIR:-}" ] && [ -w /dev/shm ]; then
    free=$(df --output=avail -k /dev/shm 2>/dev/null | tail -n 1)
    if [ "${free:-0}" -ge 2097152 ]; then
      printf '/dev/shm\n'
      return
    fi
  fi
  printf '%s\n' "${TMPDIR:-/tmp}"
}

# --- toolchains -------------------------------------------------------------------------------------------------

need_compiler() { have cc || apt_install "a C compiler" gcc libc6-dev; }

need_rust() {
  local want
  want=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' "$ROOT/Cargo.toml" | head -n 1)
  if ! have cargo && [ -x "$HOME/.cargo/bin/cargo" ]; then
    PATH="$HOME/.cargo/bin:$PATH"
  fi
  if ! have cargo && have apt-cache && apt-cache show rustup >/dev/null 2>&1; then
    apt_install "Rust" rustup
  fi
  if have rustup && ! cargo --version >/dev/null 2>&1; then
    rustup toolchain install stable --profile minimal --component clippy --component rustfmt >&2
    rustup default stable >&2
  fi
  have cargo || fail "Rust ${want} or newer is needed. Install rustup (https://rustup.rs), then start again."
  local version
  version=$(cargo --version | cut -d ' ' -f 2)
  version_at_least "$version" "$want" ||
    fail "Rust ${want} or newer is needed, this is ${version}. Run: rustup update stable"
  need_compiler
}

need_node() {
  local want=20.19
  if ! have node || ! have npm; then
    apt_install "Node.js" nodejs npm
  fi
  local version
  version=$(node --version | tr -d v)
  version_at_least "$version" "$want" ||
    fail "Node.js ${want} or newer is needed, this is ${version}. Install a newer one (https://nodejs.org), then start again."
}

need_python() {
  have python3 || apt_install "Python 3" python3
  python3 -m pip --version >/dev/null 2>&1 || apt_install "pip" python3-pip
}

# prints the browser's path; Debian's package, since the tests drive a real Chromium
need_chromium() {
  local name
  for name in chromium chromium-browser google-chrome; do
    if have "$name"; then
      command -v "$name"
      return
    fi
  done
  apt_install "Chromium" chromium fonts-liberation fonts-noto-color-emoji
  command -v chromium
}

# --- the browser app ----------------------------------------------------------------------------------------------

# one hash over names and contents of everything that the built app is made from
web_fingerprint() {
  (cd "$ROOT/web" &&
    find . \( -name node_modules -o -name dist -o -name e2e -o -name test-results -o -name playwright-report \) -prune \
      -o -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d ' ' -f 1)
}

web_packages() {
  local stamp="$ROOT/web/node_modules/.bellwether-lock" want
  want=$(sha256sum <"$ROOT/web/package-lock.json")
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$want" ]; then
    return
  fi
  (cd "$ROOT/web" && npm install --no-save --no-audit --no-fund --loglevel=error >&2)
  printf '%s' "$want" >"$stamp"
}

web_build() {
  local stamp="$ROOT/web/node_modules/.bellwether-built" want
  want=$(web_fingerprint)
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$want" ] && [ -f "$ROOT/web/dist/index.html" ]; then
    return
  fi
  (cd "$ROOT/web" && npm run --silent build >&2)
  printf '%s' "$want" >"$stamp"
}
