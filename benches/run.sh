#!/usr/bin/env bash
# The measurements of benches/README.md. Arguments: which of them; none is all.
set -euo pipefail
. "$(dirname "$0")/../scripts/lib.sh"
cd "$ROOT"

wanted=("$@")
[ ${#wanted[@]} -gt 0 ] || wanted=(repurpose voice trends embeddings identity posts start memory publishing deliveries)
asked() { [[ " ${wanted[*]} " == *" $1 "* ]]; }
for name in "${wanted[@]}"; do
  case $name in repurpose | voice | trends | embeddings | identity | posts | start | memory | publishing | deliveries) ;; *) fail "unknown measurement $name: repurpose, voice, trends, embeddings, identity, posts, start, memory, publishing or deliveries" ;; esac
done

need_rust
need_node
need_python
scripts/postgres.sh >/dev/null
release=${CARGO_TARGET_DIR:-$ROOT/target}/release
binary=$release/bellwether
articles=$ROOT/../shared/vectors/articles

# all that is asked for in one go: parts that are built apart want other features of the same crates, and those are then
# built twice
targets=()
if asked posts || asked start || asked memory; then targets+=(--bin bellwether); fi
if asked repurpose; then targets+=(--example repurpose_all); fi
if asked voice; then targets+=(--example authors --example voice_on); fi
if asked trends; then targets+=(--example trend_stream); fi
if asked embeddings; then targets+=(--example embeddings); fi
if asked identity; then targets+=(--example costs); fi
if asked publishing; then targets+=(--bench publishing); fi
if asked deliveries; then targets+=(--bench deliveries); fi

if asked posts || asked start || asked memory; then
  step "Packages of the browser app" web_packages
  step "The browser app" web_build
fi
step "The measurements, release" cargo build --release --workspace "${targets[@]}"

if asked repurpose; then
  if [ -d "$articles" ]; then
    say "${BOLD}repurpose${PLAIN}"
    # one core, as promised
    taskset -c 0 "$release/examples/repurpose_all" --rounds 2
  else
    say "repurpose: not measured, there are no articles at $articles"
  fi
fi

if asked voice; then
  if [ -d "$articles" ]; then
    say "${BOLD}voice${PLAIN}"
    taskset -c 0 "$release/examples/authors" "$articles" speed
    taskset -c 0 "$release/examples/authors" "$articles"
    taskset -c 0 "$release/examples/voice_on" "$articles"
  else
    say "voice: not measured, there are no articles at $articles"
  fi
fi

if asked trends; then
  if [ -d "$articles" ]; then
    say "${BOLD}trends${PLAIN}"
    taskset -c 0 "$release/examples/trend_stream" "$articles"
    taskset -c 0 "$release/examples/trend_stream" "$articles" speed
  else
    say "trends: not measured, there are no articles at $articles"
  fi
fi

if asked embeddings; then
  scripts/minilm.sh >/dev/null
  say "${BOLD}embeddings${PLAIN}"
  taskset -c 0 "$release/examples/embeddings" $([ -d "$articles" ] && printf '%s' "$articles")
fi

if asked identity; then
  say "${BOLD}identity${PLAIN}"
  "$release/examples/costs"
fi

if asked start || asked memory; then
  say "${BOLD}start, memory${PLAIN}"
  python3 benches/start.py "$binary"
fi

if asked posts; then
  have wrk || apt_install "wrk, the load generator" wrk
  say "${BOLD}posts${PLAIN}"
  # the measurement is of the program on a real disk, not of its rate limits
  TMPDIR=${TMPDIR:-/tmp} BELLWETHER_SERVER__RATE_LIMITS=false PGBENCH="$(scripts/postgres.sh)/bin/pgbench" \
    scripts/with-server.sh --binary "$binary" python3 benches/posts.py
fi

if asked publishing; then
  say "${BOLD}publishing${PLAIN}"
  cargo bench --quiet --workspace --bench publishing
fi

if asked deliveries; then
  say "${BOLD}deliveries${PLAIN}"
  cargo bench --quiet --workspace --bench deliveries
fi
