#!/usr/bin/env bash
# Prints the path of a Viceroy that fits. Looks on PATH, then in the user's
# cache folder; fetches or builds it into that folder if neither has it, so
# that it is built once per machine and not once per clone.
set -euo pipefail

version=0.22.0
home="${XDG_CACHE_HOME:-$HOME/.cache}/larder/viceroy-$version"

say() { echo "$@" >&2; }
# Any patch release of the pinned minor version behaves alike.
fits() { [[ "$("$1" --version 2>/dev/null)" == "viceroy ${version%.*}."* ]]; }
answer_if_fits() { if fits "$1"; then echo "$1"; exit 0; fi; }

if found=$(command -v viceroy); then answer_if_fits "$found"; fi
answer_if_fits "$home/bin/viceroy"

if ! command -v cargo >/dev/null; then
  say "error: Viceroy $version, Fastly's local Compute host, is missing, and so is Rust to build it."
  say "hint: install Rust from https://rustup.rs and run this again, or put viceroy ${version%.*} on PATH."
  exit 1
fi

if command -v cargo-binstall >/dev/null; then
  say "fetching Viceroy $version (once per machine)"
  cargo binstall --no-confirm --root "$home" "viceroy@$version" >&2 || say "no ready binary: building it instead"
  answer_if_fits "$home/bin/viceroy"
fi

if ! command -v cc >/dev/null; then
  say "error: building Viceroy needs a C compiler, and there is no cc on PATH."
  say "hint: install gcc or clang (Debian: apt install build-essential; macOS: xcode-select --install)."
  exit 1
fi
say "building Viceroy $version, about ten minutes, once per machine"
cargo install --locked --root "$home" --version "$version" viceroy >&2
answer_if_fits "$home/bin/viceroy"

say "error: the Viceroy that was built in $home does not answer as version $version."
say "hint: remove that folder and run this again."
exit 1
