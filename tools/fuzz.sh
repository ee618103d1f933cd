#!/usr/bin/env bash
# Runs every libFuzzer target for a while: tools/fuzz.sh SECONDS. Each keeps its corpus under
# build/fuzz/corpus, so that later runs go on where earlier ones ended.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-60}
found=0
for fuzzer in build/fuzz/src/*_fuzz; do
  name=$(basename "$fuzzer")
  mkdir -p "build/fuzz/corpus/$name"
  echo "fuzz: $name for $seconds s"
  if ! "$fuzzer" -max_total_time="$seconds" -rss_limit_mb=4096 -timeout=10 -print_final_stats=1 \
    -artifact_prefix="build/fuzz/$name-" "build/fuzz/corpus/$name" >"build/logs/$name.log" 2>&1; then
    tail -30 "build/logs/$name.log"
    found=1
  fi
  grep -E 'number_of_executed_units|new_units_added' "build/logs/$name.log" || true
done
exit $found
