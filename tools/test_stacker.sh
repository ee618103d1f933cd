#!/usr/bin/env bash
# stacker itself against the embedded cloud, beside mainstay.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/dev_setup.sh
stacker_venv
export MAINSTAY_STACKER_PYTHON=$VENV-stacker/bin/python
exec tools/test_clients.sh tests/stacker
