#!/usr/bin/env bash
# Runs real Spark against a real API server, with the account, Role and executor template that are rendered: an application with
# two executors; and one that is changed while its driver runs.
#
#   real.sh VERSION [RENDER] [SPARK]      VERSION: 1.37.1, ...; RENDER: target/debug/spark-render; SPARK: 3.5.9
#
# OUT=DIR keeps manifests, reports and logs. ONLY=wordcount or ONLY=later runs one of the two. Needs Linux, root, Java 17.
set -euo pipefail
[ $# -ge 1 ] || { sed -n '2,/^set/{s/^# \{0,1\}//;/^set/!p}' "$0"; exit 2; }
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
version=${1#v}
render=$(realpath "${2:-$root/target/debug/spark-render}")
spark=${3:-3.5.9}
out=${OUT:-$(mktemp -d)}
mkdir -p "$out"
[ -n "${OUT:-}" ] || trap 'rm -rf "$out"' EXIT

python=$("$root/tests/tools/install.sh" python)
home=$("$root/tests/tools/install.sh" "pyspark-$spark")
bins=$("$python" "$here/build.py" "$version")
etcd=$("$python" "$here/build.py" etcd)

rendered() { # INPUT NAME
    "$render" render -q --config "$here/rbac.yaml" --kube-version "${version%.*}" --spark-version "$spark" --target pod "$1" >"$out/$2.yaml"
}
run() { # NAME ARGUMENTS...
    local name=$1
    shift
    "$python" "$here/real_spark.py" --bins "$bins" --etcd "$etcd/etcd" --spark-home "$home" --python "$python" --timeout 400 \
        --manifests "$out/$name.yaml" "$@" >"$out/$name.json" 2>"$out/$name.log" ||
        { echo "$name: failed: $out/$name.json"; tail -5 "$out/$name.log"; return 1; }
    "$python" - "$out/$name.json" <<'EOF'
import json, sys
report = json.load(open(sys.argv[1]))
driver = report["drivers"][0]
last = [line for line in driver["log"] if line.startswith(("WORDCOUNT", "FINISHED"))][-1]
print("%s, Spark %s: driver ended with %s, %d executors started, %.0f s: %s" % (
    report["server"], report["spark"], driver["exit_code"], report["executors_started"], report["seconds"], last))
EOF
}

failed=0
if [ "${ONLY:-wordcount}" = wordcount ]; then
    rendered "$root/fixtures/e2e/wordcount/app.yaml" wordcount
    run wordcount || failed=1
fi
if [ "${ONLY:-later}" = later ]; then
    sed 's/value: first/value: second/' "$here/long.yaml" >"$out/changed-input.yaml"
    rendered "$here/long.yaml" long
    rendered "$out/changed-input.yaml" changed
    run long --later "$out/changed.yaml" || failed=1
fi
exit $failed
