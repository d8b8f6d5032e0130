#!/usr/bin/env bash
# Prints `version=` and `epoch=` of a release, after a look whether everything names the same version.
#
#   scripts/release-version.sh vX.Y.Z            Cargo.toml, Cargo.lock and CHANGELOG.md must say X.Y.Z
#   scripts/release-version.sh --notes vX.Y.Z    prints the changelog's part about it instead
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
fail() { echo "release-version.sh: error: $*" >&2; exit 1; }
notes=no
[ "${1:-}" != --notes ] || { notes=yes && shift; }
version=${1#v}
[ "$1" = "v$version" ] || fail "the tag is $1, and not v$version"
own=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
[ "$own" = "$version" ] || fail "Cargo.toml says $own"
grep -A 1 -x 'name = "spark-render"' Cargo.lock | grep -qxF "version = \"$version\"" || fail "Cargo.lock has another version"
text=$(awk -v heading="## $version" 'index($0, "## ") == 1 { on = ($0 == heading || index($0, heading " ") == 1); next } on' CHANGELOG.md)
[ -n "${text//[[:space:]]/}" ] || fail "CHANGELOG.md has no part \`## $version\`"
if [ $notes = yes ]; then
    printf '%s\n' "$text"
else
    echo "version=$version"
    echo "epoch=$(git log -1 --format=%ct)"
fi
