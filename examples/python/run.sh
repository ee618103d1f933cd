#!/usr/bin/env bash
# A private stacker repository on the embedded cloud: built, unchanged, changed, taken down. Needs a Python with
# troposphere, awacs, boto3 and Jinja2 (MAINSTAY_PYTHON names another than python3).
set -euo pipefail
cd "$(dirname "$0")/../.."
mainstay=${MAINSTAY_BIN:-$PWD/build/release/mainstay}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export MAINSTAY_STATE=$work/state GIT_COMMIT=3f1c2ab
cp -r examples/python/. "$work"
cd "$work"

# The company's naming rules live in a repository of their own.
git init -q -b main shared
git -C shared add -A
git -C shared -c user.name=team -c user.email=team@example.com commit -qm "Naming rules"
git -C shared tag v1
git clone -q --bare shared shared.git

run() {
  echo
  echo "\$ mainstay $*"
  "$mainstay" "$@" </dev/null || echo "(exit code $?)"
}

run up staging.env stacker.yml
run up staging.env stacker.yml
echo
echo "# a queue more"
sed -i 's/Queues: {orders: 60, mails: 30}/Queues: {orders: 60, mails: 30, audits: 10}/' stacker.yml
run diff staging.env stacker.yml
run up --approve=access staging.env stacker.yml
run down --force --approve=data:table,data:key,data:secrets,data:queues,data:extra-queues staging.env stacker.yml
