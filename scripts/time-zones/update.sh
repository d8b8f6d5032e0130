#!/usr/bin/env bash
# Derives src/render/workload/time_zones.tsv anew from the IANA database that Go ships, which the operator and the
# API server ask (`time.LoadLocation`). Needs Go; a newer Go brings newer zones.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
time=$(go env GOROOT)/lib/time
{
    echo "# Names of time zones, IANA tzdata $(sed -n 's/^CODE=//p' "$time/update.bash"). Made by scripts/time-zones/update.sh; do not edit."
    python3 -m zipfile -l "$time/zoneinfo.zip" | awk 'NR > 1 && $NF == "0" { next } NR > 1 { print $1 }' | grep -v '/$' | LC_ALL=C sort
} >src/render/workload/time_zones.tsv
wc -l src/render/workload/time_zones.tsv
