#!/usr/bin/env bash
# Runs the static binaries of dist/ where nothing else is: an empty root, read-only, user 999, no environment.
#
#   scripts/test-static.sh [TARGET...]     default: each musl target in dist/
#
# Every binary must render fixtures/render to the same bytes. One of another architecture runs under qemu-user
# (on Debian: qemu-user-static). Needs root, for chroot and mounts.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
fail() { echo "test-static.sh: error: $*" >&2; exit 1; }
[ "$(id -u)" = 0 ] || fail "needs root: sudo $0"
if [ $# -eq 0 ]; then
    for file in dist/*-linux-musl/spark-render; do
        [ ! -f "$file" ] || set -- "$@" "$(basename "$(dirname "$file")")"
    done
fi
[ $# -gt 0 ] || fail "there is no binary in dist/: run scripts/build-static.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# alone DIR COMMAND...: runs COMMAND with DIR as a root that cannot be written.
alone() {
    # shellcheck disable=SC2016  # the shell in the new namespace expands them
    env -i "$(command -v unshare)" --mount --net --ipc --uts -- "$(command -v bash)" -c '
        PATH=/usr/sbin:/usr/bin:/sbin:/bin
        mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" || exit 125
        exec env -i "$(command -v chroot)" --userspec=999:999 --groups= "$@"' alone "$@"
}

for target in "$@"; do
    binary=dist/$target/spark-render
    [ -x "$binary" ] || fail "$binary is not there"
    if command -v ldd >/dev/null && [ "$target" = "$(uname -m)-unknown-linux-musl" ]; then
        said=$(ldd "$binary" 2>&1) || true
        [[ $said = *"not a dynamic executable"* || $said = *"statically linked"* ]] || fail "$binary is dynamic: $said"
    fi
    needs=$(readelf --wide --program-headers --dynamic "$binary" | grep -E 'INTERP|\(NEEDED\)') && fail "$binary: $needs"

    empty=$work/$target
    mkdir -p "$empty/in"
    chmod 755 "$work" "$empty"
    cp "$binary" "$empty/"
    cp -r fixtures/render/. "$empty/in/"
    run=(/spark-render)
    if [ "$target" != "$(uname -m)-unknown-linux-musl" ]; then
        qemu=$(command -v "qemu-${target%%-*}-static") || fail "$target needs qemu-${target%%-*}-static"
        cp "$qemu" "$empty/qemu"
        run=(/qemu "${run[@]}")
    fi
    alone "$empty" "${run[@]}" render --kube-version 1.34 /in >"$work/$target.yaml" 2>"$work/$target.err" ||
        fail "$target does not render in an empty root: $(cat "$work/$target.err")"
    grep -q 'name: KAFKA_SERVERS' "$work/$target.yaml" || fail "$target: no KAFKA_SERVERS in what it renders"
    cmp "$work/$1.yaml" "$work/$target.yaml" || fail "$target renders other bytes than $1"
    # The root is as empty and as closed as this test says.
    if alone "$empty" "${run[@]}" render --kube-version 1.34 -o /out /in 2>/dev/null; then
        fail "$target could write: the root was not read-only"
    fi
    echo "ok: $target renders in an empty, read-only root as user 999 ($(stat -c %s "$binary") bytes," \
        "sha256 $(sha256sum "$binary" | cut -c -16)…)"
done
