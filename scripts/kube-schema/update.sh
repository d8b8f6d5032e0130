#!/bin/sh
# Derives src/kube/tables anew from two releases of the PyPI package kubernetes-validate, which between them ship the schema
# of every minor since 1.16, and from Kubernetes' Go types. A new minor: raise NEWEST and the last of TYPES, run this, review what
# it prints (new fields without a row in gates.tsv).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
OLDEST=1.27.1 # source distribution: 1.16 to 1.24 are taken from it
NEWEST=1.37.0 # wheel: 1.25 and later
TYPES="0.16.15 0.20.15 0.25.16 0.37.1" # k8s.io/api: what all of those that have a field do with it when it is empty
work=${KUBE_SCHEMA_DIR:-$(mktemp -d)}
[ -n "${KUBE_SCHEMA_DIR:-}" ] || trap 'rm -rf "$work"' EXIT
mkdir -p "$work/old" "$work/new"
[ -f "$work/kubernetes-validate-$OLDEST.tar.gz" ] ||
  pip download --quiet --no-deps --no-binary :all: -d "$work" "kubernetes-validate==$OLDEST" ||
  pip download --quiet --no-deps -d "$work" "kubernetes-validate==$OLDEST"
[ -f "$work/kubernetes_validate-$NEWEST-py3-none-any.whl" ] ||
  pip download --quiet --no-deps -d "$work" "kubernetes-validate==$NEWEST"
tar xzf "$work/kubernetes-validate-$OLDEST.tar.gz" -C "$work/old" --strip-components=2
python3 -m zipfile -e "$work/kubernetes_validate-$NEWEST-py3-none-any.whl" "$work/new"
# shellcheck disable=SC2086
go run "$here/omitempty.go" $TYPES >"$work/omitempty.tsv"
python3 "$here/derive.py" --old "$work/old" --new "$work/new" --omitempty "$work/omitempty.tsv" --out "$here/../../src/kube/tables"
cd "$here/../../src/kube/tables"
sha256sum fields.tsv kinds.tsv > "$here/tables.sha256"
