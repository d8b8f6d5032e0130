#!/usr/bin/env bash
# Runs real Spark from manifests, without a cluster.
#
#   tests/e2e/run.sh VERSION MANIFEST... [-- ARGUMENTS OF run_manifests.py]
#
# VERSION is 3.5, 4 (the releases pinned in tests/tools/install.sh) or an exact one such as 4.3.0. The Spark tree is
# fetched once, into the tools cache. The JSON report goes to stdout; exit 0 only if every pod of the manifests succeeded,
# 2 if it could not be run at all.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

usage() { sed -n '2,/^set/{s/^# \{0,1\}//;/^set/!p}' "${BASH_SOURCE[0]}" >&2; exit 2; }
fail() { echo "run.sh: error: $1" >&2; exit 2; }

[ $# -ge 2 ] || usage
version=$1
shift
manifests=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do
    [ -e "$1" ] || fail "no such file: $1"
    manifests+=(--manifests "$1")
    shift
done
[ ${#manifests[@]} -gt 0 ] || usage
[ $# -eq 0 ] || shift

[ "$(uname -s)" = Linux ] || fail "needs Linux"
[ "$(id -u)" = 0 ] || fail "needs root (namespaces and mounts)"
for program in unshare ip openssl java; do
    command -v "$program" >/dev/null || fail "needs $program on PATH"
done

# The helper python (PyYAML) is also the python3 of the pods: driver and executors must have the same one.
python=$("$here/../tools/install.sh" python) || fail "no python"
home=$("$here/../tools/install.sh" "pyspark-$version") || fail "no Spark $version"
exec "$python" "$here/run_manifests.py" --spark-home "$home" --timeout 300 "${manifests[@]}" "$@"
