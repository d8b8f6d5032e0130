#!/usr/bin/env bash
# Builds kustomize and helm for the image `spark-render-builders`: dist/TARGET/kustomize, dist/TARGET/helm.
#
#   scripts/build-builders.sh [TARGET...]     default: the musl target of this machine
#
# From their Go modules, with the dependencies that each of them pins, checked by Go's checksum database; static, and
# the same bytes on every machine with the same Go. The names of targets are Rust's.
set -euo pipefail

kustomize=(sigs.k8s.io/kustomize/kustomize/v5 v5.8.2 . sigs.k8s.io/kustomize/api/provenance.version)
helm=(helm.sh/helm/v3 v3.22.0 ./cmd/helm helm.sh/helm/v3/internal/version.version)

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
fail() { echo "build-builders.sh: error: $*" >&2; exit 2; }
command -v go >/dev/null || fail "needs Go 1.26 or newer on PATH"

# build TARGET NAME MODULE VERSION PACKAGE VARIABLE: VARIABLE is where the program keeps its version.
build() {
    local target=$1 name=$2 module=$3 version=$4 package=$5 variable=$6 arch sources out
    case $target in
    x86_64-*) arch=amd64 ;;
    aarch64-*) arch=arm64 ;;
    *) fail "no Go architecture is known for $target" ;;
    esac
    out=$root/dist/$target/$name
    mkdir -p "$root/dist/$target"
    sources=$(GOWORK=off GOFLAGS=-mod=mod go mod download -json "$module@$version" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')
    [ -d "$sources" ] || fail "go mod download $module@$version failed"
    (cd "$sources" && CGO_ENABLED=0 GOWORK=off GOFLAGS='' GOOS=linux GOARCH=$arch \
        go build -trimpath -buildvcs=false -ldflags "-s -w -buildid= -X $variable=$version" -o "$out" "$package") >&2 ||
        fail "building $module for $target failed"
    echo "dist/$target/$name"
}

[ $# -gt 0 ] || set -- "$(uname -m)-unknown-linux-musl"
for target in "$@"; do
    build "$target" kustomize "${kustomize[@]}"
    build "$target" helm "${helm[@]}"
done
