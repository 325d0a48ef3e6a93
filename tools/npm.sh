#!/usr/bin/env bash
# Installs the npm tools into node_modules, exactly as package-lock.json names
# them. Does nothing when they are there already.
set -euo pipefail
cd "$(dirname "$0")/.."

installed=node_modules/.larder-installed
if cmp -s package-lock.json "$installed"; then exit 0; fi

echo "installing the npm tools of package-lock.json" >&2
npm ci --no-fund --no-audit >&2
cp package-lock.json "$installed"
