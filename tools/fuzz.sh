#!/usr/bin/env bash
# Fuzzes every parser for a while, 30 s each unless FUZZTIME says otherwise.
# What it finds is kept under the package's testdata/fuzz as a test case.
set -euo pipefail
cd "$(dirname "$0")/.."

grep -rHoE --include='*_test.go' --exclude-dir=node_modules '^func Fuzz[A-Za-z0-9]+' . |
	sort | while IFS=: read -r file target; do
	target=${target#func }
	echo "== $target in $(dirname "$file")"
	go test -run '^$' -fuzz "^$target\$" -fuzztime "${FUZZTIME:-30s}" -fuzzminimizetime 1x "$(dirname "$file")" </dev/null
done
