#!/usr/bin/env bash
# Prints the path of the pinned Fastly CLI, installing it with npm if needed.
set -euo pipefail
cd "$(dirname "$0")/.."
tools/npm.sh

cli="$PWD/node_modules/.bin/fastly"
if ! "$cli" version >/dev/null 2>&1; then
  echo "error: the Fastly CLI from npm does not run on this machine." >&2
  echo "hint: see https://www.fastly.com/documentation/reference/tools/cli/ for the platforms it supports." >&2
  exit 1
fi
echo "$cli"
