#!/usr/bin/env bash
# Validates manifests strictly against one version of Kubernetes, offline; lists all that is wrong, exit 1 if anything is.
#   tests/schema/validate.sh -k 1.20 [--allow-unknown-kinds] FILE...      FILE may be - (standard input)
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
KUBE_SCHEMA_DIR=$("$here/build.sh")
export KUBE_SCHEMA_DIR
exec "$("$here/../tools/install.sh" python)" "$here/k8svalidate.py" "$@"
