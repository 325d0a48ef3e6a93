#!/usr/bin/env bash
# Prints the path of redis-server, which the tests of client/ run. Installs it
# from the distribution first if it is not there and the user may.
set -euo pipefail

if ! command -v redis-server >/dev/null && command -v apt-get >/dev/null && [[ "$(id -u)" == 0 ]]; then
  echo "installing redis-server" >&2
  # Its service is not wanted, only the program.
  export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
  { apt-get install -y -qq --no-install-recommends redis-server ||
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends redis-server; }; } >&2
fi

if ! command -v redis-server; then
  echo "error: redis-server is needed for the tests of client/, and is not on PATH." >&2
  echo "hint: install it (Debian: apt install redis-server; macOS: brew install redis)" >&2
  exit 1
fi
