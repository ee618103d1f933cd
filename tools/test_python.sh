#!/usr/bin/env bash
# Configurations with Python of their own, on every Python that is found: tools/test_python.sh [PYTEST ARGUMENT...]
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/dev_setup.sh
python_venvs
export MAINSTAY_PYTHONS=$pythons
echo "Pythons: ${pythons//:/ }; left out, as they are not here: ${pythons_missing:-none}"
export MAINSTAY_STACKER_PYTHON=$([ -x "$VENV-stacker/bin/python" ] && echo "$VENV-stacker/bin/python")
exec tools/test_clients.sh "${@:-tests/python}"
