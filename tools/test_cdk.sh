#!/usr/bin/env bash
# AWS CDK against the embedded cloud.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/dev_setup.sh
export MAINSTAY_CDK=${MAINSTAY_CDK:-$PWD/.cache/cdk}
cdk_environment "$MAINSTAY_CDK"
exec tools/test_clients.sh tests/cdk
