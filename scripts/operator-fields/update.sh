#!/usr/bin/env bash
# Derives fields.tsv, the fields of the operator's resources by release, from the operator's Go modules.
#
#   update.sh                       the releases below
#   update.sh VERSION[=SOURCE]...   and others: a new release, or a checkout of what is to become one
#
# Needs Go; only the modules of the releases are downloaded, nothing is built.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
releases=(2.2.1 2.3.0 2.4.0 2.5.2)

python=$("$here/../../tests/tools/install.sh" python)
folders=()
for release in "${releases[@]}" "$@"; do
    version=${release%%=*} source=${release#*=}
    if [ "$source" = "$release" ]; then
        source=$(cd / && go mod download -json "github.com/kubeflow/spark-operator/v2@v$version" | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')
    fi
    folders+=("$version=$source/charts/spark-operator-chart/crds")
done
"$python" "$here/derive.py" --out "$here/fields.tsv" "${folders[@]}"
