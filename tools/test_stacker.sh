#!/usr/bin/env bash
# stacker itself against the embedded cloud, beside mainstay.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/dev_setup.sh
if ! stacker_runs; then
  echo "not run: stacker 1.7.2 does not work with $(python3 --version)"
  exit 0
fi
stacker_venv
export MAINSTAY_STACKER_PYTHON=$VENV-stacker/bin/python
exec tools/test_clients.sh tests/stacker
