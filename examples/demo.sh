#!/usr/bin/env bash
# The main job, end to end, on the embedded cloud: build a network, build it again, look at what an
# edit would do, and take it down. Everything happens in a temporary folder. ./dev demo runs this.
set -euo pipefail
cd "$(dirname "$0")/.."
mainstay=$PWD/build/release/mainstay
folder=$(mktemp -d "${TMPDIR:-/tmp}/mainstay-demo-XXXXXX")
trap 'rm -rf "$folder"' EXIT
cp -r examples/network "$folder/network"
export MAINSTAY_STATE=$folder/cloud
cd "$folder"

step() { printf '\n\033[1m%s\033[0m\n' "$*"; }
run() {
  printf '$ mainstay %s\n' "$*"
  "$mainstay" "$@"
}

step "1. Build six stacks, in the order that their outputs demand"
run up network/staging.env network/stacker.yml

step "2. The same again: nothing has changed, and nothing is touched"
run up network/staging.env network/stacker.yml

step "3. Edit: private network B moves to another address block"
sed -i -e 's|10.20.32.0/20|10.20.48.0/20|' network/stacker.yml
run diff network/staging.env network/stacker.yml

step "4. Take everything down"
run down --force network/staging.env network/stacker.yml

step "What next"
cat <<EOF
  build/release/mainstay cloud serve            an AWS at http://127.0.0.1:4566 for awscli, boto3, CDK
  build/release/mainstay up [ENVFILE] CONFIG    your own stacker configuration, rehearsed
  build/release/mainstay up --help              every flag; docs/stacks.md explains them
  ./dev shell                                   a shell with mainstay, awscli and boto3 at hand
EOF
