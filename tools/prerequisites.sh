#!/usr/bin/env bash
# Names every missing prerequisite and how to get it; exits non-zero if any is.
# Rust is looked for by tools/viceroy.sh, only when Viceroy must be built.
set -uo pipefail
missing=0

lacks() {
  echo "error: $1" >&2
  echo "hint: $2" >&2
  missing=1
}

# at_least HAVE WANT compares dotted versions.
at_least() { [[ "$(printf '%s\n' "$2" "$1" | sort -V | head -n 1)" == "$2" ]]; }

go_version=$(go env GOVERSION 2>/dev/null | sed 's/^go//; s/[^0-9.].*$//')
if ! at_least "${go_version:-0}" 1.26; then
  lacks "Go 1.26 or newer is needed; found: ${go_version:-none}." "install it from https://go.dev/dl/"
fi

node_version=$(node --version 2>/dev/null | sed 's/^v//')
if ! at_least "${node_version:-0}" 20.18; then
  lacks "Node.js 20.18 or newer is needed; found: ${node_version:-none}." "install it from https://nodejs.org/"
fi
if ! command -v npm >/dev/null; then
  lacks "npm is needed and is not on PATH." "it comes with Node.js from https://nodejs.org/"
fi

if ! command -v "$(go env CC 2>/dev/null || echo cc)" >/dev/null; then
  lacks "a C compiler is needed for Go's race detector." "install gcc or clang (Debian: apt install build-essential; macOS: xcode-select --install)"
fi

exit "$missing"
