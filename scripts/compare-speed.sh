#!/usr/bin/env bash
# Compares two binaries over 1,000 applications: the static one must be at most 5% slower.
#
#   scripts/compare-speed.sh STATIC OTHER [RUNS]
#
# Both render the same 1,000 files, in turns, RUNS times (default 15). The least processor time of each is compared,
# and the least time on the clock shown: other programs add to both, and never take away.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/apps"
for number in $(seq 1000); do
    sed "s/^  name: .*/&-$number/" "$root/fixtures/render/spark-pi/app.yaml" >"$work/apps/app-$number.yaml"
done
python3 - "$(realpath "$1")" "$(realpath "$2")" "${3:-15}" "$work/apps" <<'END'
import resource, subprocess, sys, time

static, other, runs, apps = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
times = {static: [], other: []}
output = {}
for _ in range(runs):
    for binary in times:
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        command = [binary, "render", "--quiet", "--kube-version", "1.34", apps]
        made = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
        wall, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        times[binary].append((used, wall))
        assert output.setdefault("bytes", made) == made, "the binaries print different bytes"
least = {binary: [min(column) for column in zip(*rows)] for binary, rows in times.items()}
for binary, (used, wall) in least.items():
    print(f"{used:.3f} s of processor time, {wall:.3f} s on the clock: {binary}")
ratio = least[static][0] / least[other][0]
print(f"ratio {ratio:.3f}")
sys.exit(ratio > 1.05)
END
