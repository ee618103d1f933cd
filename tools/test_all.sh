#!/usr/bin/env bash
# Every test, in the order in which a fault is cheapest to find. ./dev test runs this; so does CI.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/dev_setup.sh

begin=$SECONDS
passed=0
# Runs a step, its output in a log that is shown where it fails.
step() { # TITLE LOG COMMAND...
  local title=$1 log start=$SECONDS
  log="$(log_dir)/$2.log"
  shift 2
  printf '%-44s' "$title"
  if ! "$@" >"$log" 2>&1; then
    printf 'FAILED after %d s\n' $((SECONDS - start))
    tail -n "${MAINSTAY_LOG_LINES:-80}" "$log"
    echo "$passed passed, 1 failed"
    exit 1
  fi
  printf 'ok %4d s  %s\n' $((SECONDS - start)) "$(tail -n 1 "$log" | cut -c1-80)"
  passed=$((passed + 1))
}

cmake_build() { # PRESET TARGET...
  local preset=$1
  shift
  cmake --preset "$preset" -Wno-dev && cmake --build "build/$preset" --target "$@"
}

# The build with sanitizers takes the time that clients spend waiting.
sanitizers_log="$(log_dir)/sanitizers.log"
begin_sanitizers() {
  (cmake --preset asan-ubsan -Wno-dev && nice cmake --build build/asan-ubsan) >"$sanitizers_log" 2>&1 &
  sanitizers=$!
  trap 'kill "$sanitizers" 2>/dev/null || true' EXIT
}
end_sanitizers() {
  wait "$sanitizers" || {
    cat "$sanitizers_log"
    return 1
  }
}

corpus
packages build
packages format
# Where it can't be had, the tests of containers say what they left out.
(packages docker) || true
# So do those of databases.
(packages postgresql) || true
# And those of zones.
(packages dns) || true
venv
stacker_venv
cdk_environment "$PWD/.cache/cdk"
step "house: layers, sizes, format" house python3 tools/house.py
step "build" build cmake_build release mainstay links policy_test access_test
begin_sanitizers
# With all of their random tries; the sanitizers below make a tenth.
step "policies: decided, compared, proved" policies ctest --test-dir build/release -R '^(policy|access)$' \
  --output-on-failure
step "the main job" main-job tools/test_clients.sh tests/main_job
step "real clients: boto3, awscli" clients tools/test_clients.sh
step "answers recorded on AWS" recorded tools/test_clients.sh tests/recorded
step "the program as a user meets it" cli tools/test_clients.sh tests/cli
step "web pages: kept out, let in" web tools/test_web.sh
step "who may do what" access tools/test_clients.sh tests/access
step "stacker itself, beside mainstay" stacker tools/test_stacker.sh
step "configurations with Python of their own" python tools/test_python.sh
step "AWS CDK" cdk tools/test_cdk.sh
step "mainstay up against moto" moto tools/test_moto.sh
step "kill -9 under load" kill9 python3 tests/crash/kill9.py --cycles "${MAINSTAY_KILL9_CYCLES:-25}"
step "the demo" demo examples/demo.sh
# Unit tests run once, under the address and undefined-behaviour sanitizers.
step "build with sanitizers, begun above" sanitizers-build end_sanitizers
step "unit tests under sanitizers" unit ctest --test-dir build/asan-ubsan --output-on-failure -j2
echo "all of it took $((SECONDS - begin)) s"
echo "$passed passed, 0 failed"
