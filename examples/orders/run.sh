#!/usr/bin/env bash
# A change that loses a table and gives a role more: shown, refused, then done as it was shown.
set -euo pipefail
cd "$(dirname "$0")/../.."
mainstay=${MAINSTAY_BIN:-$PWD/build/release/mainstay}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export MAINSTAY_STATE=$work/state
cp examples/orders/*.y*ml "$work"
cd "$work"

run() {
  echo
  echo "\$ mainstay $*"
  "$mainstay" "$@" </dev/null || echo "(exit code $?)"
}

run up stacker.yml
echo
echo "# the table gets another name, and the role may write as well"
sed -i 's/TableName: orders/TableName: orders-2/' stacker.yml
sed -i 's/"s3:GetObject"/"s3:GetObject", "s3:PutObject"/' orders.yaml
run diff stacker.yml
run up stacker.yml
plan=$("$mainstay" diff --json stacker.yml | grep -o '"plan":"[0-9a-f]*"' | cut -d'"' -f4)
run up --plan "$plan" --approve=access,data:orders stacker.yml
