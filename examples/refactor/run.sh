#!/usr/bin/env bash
# One stack becomes two, with other names for what is in them: nothing is made anew, nothing is lost.
set -euo pipefail
cd "$(dirname "$0")/../.."
mainstay=${MAINSTAY_BIN:-$PWD/build/release/mainstay}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export MAINSTAY_STATE=$work/state
cp -r examples/refactor/*.yml examples/refactor/templates "$work"
cd "$work"

run() {
  echo
  echo "\$ mainstay $*"
  "$mainstay" "$@" </dev/null || echo "(exit code $?)"
}

run up stacker.yml
echo
echo "# what \`up\` would do with the configuration that splits it: make everything anew"
run diff split.yml
run refactor --from stacker.yml --outline split.yml
run refactor --from stacker.yml --force split.yml
run diff --exit-code split.yml
