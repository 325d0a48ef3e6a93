#!/usr/bin/env bash
# Builds the package that would be deployed, with the Fastly CLI, and validates
# it. Needs no network, no account and none of the user's CLI settings.
set -euo pipefail
cd "$(dirname "$0")/.."

# The build that the CLI runs makes the same check, but the CLI hides what it
# says.
go run ./cmd/larder check larder.json

cli=$(tools/fastly.sh)

# Go keeps its own settings in the folder that the CLI's are moved away from.
GOENV=$(go env GOENV)
settings=$(mktemp -d)
trap 'rm -rf "$settings"' EXIT
export GOENV XDG_CONFIG_HOME="$settings" FASTLY_API_TOKEN=

# Metadata would be written by a tool that the CLI downloads for the purpose.
"$cli" compute build --non-interactive --metadata-disable --quiet
"$cli" compute validate --non-interactive
