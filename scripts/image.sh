#!/usr/bin/env bash
# Builds the images of the Dockerfile without a daemon, as OCI layouts: dist/oci/spark-render and, where dist/ has
# kustomize and helm, dist/oci/spark-render-builders.
#
#   scripts/image.sh [ARCH...]     default: each of amd64 and arm64 whose binary is in dist/
#
# An image's index lists one manifest for each ARCH. Needs buildah and jq; root, or a user with subordinate ids.
# The same files give the same digests. stdout has "NAME DIGEST" for each image.
set -euo pipefail
umask 022

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
fail() { echo "image.sh: error: $*" >&2; exit 2; }
for need in buildah jq; do command -v $need >/dev/null || fail "needs $need (on Debian: apt-get install $need)"; done

declare -A target_of=([amd64]=x86_64-unknown-linux-musl [arm64]=aarch64-unknown-linux-musl)
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
revision=$(git rev-parse HEAD 2>/dev/null || echo unknown)
epoch=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 0)}

if [ $# -eq 0 ]; then
    for arch in amd64 arm64; do [ ! -x "dist/${target_of[$arch]}/spark-render" ] || set -- "$@" "$arch"; done
fi
[ $# -gt 0 ] || fail "there is no binary in dist/: run scripts/build-static.sh"

# A store of its own, that nothing else sees and nothing is left of. vfs needs no kernel module.
store=$(mktemp -d)
# Without root its files have owners that only a user namespace may delete.
trap 'if [ "$(id -u)" = 0 ]; then rm -rf "$store"; else command buildah unshare rm -rf "$store"; fi' EXIT
buildah() { command buildah --root "$store/root" --runroot "$store/run" --storage-driver vfs "$@"; }

# image NAME: builds the Dockerfile's target NAME for all of ARCH.
image() {
    local name=$1 arch
    shift
    buildah manifest create "$name" >/dev/null
    for arch; do
        buildah build --quiet --isolation chroot --format oci --target "$name" --platform "linux/$arch" \
            --timestamp "$epoch" --build-arg "TARGETARCH=$arch" --build-arg "VERSION=$version" \
            --build-arg "REVISION=$revision" --build-arg "CREATED=$(date -u -d "@$epoch" +%Y-%m-%dT%H:%M:%SZ)" \
            --identity-label=false --manifest "$name" . >&2 || fail "building $name for $arch failed"
    done
    rm -rf "dist/oci/$name"
    mkdir -p dist/oci
    buildah manifest push --quiet --all "$name" "oci:dist/oci/$name:$version" >&2 || fail "writing dist/oci/$name failed"
    echo "$name $(jq -r '.manifests[0].digest' "dist/oci/$name/index.json")"
}

image spark-render "$@"
complete=yes
for arch; do
    [ -x "dist/${target_of[$arch]}/kustomize" ] && [ -x "dist/${target_of[$arch]}/helm" ] || complete=no
done
if [ $complete = yes ]; then
    image spark-render-builders "$@"
else
    echo "image.sh: no spark-render-builders: scripts/build-builders.sh has not been run for all of: $*" >&2
fi
