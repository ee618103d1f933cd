#!/usr/bin/env bash
# A bucket shared over three accounts, from nothing: templates written and proved, built in the accounts of
# an embedded cloud, asked about, and a set-up that does not work explained. All in a temporary folder.
set -euo pipefail
cd "$(dirname "$0")/../.."
mainstay=${MAINSTAY_BIN:-$PWD/build/release/mainstay}
example=$PWD/examples/access/three-accounts.json
folder=$(mktemp -d "${TMPDIR:-/tmp}/mainstay-access-XXXXXX")
cd "$folder"
: >serve.log
cp "$example" .
"$mainstay" cloud serve --memory --port 0 >serve.log &
server=$!
trap 'kill $server; wait $server 2>/dev/null || true; rm -rf "$folder"' EXIT
until grep -q http serve.log; do sleep 0.05; done
url=$(grep -o 'http://[^ ]*' serve.log)
accounts="--endpoint $url --account 111111111111 --account 222222222222 --account 333333333333"

step() { printf '\n\033[1m%s\033[0m\n' "$*"; }
# Exit code 5 is an answer: no.
run() {
  printf '$ mainstay %s\n' "$*"
  "$mainstay" "$@" || [ $? -eq 5 ]
}
# Builds a template in an account of the embedded cloud: twelve digits as access key are its root.
build() { # ACCOUNT TEMPLATE [VARIABLE]
  printf 'namespace: ""\nstacks:\n  - name: share\n    template_path: %s\n' "$2" >"$1.yml"
  if [ $# -gt 2 ]; then printf '    variables: {KeyArn: "%s"}\n' "$3" >>"$1.yml"; fi
  AWS_ACCESS_KEY_ID=$1 "$mainstay" up --endpoint "$url" "$1.yml"
}

step "1. Write the templates, and prove them pair by pair"
run access share --kms --bucket acme-data --owner 111111111111 \
  --writer 222222222222 --reader 333333333333 --out templates

step "2. Build them: the owner's first, for its key"
build 111111111111 templates/owner-111111111111.json
key=$(AWS_ACCESS_KEY_ID=111111111111 "$mainstay" info --endpoint "$url" 111111111111.yml 2>/dev/null |
  grep -o 'arn:aws:kms:.*')
build 222222222222 templates/writer-222222222222.json "$key"
build 333333333333 templates/reader-333333333333.json "$key"

step "3. Ask the three accounts"
# shellcheck disable=SC2086
run access who s3:GetObject arn:aws:s3:::acme-data/in/a $accounts
# shellcheck disable=SC2086
run access can 333333333333:role/acme-data-reader s3:PutObject arn:aws:s3:::acme-data/in/a $accounts

step "4. An older set-up that does not work: why, and what mends it"
run access explain --bucket old --writer role/writer --reader role/local --from three-accounts.json
