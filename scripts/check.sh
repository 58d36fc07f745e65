#!/usr/bin/env bash
# Everything that must hold before a commit and that is not a test. Runs every check, then says which failed.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$ROOT"

need_rust
need_node
need_python
cargo clippy --version >/dev/null 2>&1 || fail "clippy is missing. Run: rustup component add clippy rustfmt"
scripts/postgres.sh >/dev/null

failed=()
check() {
  local name=$1 start
  shift
  start=$(now_ms)
  say "${BOLD}→ ${name}${PLAIN}"
  if "$@" >&2; then
    say "${GREEN}✓${PLAIN} ${name} ${DIM}($(took "$start"))${PLAIN}"
  else
    failed+=("$name")
    say "${RED}✗ ${name}${PLAIN} ${DIM}($(took "$start"))${PLAIN}"
  fi
}

dependencies() {
  if ! cargo deny --version >/dev/null 2>&1; then
    say "  cargo-deny is missing: building it (some minutes, once)"
    cargo install --locked --quiet cargo-deny >&2 || return 1
  fi
  cargo deny --log-level error check bans licenses sources || return 1
  if cargo deny fetch db >/dev/null 2>&1; then
    cargo deny --log-level error check advisories
  else
    say "${RED}  not checked: known vulnerabilities. The advisory database can't be reached from here.${PLAIN}"
  fi
}

# a lock file that names where packages come from breaks for everyone behind a mirror
lock_file() { ! grep -nE '"resolved": *"http' web/package-lock.json crates/*/tests/*/package-lock.json crates/testkit/peers/*/package-lock.json; }

check "Formatting" cargo fmt --all --check
check "Architecture: crates and tables" cargo xtask architecture
check "Packages of the browser app" web_packages
check "Lock file names no host" lock_file
check "Types and lints of the browser app" npm --prefix web run --silent check
check "Lints" cargo clippy --workspace --all-targets --all-features --quiet -- -D warnings
check "Checked queries (.sqlx)" cargo xtask sqlx --check
check "Generated files" cargo xtask generated --check
check "Dependencies: bans, licences, sources, advisories" dependencies

if [ ${#failed[@]} -gt 0 ]; then
  say ""
  for name in "${failed[@]}"; do say "${RED}failed: ${name}${PLAIN}"; done
  exit 1
fi
say "${GREEN}All checks passed.${PLAIN}"
