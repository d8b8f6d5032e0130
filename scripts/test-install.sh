#!/usr/bin/env bash
# Tries the ways to install from the files of a release: install.sh, kubectl's plugin, the layout for cargo binstall.
#
#   scripts/test-install.sh DIR     DIR has the files of the release (dist/release)
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
release=$(cd "$1" && pwd)
cd "$root"
fail() { echo "test-install.sh: error: $*" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
target=$(uname -m)-unknown-linux-musl
archive=spark-render-$target.tar.gz

# install.sh with any sh, without anything of the user's environment.
install() { env -i PATH="$work/bin:/usr/bin:/bin" HOME="$work/home" SPARK_RENDER_RELEASES="$1" sh "$root/install.sh" "${@:2}" 2>"$work/said"; }

install "$release" || fail "install.sh: $(cat "$work/said")"
[ "$("$work/home/.local/bin/spark-render" --version)" = "spark-render $version" ] || fail "install.sh installed another version"
grep -q "is not on PATH" "$work/said" || fail "install.sh does not say that the folder is not on PATH"
install "$release" --to "$work/bin" --no-kubectl || fail "install.sh --to: $(cat "$work/said")"
[ ! -e "$work/bin/kubectl-spark_render" ] || fail "--no-kubectl made kubectl-spark_render"
install "$release" --to "$work/bin" || fail "a second install.sh: $(cat "$work/said")"
echo "ok: install.sh"

# What is not what the checksums say is not installed.
refused() { # refused SENTENCE
    local status=0
    install "$work/bad" --to "$work/never" || status=$?
    [[ $status = 1 && ! -e $work/never/spark-render ]] || fail "installed although: $1"
    grep -qF "$1" "$work/said" || fail "install.sh says: $(cat "$work/said")"
}
mkdir "$work/bad"
cp "$release/$archive" "$release/SHA256SUMS" "$work/bad/"
printf 'x' >>"$work/bad/$archive"
refused "the checksum of $archive is"
cp "$release/$archive" "$work/bad/"
grep -vF "$archive" "$release/SHA256SUMS" >"$work/bad/SHA256SUMS" || true
refused "SHA256SUMS has no line for $archive"
rm "$work/bad/SHA256SUMS"
refused "has no SHA256SUMS"
echo "ok: install.sh refuses what its checksum does not vouch for"

if command -v kubectl >/dev/null; then
    said=$(env -i PATH="$work/bin:$(dirname "$(command -v kubectl)")" HOME="$work/home" kubectl spark-render --version) || fail "kubectl spark-render"
    [ "$said" = "spark-render $version" ] || fail "kubectl spark-render says $said"
    echo "ok: kubectl spark-render"
else
    echo "not tried, for want of kubectl: kubectl spark-render"
fi

# cargo binstall finds what the metadata promise.
said=$(cargo metadata --format-version 1 --no-deps --locked | jq -r '.packages[0] | [.repository, .metadata.binstall."pkg-url", .metadata.binstall."bin-dir"] | @tsv')
IFS=$'\t' read -r repository url inside <<<"$said"
fill() { sed -e "s|{ repo }|$repository|; s|{ version }|$version|; s|{ target }|$target|; s|{ bin }|spark-render|; s|{ binary-ext }||" <<<"$1"; }
[ "$(fill "$url")" = "$repository/releases/download/v$version/$archive" ] || fail "binstall looks for $(fill "$url")"
tar -tzf "$release/$archive" "$(fill "$inside")" >/dev/null || fail "$archive has no $(fill "$inside")"
echo "ok: the archive is where and how cargo binstall looks for it"
