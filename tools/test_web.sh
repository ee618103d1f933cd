#!/usr/bin/env bash
# Web pages and the embedded cloud: by what browsers send, and in a real Chromium.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/dev_setup.sh
if browser_runs; then
  browser
  exec tools/test_clients.sh tests/web
fi
tools/test_clients.sh tests/web --ignore tests/web/test_browser.py
echo "not run: tests/web/test_browser.py, as there is no Chromium to install here"
