#!/usr/bin/env bash
# Builds the oracle of one operator release, once, and prints the folder that holds it: `oracle` and `crds`.
#
#   build.sh VERSION           2.5.2: taken from the Go module github.com/kubeflow/spark-operator/v2
#   build.sh VERSION SOURCE    a checkout of the operator, for what the module proxy does not have
#
# VERSION says which of the operator's interfaces the program is built for (build tags), so it must be right for a
# checkout too: "2.6-38082f33". Cached in $SPARK_RENDER_ORACLES, by default ~/.cache/spark-render.
set -euo pipefail
[ $# -ge 1 ] || { sed -n '2,/^set/{s/^# \{0,1\}//;/^set/!p}' "$0"; exit 2; }
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
version=${1#v} source=${2:-}
out=${SPARK_RENDER_ORACLES:-$HOME/.cache/spark-render}/operator/$version
mkdir -p "$out/build"
stamp=$(cat "$here"/oracle/*.go "$here/build.sh" | sha256sum)
if [ "$(cat "$out/stamp" 2>/dev/null)" = "$stamp" ]; then echo "$out"; exit; fi

if [ -z "$source" ]; then
    source=$(cd / && go mod download -json "github.com/kubeflow/spark-operator/v2@v$version" | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')
fi
# The operator's packages are internal, so the program has to be part of the module: Go's overlay puts it there without a
# copy of the module. Overlays may not name files below the module cache, hence the link; go.mod is a copy since the
# cache is read only.
ln -sfn "$(cd "$source" && pwd)" "$out/build/module"
install -m 644 "$source/go.mod" "$source/go.sum" "$out/build/"
{
    printf '{"Replace": {'
    separator=''
    for file in "$here"/oracle/*.go; do
        printf '%s"%s": "%s"' "$separator" "$out/build/module/cmd/oracle/$(basename "$file")" "$file"
        separator=', '
    done
    printf '}}\n'
} >"$out/build/overlay.json"
number=$(printf '%s' "$version" | sed -E 's/^([0-9]+)\.([0-9]+).*/\1 \2/' | awk '{ print $1 * 100 + $2 }')
tags=()
[ "$number" -ge 204 ] || tags+=(before24)
[ "$number" -lt 206 ] || tags+=(from26)
(
    cd "$out/build/module"
    GOFLAGS=-mod=mod GOWORK=off go build -buildvcs=false -tags "$(IFS=,; echo "${tags[*]:-}")" -overlay "$out/build/overlay.json" \
        -modfile "$out/build/go.mod" -ldflags '-s -w' -o "$out/oracle" ./cmd/oracle >&2
)
rm -rf "$out/crds"
cp -rL "$source/charts/spark-operator-chart/crds" "$out/crds"
chmod -R u+w "$out/crds"
printf '%s\n' "$stamp" >"$out/stamp"
echo "$out"
