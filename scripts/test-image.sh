#!/usr/bin/env bash
# Tests the images in dist/oci: unpacks them, and runs Argo CD's own plugin server in their root, as the repo-server's
# sidecar does: user 999, read-only root, no shell, nothing but the image and the mounts of the sidecar.
#
#   scripts/test-image.sh [NAME...]     default: each image in dist/oci
#
# Needs root (chroot and mounts), umoci, jq, python3, and what tests/tools/install.sh builds of Argo CD.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
fail() { echo "test-image.sh: error: $*" >&2; exit 1; }
[ "$(id -u)" = 0 ] || fail "needs root: sudo $0"
for need in umoci jq python3; do command -v $need >/dev/null || fail "needs $need (on Debian: apt-get install $need)"; done
if [ $# -eq 0 ]; then
    for folder in dist/oci/*/; do [ ! -d "$folder" ] || set -- "$@" "$(basename "$folder")"; done
fi
[ $# -gt 0 ] || fail "there is no image in dist/oci: run scripts/image.sh"
{ read -r server && read -r generate; } < <(tests/tools/install.sh argocd-cmp-server argocd-generate)
[[ -x $server && -x $generate ]] || fail "tests/tools/install.sh failed"
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)

work=$(mktemp -d)
sidecar=
finish() {
    [ -z "$sidecar" ] || kill -KILL "$sidecar" 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT
chmod 755 "$work"

# What the sidecar has besides the image, in the places that `argocd install sidecar` mounts.
repository=$work/repository
cp -r fixtures/hosts/argocd "$repository"

# config IMAGE FILTER: a value of the image's configuration for this machine's architecture.
config() {
    local layout=dist/oci/$1 digest arch
    arch=$(uname -m) && arch=${arch/x86_64/amd64} && arch=${arch/aarch64/arm64}
    digest=$(jq -r '.manifests[0].digest' "$layout/index.json")
    digest=$(jq -r --arg arch "$arch" '.manifests[] | select(.platform.architecture == $arch) | .digest' "$layout/blobs/${digest/://}")
    digest=$(jq -r .config.digest "$layout/blobs/${digest/://}")
    jq -r "$2" "$layout/blobs/${digest/://}"
}

# start ROOT: the plugin server in ROOT.
start() {
    # Every container has a /dev, and a /proc, by which the tool finds itself to work in a child.
    mkdir -p "$1"/{dev,proc,tmp,var/run/argocd,home/argocd/cmp-server/{config,plugins}}
    touch "$1/dev/null"
    chmod 1777 "$1/tmp" "$1/home/argocd/cmp-server/plugins"
    cp "$server" "$1/var/run/argocd/argocd-cmp-server"
    cp "$work/plugin.yaml" "$1/home/argocd/cmp-server/config/plugin.yaml"
    # shellcheck disable=SC2016  # the shell in the new namespace expands them
    unshare --mount --net -- bash -c '
        mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" || exit 125
        mount --bind /dev/null "$1/dev/null" && mount --bind /proc "$1/proc" || exit 125
        for open in tmp home/argocd/cmp-server/plugins; do mount --bind "$2/$open" "$1/$open" || exit 125; done
        exec env -i PATH=/usr/local/bin "$(command -v chroot)" --userspec=999:999 --groups= "$1" \
            /var/run/argocd/argocd-cmp-server --loglevel warn' start "$1" "$work/open" 2>"$work/server.log" &
    sidecar=$!
    export ARGOCD_PLUGINSOCKFILEPATH=$work/open/home/argocd/cmp-server/plugins
    # The socket is there a moment before anybody listens.
    python3 - "$ARGOCD_PLUGINSOCKFILEPATH/spark-render.sock" <<'END' || fail "the plugin server does not start: $(cat "$work/server.log")"
import socket, sys, time
for _ in range(300):
    try:
        sys.exit(socket.socket(socket.AF_UNIX).connect(sys.argv[1]))
    except OSError:
        time.sleep(0.1)
sys.exit(1)
END
}
stop() {
    # Asked to end, it waits for its connections.
    kill -KILL "$sidecar"
    { wait "$sidecar"; } 2>/dev/null || true
    sidecar=
}

for image; do
    bundle=$work/$image
    umoci unpack --image "dist/oci/$image:$version" "$bundle" >/dev/null 2>"$work/umoci.log" || fail "umoci: $(cat "$work/umoci.log")"
    files=$(cd "$bundle/rootfs" && find . -type f | LC_ALL=C sort | tr '\n' ' ')
    case $image in
    spark-render) wanted="./usr/local/bin/spark-render ./usr/share/licenses/spark-render/LICENSE " ;;
    *) wanted="./usr/local/bin/helm ./usr/local/bin/kustomize ./usr/local/bin/spark-render ./usr/share/licenses/spark-render/LICENSE " ;;
    esac
    [ "$files" = "$wanted" ] || fail "$image holds: $files"
    [ "$(config "$image" .config.User)" = 999:999 ] || fail "$image runs as $(config "$image" .config.User)"
    for label in title description licenses source version revision created; do
        [ "$(config "$image" ".config.Labels.\"org.opencontainers.image.$label\"")" != null ] || fail "$image has no label $label"
    done

    # With discovery Argo CD asks the plugin in every case, and then for the manifests and the parameters.
    "$bundle/rootfs/usr/local/bin/spark-render" argocd install plugin --discover >"$work/plugin.yaml"
    rm -rf "$work/open"
    mkdir -p "$work/open/tmp" "$work/open/home/argocd/cmp-server/plugins"
    chmod -R 1777 "$work/open"
    start "$bundle/rootfs"
    "$generate" -application "$repository/application.yaml" -repo "$repository" >"$work/manifests.json" || fail "$image: generate"
    kinds=$(jq -r '[.[].kind] | join(" ")' "$work/manifests.json")
    [ "$kinds" = "Pod Service ConfigMap ConfigMap Service ConfigMap" ] || fail "$image generates: $kinds"
    "$generate" -parameters -application "$repository/application.yaml" -repo "$repository" >"$work/parameters.json" || fail "$image: parameters"
    jq -e 'map(.name) | contains(["kubeVersion", "set"])' "$work/parameters.json" >/dev/null || fail "$image announces: $(cat "$work/parameters.json")"
    # Nothing to discover: without a Spark resource the plugin does not take an application that does not name it.
    sed '/^    plugin:/,/^  destination:/{/^  destination:/!d}' "$repository/application.yaml" >"$work/plain.yaml"
    plain=$("$generate" -application "$work/plain.yaml" -repo "$repository" | jq -r '[.[].kind] | join(" ")') || fail "$image: discover"
    [ "$plain" = "SparkApplication ConfigMap" ] || fail "$image takes an application over: $plain"
    stop
    if [ "$image" = spark-render-builders ]; then
        for program in "kustomize version" "helm version --short"; do
            # shellcheck disable=SC2086  # a program and its arguments
            said=$(env -i HOME=/tmp "$(command -v chroot)" --userspec=999:999 "$bundle/rootfs" /usr/local/bin/$program) || fail "$program"
            echo "$program: $said"
        done
    fi
    echo "ok: $image: $(wc -w <<<"$files") files, user 999, read-only; generate, parameters and discover under $(basename "$server")"
done
