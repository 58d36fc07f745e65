#!/usr/bin/env bash
# Every test, in three suites: `rust`, `web` (Vitest), `flows` (Chromium against the real program).
#
#   scripts/test.sh [rust] [web] [flows]     only these
#
# All asked suites run even when one fails. The last line is the sum: "N passed, N failed".
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$ROOT"

suites=("$@")
[ ${#suites[@]} -gt 0 ] || suites=(rust web flows)
asked() { [[ " ${suites[*]} " == *" $1 "* ]]; }
for suite in "${suites[@]}"; do
  case $suite in rust | web | flows) ;; *) fail "unknown suite $suite: rust, web or flows" ;; esac
done

target=${CARGO_TARGET_DIR:-$ROOT/target}
results=$target/test-results
rm -rf "$results"
mkdir -p "$results"
profile=default
if [ -n "${CI:-}" ]; then
  profile=ci
  # built once and thrown away: what serves the next build and a debugger is only time and disk here
  export CARGO_INCREMENTAL=0 CARGO_PROFILE_DEV_DEBUG=none
fi

# a first build takes 5 GiB in CI and thrice that at home; other people's programs and the flows' data come on top
[ -d "$target/debug" ] || need_space 8 "A first run of the tests"

need_rust
need_python
if asked web || asked flows; then need_node; fi
if asked flows; then
  CHROMIUM=$(need_chromium)
  export CHROMIUM
fi
scripts/postgres.sh >/dev/null

failed=()
# suite NAME COMMAND...: like step, but a failure is noted and the others still run
suite() {
  local name=$1 start
  shift
  start=$(now_ms)
  say "${BOLD}→ ${name}${PLAIN}"
  if "$@"; then
    say "${GREEN}✓${PLAIN} ${name} ${DIM}($(took "$start"))${PLAIN}"
  else
    failed+=("$name")
    say "${RED}✗ ${name}${PLAIN} ${DIM}($(took "$start"))${PLAIN}"
  fi
}

rust_tests() {
  if ! cargo nextest --version >/dev/null 2>&1; then
    say "  cargo-nextest is missing: building it (some minutes, once)"
    cargo install --locked --quiet cargo-nextest >&2 || say "  it could not be built: cargo test runs the tests instead"
  fi
  if cargo nextest --version >/dev/null 2>&1; then
    local status=0
    rm -f "$target/nextest/$profile/junit.xml"
    cargo nextest run --workspace --profile "$profile" || status=$?
    cp "$target/nextest/$profile/junit.xml" "$results/rust.xml" 2>/dev/null || true
    return $status
  fi
  cargo test --workspace --lib --bins --tests --no-fail-fast 2>&1 | tee "$results/rust.txt"
}

# nextest leaves the examples in the documentation to cargo
doc_tests() { cargo test --workspace --doc --no-fail-fast --quiet 2>&1 | tee "$results/doc.txt"; }

web_tests() {
  (cd web && npx vitest run --project unit --reporter=default --reporter=json --outputFile.json="$results/web.json")
}

# each flow signs up an account of its own, more in a minute than one address may
flow_tests() {
  export BELLWETHER_SERVER__RATE_LIMITS=false
  (cd web && ../scripts/with-server.sh \
    npx vitest run --project e2e --reporter=default --reporter=json --outputFile.json="$results/flows.json")
}

# the built app goes into the binary, and the Rust suite looks at it there
step "Packages of the browser app" web_packages
step "The browser app" web_build
if asked rust; then
  # the same for the model that understands texts: without it its tests say SKIPPED
  if scripts/minilm.sh >/dev/null; then
    export BELLWETHER_MODEL_EXPECTED=1
  elif [ -n "${CI:-}" ]; then
    fail "the model all-MiniLM-L6-v2 can't be had"
  fi
  # fetched once; without them their tests say SKIPPED, and fail where nobody reads
  scripts/reference.sh >/dev/null || [ -z "${CI:-}" ] || fail "the reference libraries can't be had"
  for peer in crates/testkit/peers/*/; do
    scripts/peers.sh "$(basename "$peer")" >/dev/null || [ -z "${CI:-}" ] || fail "$peer can't be had"
  done
  suite "Rust tests" rust_tests
  suite "Rust examples in the documentation" doc_tests
fi
# at home the tests' database server stays for the next run; nobody comes back for it here
if [ -n "${CI:-}" ] && pid=$(head -n 1 "$target/test-postgres/data/postmaster.pid" 2>/dev/null); then
  kill -INT "$pid" 2>/dev/null || true
fi
if asked web; then suite "Browser app tests" web_tests; fi
if asked flows; then
  step "The program" cargo build --quiet --workspace --bin bellwether
  suite "Browser flows" flow_tests
fi

for name in "${failed[@]:-}"; do
  [ -z "$name" ] || say "${RED}failed: ${name}${PLAIN}"
done
# fails by itself when a suite that was asked for left no result, or no test ran
python3 scripts/sum_tests.py "$results" "${suites[@]}" || failed+=("sum")
[ ${#failed[@]} -eq 0 ]
