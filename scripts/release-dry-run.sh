#!/usr/bin/env bash
# Makes everything of a release that needs no host, in dist/, and tries it.
#
#   scripts/release-dry-run.sh [--twice | --binaries-once] [TARGET...]     default: --twice, this machine's musl target
#
# Binaries, kustomize and helm, the registry's package, the list of components, archives, checksums, images. Then all of
# it again in a clone in another folder, and every file must have the same hash; with --binaries-once the clone takes
# the binaries over, which saves most of the time. Needs a clean work tree and what each of the scripts needs; root
# for the tests in a root of their own.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
fail() { echo "release-dry-run.sh: error: $*" >&2; exit 1; }
step() { printf '\n-- %s\n' "$*"; }

again=twice
case ${1:-} in
--twice) shift ;;
--binaries-once) again=once && shift ;;
esac
[ $# -gt 0 ] || set -- "$(uname -m)-unknown-linux-musl"
[ -z "$(git status --porcelain)" ] || fail "the work tree has changes: commit them first"
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

binaries() {
    scripts/build-static.sh "$@"
    scripts/build-builders.sh "$@"
}
artifacts() {
    mkdir -p dist/release
    rm -f dist/release/*
    scripts/sbom.sh
    cargo package --locked --no-verify --quiet --target-dir "$PWD/target/registry"
    cp target/registry/package/spark-render-*.crate dist/release/
    scripts/archives.sh
    scripts/image.sh
}
hashes() { (cd dist && find . -type f ! -path './.*' | LC_ALL=C sort | xargs sha256sum); }

step "artifacts"
rm -rf dist
binaries "$@"
artifacts
hashes >"$work/first"

step "the same in another folder"
git clone --quiet --no-hardlinks . "$work/another/place"
(
    cd "$work/another/place"
    unset CARGO_TARGET_DIR
    if [ $again = twice ]; then binaries "$@"; else mkdir dist && for target; do cp -r "$root/dist/$target" dist/; done; fi
    artifacts >/dev/null
    hashes >"$work/second"
)
diff "$work/first" "$work/second" || fail "two runs made different files"
echo "$(wc -l <"$work/first") files have the same hash in both folders"

step "tests"
(cd dist/release && sha256sum --quiet --check SHA256SUMS)
scripts/test-install.sh dist/release
scripts/test-static.sh "$@"
scripts/test-image.sh
ls -l dist/release
