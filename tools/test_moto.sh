#!/usr/bin/env bash
# The workflows against moto's server, an AWS that this project did not write.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/dev_setup.sh
venv
stacker_venv
export MAINSTAY_STACKER_PYTHON=$VENV-stacker/bin/python
PATH="$VENV/bin:$PATH" exec "$VENV/bin/python" -m unittest -v tests/moto/test_up.py tests/moto/test_published.py
