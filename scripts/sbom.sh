#!/usr/bin/env bash
# Writes dist/release/spark-render.cdx.json: what the binary is made of, as a CycloneDX list of components.
#
#   scripts/sbom.sh
#
# Without a serial number, and with the time SOURCE_DATE_EPOCH (else that of the commit): the same Cargo.lock gives the
# same list. Needs jq. cargo-cyclonedx goes to ${SPARK_RENDER_TOOLS:-~/.cache/spark-render-tools} where it is not there.
set -euo pipefail

cyclonedx_version=0.5.9

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
fail() { echo "sbom.sh: error: $*" >&2; exit 2; }
tools=${SPARK_RENDER_TOOLS:-$HOME/.cache/spark-render-tools}/cargo
if [ ! -x "$tools/bin/cargo-cyclonedx" ] || [[ $("$tools/bin/cargo-cyclonedx" cyclonedx --version) != *" $cyclonedx_version" ]]; then
    # A tool that runs once needs no optimisation.
    env -u CARGO_TARGET_DIR cargo install --quiet --debug --locked --force --root "$tools" "cargo-cyclonedx@$cyclonedx_version" >&2 ||
        fail "cargo install cargo-cyclonedx@$cyclonedx_version failed"
fi
epoch=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)} || fail "no SOURCE_DATE_EPOCH and no commit"
trap 'rm -f spark-render.made.json' EXIT
SOURCE_DATE_EPOCH=$epoch "$tools/bin/cargo-cyclonedx" cyclonedx --format json --spec-version 1.5 --override-filename spark-render.made \
    --target x86_64-unknown-linux-musl --quiet || fail "cargo cyclonedx failed"
mkdir -p dist/release
# Paths of this machine stay here: the project itself is known by its name and version.
jq --sort-keys --arg root "$root" '
    del(.serialNumber)
    | walk(if type == "string" then gsub("path\\+file://" + $root; "pkg:cargo/spark-render") | gsub("[?]download_url=file://[^#]*"; "") | gsub("file://" + $root + "/?"; "") else . end)
' spark-render.made.json >dist/release/spark-render.cdx.json
grep -q -F "$root" dist/release/spark-render.cdx.json && fail "the list has paths of this machine"
jq -r '"\(.components | length) components"' dist/release/spark-render.cdx.json
