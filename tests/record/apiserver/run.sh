#!/usr/bin/env bash
# Builds a Kubernetes API server, starts it on loopback with RBAC, and puts through it what spark-render makes of the fixtures.
#
#   run.sh VERSION [RENDER] [INPUT...]      VERSION: 1.37.1, 1.20.15, ...; RENDER: target/debug/spark-render
#
# INPUTs are applications besides those of fixtures/. OUT=DIR keeps findings and logs. REAL=1 also runs real Spark (real.sh).
# Exit 0: nothing refused, no drift.
set -euo pipefail
[ $# -ge 1 ] || { sed -n '2,/^set/{s/^# \{0,1\}//;/^set/!p}' "$0"; exit 2; }
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
version=${1#v}
render=$(realpath "${2:-$root/target/debug/spark-render}")
shift; [ $# -eq 0 ] || shift
out=${OUT:-$(mktemp -d)}
mkdir -p "$out"

python=$("$root/tests/tools/install.sh" python)
bins=$("$python" "$here/build.py" "$version")
etcd=$("$python" "$here/build.py" etcd)
"$python" "$here/serve.py" "$bins" "$out/state" --etcd "$etcd/etcd" >"$out/serve.txt" 2>"$out/serve.err" &
server=$!
trap 'kill $server 2>/dev/null; wait $server || true; [ -n "${OUT:-}" ] || rm -rf "$out"' EXIT
for _ in $(seq 360); do
    [ "$(wc -l <"$out/serve.txt")" -lt 2 ] || break
    kill -0 $server 2>/dev/null || { cat "$out/serve.err" >&2; exit 2; }
    sleep 0.5
done
kubeconfig=$(sed -n 1p "$out/serve.txt")
[ -n "$kubeconfig" ] || { echo "run.sh: the server does not start: see $out/state" >&2; exit 2; }

mapfile -t inputs < <("$python" "$here/inputs.py" "$root/fixtures")
failed=0
try() { printf '\n== %s\n' "$1"; shift; "$@" || failed=1; }
apply() { "$python" "$here/apply.py" --kubeconfig "$kubeconfig" --render "$render" --root "$root" "$@"; }
try "fixtures" apply --out "$out/fixtures" --targets pod,job,auto "${inputs[@]}"
try "fixtures with RBAC and companions" apply --out "$out/options" --targets pod,job --config "$here/options.yaml" "${inputs[@]}"
[ $# -eq 0 ] || try "more applications" apply --out "$out/more" --targets pod,job,auto "$@"
try "the driver's account" "$python" "$here/rbac.py" --kubeconfig "$kubeconfig" --render "$render"
printf '\n== findings by kind\n'
mapfile -t runs < <(dirname "$out"/*/counts.json)
"$python" "$here/summary.py" "${runs[@]}"
[ "${REAL:-}" != 1 ] || { kill $server; wait $server || true; OUT="$out/real" try "real Spark" "$here/real.sh" "$version" "$render"; }
exit $failed
