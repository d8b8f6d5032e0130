#!/usr/bin/env bash
# Tries the steps of action.yml as a runner does.
#
#   scripts/test-action.sh BINARY [DIR]     with DIR (dist/release) also the installation from a release
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
binary=$(realpath "$1")
releases=${2:+$(realpath "$2")}
fail() { echo "test-action.sh: error: $*" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cp -r "$root/fixtures/render" jobs
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$root/Cargo.toml" | head -n 1)

# action STEP [NAME=VALUE...]: sets $status; what it wrote is in output, summary, said.
action() {
    : >output && : >summary && : >path
    status=0
    env RUNNER_TEMP="$work/temp" RUNNER_OS=Linux GITHUB_OUTPUT="$work/output" GITHUB_STEP_SUMMARY="$work/summary" \
        GITHUB_PATH="$work/path" "${@:2}" bash "$root/scripts/action.sh" "$1" >said 2>&1 || status=$?
}
run() { action run BINARY="$binary" COMMAND=render INPUT=jobs OUTPUT=rendered WRITE=false ARGS="--kube-version 1.34" SUMMARY=true "$@"; }
ends() { # ends STATUS OUTPUT SUMMARY
    [ "$status" = "$1" ] || fail "ended with $status: $(cat said)"
    grep -qxF "$2" output || fail "no output $2 in: $(cat output)"
    grep -qF "$3" summary || fail "no \`$3\` in the summary: $(cat summary)"
}

action which VERSION=
[ "$status" = 0 ] && grep -qxF "version=$version" output && grep -q "^key=$version-[0-9a-f]\{16\}$" output || fail "which: $(cat output said)"
action which VERSION='1.0.0; touch hurt'
[ "$status" = 2 ] && [ ! -e hurt ] || fail "which takes any text for a version"

run
ends 1 status=findings "the rendered tree is stale"
run WRITE=true
ends 0 status=ok "up to date"
run
ends 0 status=ok "up to date"
# What a manifest says cannot end the block that quotes it.
# shellcheck disable=SC2016  # marks of Markdown
printf '%s\n' '# ```' '# <img src=x onerror=alert(1)>' >>rendered/"$(cd rendered && find . -name 'pod-*.yaml' | head -n 1)"
run
ends 1 status=findings '````diff'
run COMMAND=check OUTPUT=
ends "$status" "status=$([ "$status" = 0 ] && echo ok || echo findings)" "faults"
sed -i 's/v1beta2/v1beta9/' jobs/spark-pi/app.yaml
run COMMAND=check OUTPUT=
ends 1 status=findings "faults were found"
grep -q '^error .*v1beta9' summary || fail "the fault is not in the summary: $(cat summary)"
run ARGS="--no-such-flag"
ends 2 status=failed "could not run"
# shellcheck disable=SC2016  # it must not be expanded
run INPUT='$(touch hurt)' SUMMARY=false
[ "$status" != 0 ] && [ ! -s summary ] && [ ! -e hurt ] || fail "a path that is a command"
run COMMAND=certs
[ "$status" = 2 ] || fail "another command was run"
echo "ok: action.sh which, run"

if [ -n "$releases" ]; then
    action install FOLDER="$work/installed" VERSION="$version" BUILD=false SPARK_RENDER_RELEASES="$releases"
    [ "$status" = 0 ] && grep -qxF "binary=$work/installed/bin/spark-render" output && grep -qxF "version=$version" output ||
        fail "install: $(cat said output)"
    [ "$(cat path)" = "$work/installed/bin" ] || fail "install: not on PATH"
    action install FOLDER="$work/installed" VERSION="$version" BUILD=false SPARK_RENDER_RELEASES=/nonexistent
    [ "$status" = 0 ] && grep -q "from the cache" said || fail "install: $(cat said)"
    mkdir "$work/empty"
    action install FOLDER="$work/none" VERSION="$version" BUILD=false SPARK_RENDER_RELEASES="$work/empty"
    [ "$status" = 2 ] && grep -q "has no binary for this runner" said || fail "install: $(cat said)"
    echo "ok: action.sh install"
fi
