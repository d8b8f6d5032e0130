#!/usr/bin/env bash
# Packs the binaries of dist/TARGET into dist/release, with their completions, manual and checksums.
#
#   scripts/archives.sh
#
# For each TARGET: spark-render-TARGET.tar.gz with one folder of that name, in the form that install.sh and
# `cargo binstall` expect. Beside them the package of the registry, the list of components (CycloneDX) if it was made
# (scripts/sbom.sh), install.sh, and SHA256SUMS over all of it. Files have the time SOURCE_DATE_EPOCH, else that of the
# commit: the same binaries give the same archives.
set -euo pipefail
umask 022

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
fail() { echo "archives.sh: error: $*" >&2; exit 2; }
epoch=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)} || fail "no SOURCE_DATE_EPOCH and no commit"
binaries=()
for file in dist/*/spark-render dist/*/spark-render.exe; do [ ! -f "$file" ] || binaries+=("$file"); done
[ ${#binaries[@]} -gt 0 ] || fail "there is no binary in dist/: run scripts/build-static.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
release=dist/release
mkdir -p "$release"
rm -f "$release"/spark-render-*.tar.gz "$release/SHA256SUMS"

# Completions and manual are the same for every target; they are written by the binary that runs here.
host=dist/$(uname -m)-unknown-linux-musl/spark-render
[ -x "$host" ] || fail "$host is not there: it writes the completions and the manual"
mkdir -p "$work/extra/completions" "$work/extra/man"
for shell in bash zsh fish; do "$host" completions $shell >"$work/extra/completions/spark-render.$shell"; done
"$host" man >"$work/extra/man/spark-render.1"
cp LICENSE README.md CHANGELOG.md "$work/extra/"

for binary in "${binaries[@]}"; do
    target=$(basename "$(dirname "$binary")")
    name=spark-render-$target
    mkdir "$work/$name"
    cp -r "$work/extra/." "$work/$name/"
    install -m 755 "$binary" "$work/$name/"
    tar --sort=name --format=ustar --owner=0 --group=0 --numeric-owner --mtime="@$epoch" -C "$work" -cf - "$name" |
        gzip -9n >"$release/$name.tar.gz"
done
cp install.sh "$release/"
(cd "$release" && files=(*) && sha256sum "${files[@]}" >"$work/SHA256SUMS")
mv "$work/SHA256SUMS" "$release/"
cat "$release/SHA256SUMS"
