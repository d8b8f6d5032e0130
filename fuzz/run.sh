#!/bin/sh
# Runs fuzz targets: run.sh [--minimise] [TARGET [SECONDS]]; see README.md. Ends with an error where one found something.
set -eu
cd "$(dirname "$0")/.."
targets=$(sed -n 's/^name = "\(.*\)"$/\1/p' fuzz/Cargo.toml | grep -v '^spark-render-fuzz$')
minimise=
if [ "${1-}" = --minimise ]; then
  minimise=1
  shift
fi
one=${1-} seconds=${2-600}
work=target/fuzz-corpus
binaries=target/fuzz
# Without a sanitizer: there is no unsafe code to look into, and a run is three times as fast.
cargo +nightly fuzz build -s none --no-trace-compares --target-dir "$binaries" ${one:+"$one"}

failed=
for target in ${one:-$targets}; do
  mkdir -p "$work/$target" "$work/seeds/$target" "fuzz/corpus/$target" "fuzz/artifacts/$target"
  fuzz/seeds.py "$target" "$work/seeds/$target"
  program=$(echo "$binaries"/*/release/"$target")
  if [ -n "$minimise" ]; then
    rm -rf "$work/least"
    mkdir "$work/least"
    "$program" -merge=1 -rss_limit_mb=2048 "$work/least" "$work/$target" "fuzz/corpus/$target"
    # The smallest ones: a corpus in the tree is read by people, too.
    rm -rf "fuzz/corpus/$target"
    mkdir "fuzz/corpus/$target"
    ls -rS "$work/least" | head -n 40 | while read -r input; do cp "$work/least/$input" "fuzz/corpus/$target/"; done
    continue
  fi
  # What commands print goes elsewhere; see `shared::captured`.
  RUST_BACKTRACE=1 nice -n 10 "$program" -rss_limit_mb=2048 -malloc_limit_mb=1024 -timeout=20 -max_len=16384 \
    -max_total_time="$seconds" -print_final_stats=1 -artifact_prefix="fuzz/artifacts/$target/" \
    "$work/$target" "$work/seeds/$target" "fuzz/corpus/$target" || failed="$failed $target"
done
if [ -n "$failed" ]; then
  echo "found something:$failed; the inputs are in fuzz/artifacts" >&2
  exit 1
fi
