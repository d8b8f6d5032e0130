#!/bin/sh
# Installs spark-render from a release of its repository, after checking the archive's SHA-256.
#
#   curl -fsSL https://github.com/spark-render/spark-render/releases/latest/download/install.sh | sh
#   sh install.sh [--version 0.1.0] [--to DIR] [--no-kubectl]
#
# DIR is ~/.local/bin unless given. `kubectl spark-render` works through a second name, kubectl-spark_render, unless
# --no-kubectl. SPARK_RENDER_RELEASES names another place of the releases: a mirror (https://…), or a folder with the
# files of one release. Nothing else is read or written. Whoever needs more than a checksum from the same place:
# `gh attestation verify` (SECURITY.md).
set -eu

releases=${SPARK_RENDER_RELEASES:-https://github.com/spark-render/spark-render/releases}
version=latest
to=${HOME:-}/.local/bin
kubectl=yes

fail() {
    echo "install.sh: error: $*" >&2
    exit 1
}

while [ $# -gt 0 ]; do
    case $1 in
    --version) [ $# -gt 1 ] || fail "--version needs a value"; version=${2#v}; shift 2 ;;
    --to) [ $# -gt 1 ] || fail "--to needs a value"; to=$2; shift 2 ;;
    --no-kubectl) kubectl=no; shift ;;
    -h | --help) sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) fail "unknown argument: $1 (--version, --to and --no-kubectl are known)" ;;
    esac
done

# The last word of the whole script, so that half a download of it does nothing.
main() {
    case $(uname -s)-$(uname -m) in
    Linux-x86_64 | Linux-amd64) target=x86_64-unknown-linux-musl ;;
    Linux-aarch64 | Linux-arm64) target=aarch64-unknown-linux-musl ;;
    Darwin-x86_64) target=x86_64-apple-darwin ;;
    Darwin-arm64) target=aarch64-apple-darwin ;;
    *) fail "there is no binary for $(uname -s) on $(uname -m): use \`cargo install --locked spark-render\`" ;;
    esac
    archive=spark-render-$target.tar.gz
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT

    get SHA256SUMS
    get "$archive"
    # Exactly one line for the archive: 64 hex digits, two characters, its name.
    wanted=$(sed -n "s/^\([0-9a-f]\{64\}\) [ *]$archive\$/\1/p" "$work/SHA256SUMS")
    [ "${#wanted}" = 64 ] || fail "SHA256SUMS has no line for $archive"
    found=$(sha256 "$work/$archive")
    [ "$found" = "$wanted" ] || fail "the checksum of $archive is $found, and should be $wanted: nothing was installed"

    tar -xzf "$work/$archive" -C "$work" "spark-render-$target/spark-render" || fail "$archive has no spark-render"
    chmod 755 "$work/spark-render-$target/spark-render"
    said=$("$work/spark-render-$target/spark-render" --version) || fail "the binary does not run on this machine"
    mkdir -p "$to"
    # By way of a neighbour: a running binary cannot be written over, only replaced.
    mv "$work/spark-render-$target/spark-render" "$to/.spark-render.$$"
    mv -f "$to/.spark-render.$$" "$to/spark-render"
    if [ $kubectl = yes ]; then ln -sf spark-render "$to/kubectl-spark_render"; fi
    echo "installed $said as $to/spark-render" >&2
    case :${PATH:-}: in
    *:"$to":*) ;;
    *) echo "$to is not on PATH: add it there" >&2 ;;
    esac
}

# get FILE: from the release into $work.
get() {
    if [ -d "$releases" ]; then
        cp "$releases/$1" "$work/$1" || fail "$releases has no $1"
        return
    fi
    if [ "$version" = latest ]; then url=$releases/latest/download/$1; else url=$releases/download/v$version/$1; fi
    if command -v curl >/dev/null 2>&1; then
        curl --proto '=https' --tlsv1.2 -fsSL -o "$work/$1" "$url" || fail "cannot download $url"
    elif command -v wget >/dev/null 2>&1; then
        wget -q -O "$work/$1" "$url" || fail "cannot download $url"
    else
        fail "needs curl or wget"
    fi
}

sha256() {
    if command -v sha256sum >/dev/null 2>&1; then
        sha256sum "$1" | cut -c 1-64
    elif command -v shasum >/dev/null 2>&1; then
        shasum -a 256 "$1" | cut -c 1-64
    else
        fail "needs sha256sum or shasum"
    fi
}

main
