#!/usr/bin/env bash
# Prints the folder of a Strapi project that is ready to start: e2e/cms/strapi,
# copied, with the packages of its lockfile.
set -euo pipefail
cd "$(dirname "$0")/.."
target=$PWD/bin/cms/strapi
mkdir -p "$target"
rm -rf "$target"/{src,config}
cp -r e2e/cms/strapi/. "$target"
if ! cmp -s "$target/package-lock.json" "$target/node_modules/installed.json"; then
  echo "installing Strapi, which takes some minutes" >&2
  # SQLite's driver is built against the headers that come with Node.js.
  nodedir=$(dirname "$(dirname "$(node -p process.execPath)")")
  (cd "$target" && npm_config_nodedir=$nodedir npm ci --omit=dev) >&2
  cp "$target/package-lock.json" "$target/node_modules/installed.json"
fi
echo "$target"
