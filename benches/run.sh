#!/usr/bin/env bash
# The measurements of benches/README.md. Arguments: which of them; none is all.
set -euo pipefail
. "$(dirname "$0")/../scripts/lib.sh"
cd "$ROOT"

wanted=("$@")
[ ${#wanted[@]} -gt 0 ] || wanted=(repurpose voice trends identity posts start memory publishing deliveries)
asked() { [[ " ${wanted[*]} " == *" $1 "* ]]; }
for name in "${wanted[@]}"; do
  case $name in repurpose | voice | trends | identity | posts | start | memory | publishing | deliveries) ;; *) fail "unknown measurement $name: repurpose, voice, trends, identity, posts, start, memory, publishing or deliveries" ;; esac
done

need_rust
need_node
need_python
scripts/postgres.sh >/dev/null
release=${CARGO_TARGET_DIR:-$ROOT/target}/release
binary=$release/bellwether
# with the features of the whole workspace, so that each measurement finds what the one before built
build() { cargo build --release --workspace "$@"; }

if asked posts || asked start || asked memory; then
  step "Packages of the browser app" web_packages
  step "The browser app" web_build
  step "The program, release" build --bin bellwether
fi

if asked repurpose; then
  articles=$ROOT/../shared/vectors/articles
  if [ -d "$articles" ]; then
    step "The writer, release" build --example repurpose_all
    say "${BOLD}repurpose${PLAIN}"
    # one core, as promised
    taskset -c 0 "$release/examples/repurpose_all" "$articles"
  else
    say "repurpose: not measured, there are no articles at $articles"
  fi
fi

if asked voice; then
  articles=$ROOT/../shared/vectors/articles
  if [ -d "$articles" ]; then
    step "The voice" build --example authors
    step "The writer in a voice" build --example voice_on
    say "${BOLD}voice${PLAIN}"
    taskset -c 0 "$release/examples/authors" "$articles" speed
    taskset -c 0 "$release/examples/authors" "$articles"
    taskset -c 0 "$release/examples/voice_on" "$articles"
  else
    say "voice: not measured, there are no articles at $articles"
  fi
fi

if asked trends; then
  articles=$ROOT/../shared/vectors/articles
  if [ -d "$articles" ]; then
    step "The detector of trends, release" cargo build --release --package bellwether-trends --example trend_stream
    say "${BOLD}trends${PLAIN}"
    taskset -c 0 cargo run --quiet --release --package bellwether-trends --example trend_stream -- "$articles"
    taskset -c 0 cargo run --quiet --release --package bellwether-trends --example trend_stream -- "$articles" speed
  else
    say "trends: not measured, there are no articles at $articles"
  fi
fi

if asked identity; then
  step "Signing in, release" build --example costs
  say "${BOLD}identity${PLAIN}"
  "$release/examples/costs"
fi

if asked start; then
  say "${BOLD}start${PLAIN}"
  python3 benches/start.py "$binary"
fi

if asked posts || asked memory; then
  have wrk || apt_install "wrk, the load generator" wrk
  say "${BOLD}posts, memory${PLAIN}"
  # the measurement is of the program on a real disk, not of its rate limits
  TMPDIR=${TMPDIR:-/tmp} BELLWETHER_SERVER__RATE_LIMITS=false PGBENCH="$(scripts/postgres.sh)/bin/pgbench" \
    scripts/with-server.sh --binary "$binary" python3 benches/posts.py
fi

if asked publishing; then
  say "${BOLD}publishing${PLAIN}"
  cargo bench --quiet --package bellwether --bench publishing
fi

if asked deliveries; then
  say "${BOLD}deliveries${PLAIN}"
  cargo bench --quiet --package bellwether --bench deliveries
fi
