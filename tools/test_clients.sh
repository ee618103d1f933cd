#!/usr/bin/env bash
# Real clients (boto3, awscli) against the embedded cloud: tools/test_clients.sh [PYTEST ARGUMENT...]
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/dev_setup.sh
venv
export MAINSTAY_BIN=${MAINSTAY_BIN:-$PWD/build/release/mainstay}
corpus
PATH="$VENV/bin:$PATH" exec "$VENV/bin/python" -m pytest -q -p no:cacheprovider "${@:-tests/clients}"
