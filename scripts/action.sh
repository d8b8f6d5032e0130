#!/usr/bin/env bash
# The steps of action.yml. Inputs come as environment variables, never as text of a script.
#
#   scripts/action.sh which      which version, and where to; the key of the cache
#   scripts/action.sh install    the release's binary, else (BUILD=true) a build of this folder
#   scripts/action.sh run        runs the command; writes outputs and the job summary; ends as the command does
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
own=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$root/Cargo.toml" | head -n 1)
sha() { if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi; }
output() { printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"; }

which_version() {
    local version=${VERSION:-$own} sources
    version=${version#v}
    [[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]] || {
        echo "::error::\`version\` must be a release such as 0.1.0, not \`$version\`"
        exit 2
    }
    output version "$version"
    output folder "$RUNNER_TEMP/spark-render-$version"
    # A build of a branch is good for these sources only.
    sources=$(cd "$root" && find Cargo.toml Cargo.lock src templates -type f -print0 | LC_ALL=C sort -z | xargs -0 cat | sha)
    output key "$version-${sources:0:16}"
}

install() {
    local name=spark-render
    [ "${RUNNER_OS:-}" != Windows ] || name=spark-render.exe
    local binary=$FOLDER/bin/$name
    if [ -x "$binary" ]; then
        echo "from the cache"
    elif [ "${RUNNER_OS:-}" != Windows ] && sh "$root/install.sh" --version "$VERSION" --to "$FOLDER/bin" --no-kubectl; then
        :
    elif [ "$BUILD" = true ]; then
        echo "::notice::No binary of release $VERSION was found for this runner: building the action's own sources."
        cargo install --locked --path "$root" --root "$FOLDER"
    else
        echo "::error::Release $VERSION has no binary for this runner."
        exit 2
    fi
    output binary "$binary"
    output version "$("$binary" --version | cut -d ' ' -f 2)"
    echo "$FOLDER/bin" >>"$GITHUB_PATH"
}

# Quotes stdin as a block of Markdown that its own text cannot end. GitHub takes a megabyte of summary.
block() {
    local text fence='```'
    text=$(head -c 200000)
    while [[ $text = *"$fence"* ]]; do fence+='`'; done
    printf '%s%s\n%s\n%s\n' "$fence" "$1" "$text" "$fence"
}

run() {
    local arguments=() words=() status=0 said work
    read -r -a words <<<"${ARGS//$'\n'/ }" || true
    case $COMMAND in
    render)
        [ -n "$OUTPUT" ] || { echo "::error::\`output\` names the folder of the rendered tree"; exit 2; }
        arguments=(render --diagnostics github -o "$OUTPUT")
        [ "$WRITE" = true ] || arguments+=(--check)
        ;;
    check) arguments=(check --format github) ;;
    *) echo "::error::\`command\` is render or check, not \`$COMMAND\`"; exit 2 ;;
    esac
    arguments+=("${words[@]}" -- "$INPUT")
    work=$(mktemp -d)
    # shellcheck disable=SC2153  # an input of this step
    "$BINARY" "${arguments[@]}" >"$work/out" 2>"$work/err" || status=$?
    cat "$work/out"
    cat "$work/err" >&2
    case $status in
    0) said=ok ;;
    1) said=findings ;;
    *) said=failed ;;
    esac
    output status "$said"
    if [ "$SUMMARY" != false ]; then
        {
            case $said-$COMMAND in
            ok-render) echo "### spark-render: the rendered tree is up to date" ;;
            findings-render) echo "### spark-render: the rendered tree is stale, or the input is at fault" ;;
            ok-check) echo "### spark-render: no faults" ;;
            findings-check) echo "### spark-render: faults were found" ;;
            *) echo "### spark-render could not run" ;;
            esac
            # shellcheck disable=SC2016  # the marks of code in Markdown
            printf '\n`%s`\n\n' "$("$BINARY" --version)"
            if [ -s "$work/out" ] && [ "$COMMAND" = render ]; then block diff <"$work/out"; fi
            # Workflow commands of findings, as sentences.
            cat "$work/out" "$work/err" | sed -n 's/^::\(error\|warning\|notice\) \{0,1\}\([^:]*\)::/\1 \2: /p' >"$work/findings"
            if [ -s "$work/findings" ]; then block text <"$work/findings"; fi
        } >>"$GITHUB_STEP_SUMMARY"
    fi
    rm -rf "$work"
    exit "$status"
}

case ${1:-} in
which) which_version ;;
install) install ;;
run) run ;;
*) echo "action.sh: which, install or run" >&2; exit 2 ;;
esac
