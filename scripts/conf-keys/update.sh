#!/bin/sh
# Derives src/spark/conf_keys/keys.tsv anew from the jars of each Spark, which the releases of the PyPI package pyspark ship
# (200 to 450 MB each). A new Spark: add it to VERSIONS, run this, review what it prints and the difference.
# Needs a JDK 17 and Python 3.9 or later. CONF_KEYS_DIR=DIR keeps the downloads.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
VERSIONS="2.4.8 3.0.3 3.1.3 3.2.4 3.3.4 3.4.1 3.4.4 3.5.1 3.5.9 4.0.5 4.1.4 4.2.1 4.3.0"
work=${CONF_KEYS_DIR:-$(mktemp -d)}
[ -n "${CONF_KEYS_DIR:-}" ] || trap 'rm -rf "$work"' EXIT
mkdir -p "$work/classes"

# Only fetches archives. Old ones ask setuptools for their metadata first, and no newer one than this can answer.
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet 'setuptools<60' wheel
javac -d "$work/classes" "$here/ConfKeys.java"

facts=
for version in $VERSIONS; do
  jars=$work/spark-$version
  if [ ! -f "$work/$version.facts" ]; then
    rm -rf "$work/dl" "$jars"
    "$work/venv/bin/pip" download --quiet --no-cache-dir --no-deps --no-build-isolation -d "$work/dl" "pyspark==$version"
    python3 "$here/jars.py" "$work"/dl/pyspark* "$jars"
    # Old Sparks reach into the JDK.
    java --add-opens java.base/java.nio=ALL-UNNAMED --add-opens java.base/sun.nio.ch=ALL-UNNAMED \
      --add-opens java.base/java.lang=ALL-UNNAMED -cp "$work/classes:$jars/*" ConfKeys "$jars" >"$work/facts" 2>"$work/log" ||
      { cat "$work/log" >&2; exit 1; }
    mv "$work/facts" "$work/$version.facts"
    rm -rf "$work/dl" "$jars"
  fi
  facts="$facts $version=$work/$version.facts"
done
# shellcheck disable=SC2086 # one argument a version
python3 "$here/derive.py" "$here/patterns.tsv" $facts >"$work/keys.tsv"
mv "$work/keys.tsv" "$here/../../src/spark/conf_keys/keys.tsv"
cd "$here/../../src/spark/conf_keys"
sha256sum keys.tsv > "$here/tables.sha256"
