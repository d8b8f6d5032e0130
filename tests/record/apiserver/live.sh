#!/usr/bin/env bash
# Records what real API servers make of the objects in live.yaml, into fixtures/diff/live.
#
#   live.sh [VERSION...]      1.20.15 1.37.1
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
python=$("$root/tests/tools/install.sh" python)
etcd=$("$python" "$here/build.py" etcd)
[ $# -gt 0 ] || set -- 1.20.15 1.37.1
for version in "$@"; do
    bins=$("$python" "$here/build.py" "$version")
    (
        out=$(mktemp -d)
        coproc server { exec "$python" "$here/serve.py" "$bins" "$out/state" --etcd "$etcd/etcd" 2>"$out/serve.err"; }
        trap 'kill $server_PID; wait $server_PID || true; rm -rf "$out"' EXIT
        read -r kubeconfig <&"${server[0]}"
        "$python" "$here/apply.py" --kubeconfig "$kubeconfig" --render "$root/target/debug/spark-render" --root "$root" --out "$out" \
            --targets pod --config "$here/options.yaml" --keep "$root/fixtures/diff/live/$version" "$here/live.yaml" ||
            { cat "$out/findings.ndjson"; exit 1; }
    )
done
