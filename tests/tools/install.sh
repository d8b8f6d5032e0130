#!/usr/bin/env bash
# Installs the real programs that the tests compare with.
#
#   tests/tools/install.sh [NAME...]      without names: all of them
#
#   go-yaml            goyaml v2|v3: Go's two YAML readers, YAML in, JSON out
#   kubectl            kubectl (label --local, kustomize, create KIND --dry-run=client, ...)
#   kustomize          kustomize
#   kubeconform        kubeconform
#   argocd-cmp-server  Argo CD's plugin sidecar
#   argocd-generate    Argo CD's repo-server code for one Application
#   argocd-manifests   the folder of Argo CD's install.yaml and ha/install.yaml, in the Go module's sources
#   kpt                kpt fn
#   python             a virtual environment with PyYAML and jsonschema (path of its python3)
#   jmx-exporter       the Prometheus JMX exporter's agent (path of its jar)
#   pyspark-3.5        a Spark tree (SPARK_HOME); also pyspark-4, or pyspark-X.Y.Z for any release
#
# Everything goes to ${SPARK_RENDER_TOOLS:-~/.cache/spark-render-tools}. What is there in the wanted
# version is left alone, so a second run takes no time. stdout has one path for each name, in the order of
# the names; all else is on stderr. Ends with 1, naming the tool, when one cannot be installed.
set -euo pipefail

kustomize_version=v5.8.2
kubeconform_version=v0.8.0
jmx_exporter=0.20.0
pyspark_3_5=3.5.9
pyspark_4=4.0.5     # up to 4.2 executors reach the driver through its Service; later ones use the pod IP
default_names=(go-yaml kubectl kustomize kubeconform argocd-cmp-server argocd-generate argocd-manifests kpt python jmx-exporter pyspark-3.5 pyspark-4)

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tools=${SPARK_RENDER_TOOLS:-$HOME/.cache/spark-render-tools}
mkdir -p "$tools/bin" "$tools/stamps" "$tools/pyspark"
tools=$(cd "$tools" && pwd)

say() { echo "install.sh: $*" >&2; }
fail() { echo "install.sh: error: $1: $2" >&2; exit 1; }

# fresh NAME WANTED PATH: true if PATH is there and was installed as WANTED.
fresh() { [ -e "$3" ] && [ "$(cat "$tools/stamps/$1" 2>/dev/null)" = "$2" ]; }

# ensure NAME WANTED PATH COMMAND...: unless fresh, runs COMMAND to make PATH, with an empty directory $work (on the
# cache's file system) for its use; then prints PATH. Tests run in parallel and call this script: each tool has a lock.
# The stamp is written last, so what was broken off is done again.
ensure() {
    local name=$1 wanted=$2 path=$3
    shift 3
    if ! fresh "$name" "$wanted" "$path"; then
        (
            if command -v flock >/dev/null; then flock 9; fi
            if ! fresh "$name" "$wanted" "$path"; then
                say "$name ..."
                rm -f "$tools/stamps/$name"
                work=$(mktemp -d "$tools/work-XXXXXX")
                trap 'rm -rf "$work"' EXIT
                "$@"
                printf '%s\n' "$wanted" >"$tools/stamps/$name"
                say "$name done"
            fi
        ) 9>"$tools/stamps/$name.lock"
    fi
    echo "$path"
}

# Go programs: static, reproducible, whatever the environment says.
go_run() { CGO_ENABLED=0 GOWORK=off GOFLAGS='' GOBIN=$work go "$@" >&2; }
need_go() { command -v go >/dev/null || fail "$1" "needs Go 1.26.3 or newer on PATH"; }

# go_module NAME DIRECTORY PACKAGE BINARY [LDFLAGS]: builds a program of one of the modules beside this script.
go_module() {
    local dir=$here/$2 flags="-s -w ${5:-}" wanted
    wanted=$(cd "$dir" && { echo "$3 $flags"; find . -name '*.go' -o -name 'go.*' | LC_ALL=C sort | xargs cat; } | sha256sum)
    ensure "$1" "$wanted" "$tools/bin/$4" build_module "$1" "$dir" "$3" "$4" "$flags"
}
build_module() {
    need_go "$1"
    cd "$2"
    go_run build -trimpath -buildvcs=false -ldflags "$5" -o "$work/$4" "$3" || fail "$1" "go build failed"
    mv -f "$work/$4" "$tools/bin/$4"
}

# go_program NAME PACKAGE VERSION [LDFLAGS]: installs a program that can be had with "go install".
go_program() { ensure "$1" "$2@$3" "$tools/bin/$1" install_program "$1" "$2@$3" "-s -w ${4:-}"; }
install_program() {
    need_go "$1"
    go_run install -trimpath -ldflags "$3" "$2" || fail "$1" "go install $2 failed"
    mv -f "$work/$1" "$tools/bin/$1"
}

# kubectl says which version it is only if the linker is told. k8s.io/kubectl v0.N.P is Kubernetes v1.N.P.
kubectl() {
    local v p=k8s.io/component-base/version
    v=$(sed -n 's,^.*k8s\.io/kubectl v0\.\([0-9.]*\).*$,\1,p' "$here/kubectl/go.mod")
    go_module kubectl kubectl . kubectl "-X $p.gitVersion=v1.$v -X $p.gitMajor=1 -X $p.gitMinor=${v%%.*}"
}

argocd() {
    local v
    v=$(sed -n 's,^.*github\.com/argoproj/argo-cd/v3 v\([0-9.]*\)$,\1,p' "$here/argocd/go.mod")
    go_module "$1" argocd "./$1" "$1" "-X github.com/argoproj/argo-cd/v3/common.version=$v"
}

# The two above are built from the same module.
argocd_manifests() {
    local sources
    need_go argocd-manifests
    sources=$(cd "$here/argocd" && GOWORK=off GOFLAGS='' go mod download -json github.com/argoproj/argo-cd/v3 | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p') &&
        [ -f "$sources/manifests/ha/install.yaml" ] || fail argocd-manifests "go mod download found no manifests"
    echo "$sources/manifests"
}

python() {
    local wanted
    wanted=$(cat "$here/python/requirements.txt" && python3 --version 2>&1) || fail python "needs python3 on PATH"
    ensure python "$wanted" "$tools/venv/bin/python3" install_python
}
install_python() {
    rm -rf "$tools/venv"
    python3 -m venv "$tools/venv" >&2 || fail python "python3 -m venv failed (on Debian: apt-get install python3-venv)"
    "$tools/venv/bin/pip" install -q --disable-pip-version-check -r "$here/python/requirements.txt" >&2 ||
        fail python "pip install failed"
}

jmx_exporter() { ensure jmx-exporter "$jmx_exporter" "$tools/jmx_prometheus_javaagent.jar" install_jmx_exporter; }
install_jmx_exporter() {
    command -v mvn >/dev/null || fail jmx-exporter "needs Maven on PATH"
    mvn -q -B dependency:copy -DoutputDirectory="$work" -Dmdep.stripVersion=true \
        -Dartifact="io.prometheus.jmx:jmx_prometheus_javaagent:$jmx_exporter" >&2 || fail jmx-exporter "mvn dependency:copy failed"
    mv -f "$work/jmx_prometheus_javaagent.jar" "$tools/jmx_prometheus_javaagent.jar"
}

# pyspark VERSION: PyPI's archive holds Spark's tree. Only what runs is kept: no examples, data, licences.
pyspark() { ensure "pyspark-$1" "$1" "$tools/pyspark/$1" install_pyspark "$1"; }
install_pyspark() {
    local version=$1 name=pyspark-$1 new=$work/new
    command -v python3 >/dev/null || fail "$name" "needs python3 on PATH"
    python3 -m pip download -q --disable-pip-version-check --no-deps -d "$work" "pyspark==$version" >&2 ||
        fail "$name" "pip download pyspark==$version failed"
    local archive=("$work"/pyspark-*)
    mkdir "$new"
    case ${archive[0]} in
    *.tar.gz) # a source distribution, with the tree in parts
        tar xzf "${archive[0]}" -C "$new" --strip-components=1 --wildcards \
            '*/deps/jars' '*/deps/bin' '*/deps/sbin' '*/lib/*.zip' "pyspark-$version/pyspark" || fail "$name" "tar failed"
        mv "$new"/deps/* "$new/pyspark/"
        mv "$new/lib" "$new/pyspark/python/"
        ;;
    *.whl) python3 -m zipfile -e "${archive[0]}" "$new" || fail "$name" "unpacking the wheel failed" ;;
    *) fail "$name" "unknown archive ${archive[0]}" ;;
    esac
    chmod -R a+rX "$new/pyspark"
    chmod a+x "$new/pyspark/bin/"*
    rm -rf "$tools/pyspark/$version"
    mv "$new/pyspark" "$tools/pyspark/$version"
}

[ $# -gt 0 ] || set -- "${default_names[@]}"
for name in "$@"; do
    case $name in
    go-yaml) go_module go-yaml go-yaml . goyaml ;;
    kubectl) kubectl ;;
    kustomize) go_program kustomize sigs.k8s.io/kustomize/kustomize/v5 "$kustomize_version" ;;
    kubeconform) go_program kubeconform github.com/yannh/kubeconform/cmd/kubeconform "$kubeconform_version" "-X main.version=$kubeconform_version" ;;
    argocd-cmp-server | argocd-generate) argocd "$name" ;;
    argocd-manifests) argocd_manifests ;;
    kpt) go_module kpt kpt . kpt ;;
    python) python ;;
    jmx-exporter) jmx_exporter ;;
    pyspark-3.5) pyspark "$pyspark_3_5" ;;
    pyspark-4) pyspark "$pyspark_4" ;;
    pyspark-[0-9]*.[0-9]*.[0-9]*) pyspark "${name#pyspark-}" ;;
    *) fail "$name" "no such tool (see the head of this script)" ;;
    esac
done
