#!/usr/bin/env bash
# Builds the strict JSON schemas of Kubernetes 1.16 ... 1.37 in the tools cache, once, and prints their directory DIR:
#   DIR/out/schemas/1.NN.json    for k8svalidate.py (validate.sh)
#   DIR/out/kubeconform          for kubeconform -schema-location
# The sources are two PyPI releases of kubernetes-validate, which only together have all minors:
#   1.27.1 (sdist, 7 MB)  1.16 ... 1.24        1.37.0 (wheel, 23 MB)  1.25 ... 1.37
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
python=$("$here/../tools/install.sh" python)
dir=${SPARK_RENDER_TOOLS:-$HOME/.cache/spark-render-tools}/kube-schema
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)

if [ -z "${KUBE_SCHEMA_LOCKED:-}" ] && command -v flock >/dev/null; then    # tests run in parallel
    export KUBE_SCHEMA_LOCKED=1
    exec flock "$dir/lock" "$BASH" "${BASH_SOURCE[0]}" "$@"
fi

wanted=$(cat "$here"/*.py "${BASH_SOURCE[0]}" | sha256sum)
if [ "$(cat "$dir/stamp" 2>/dev/null)" != "$wanted" ]; then
    echo "build.sh: Kubernetes schemas ..." >&2
    rm -rf "$dir/stamp" "$dir/dl" "$dir/out"
    mkdir -p "$dir/dl/kv127" "$dir/dl/kv137"
    for version in 1.27.1 1.37.0; do
        "$python" -m pip download -q --disable-pip-version-check --no-deps -d "$dir/dl" "kubernetes-validate==$version" >&2
    done
    tar xzf "$dir"/dl/kubernetes*1.27.1.tar.gz -C "$dir/dl/kv127" --strip-components=1 --wildcards '*-local/_definitions.json'
    (cd "$dir/dl/kv137" && "$python" - "$dir"/dl/kubernetes*1.37.0*.whl) <<'EOF'
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as z:
    z.extractall(members=[n for n in z.namelist() if n.endswith("-local/_definitions.json")])
EOF
    export KUBE_SCHEMA_DIR=$dir
    "$python" "$here/build_schemas.py" >&2
    "$python" "$here/kubeconform_schemas.py" >&2
    rm -rf "$dir/dl"
    printf '%s\n' "$wanted" >"$dir/stamp"
fi
echo "$dir"
