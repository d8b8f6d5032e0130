#!/usr/bin/env python3
"""What the runs of apply.py found: a table of counts, then findings by kind, the most frequent first, with one input as an example.

    summary.py FOLDER...      the --out of each run
"""
import collections
import json
import os
import re
import sys

REFUSED = ("dry run refused", "apply refused", "crashed")
DRIFT = ("drift", "leaf differs", "moved")

print("%-12s %-10s %8s %8s %8s %8s %8s" % ("run", "server", "inputs", "objects", "refused", "drift", "warnings"))
for folder in sys.argv[1:]:
    with open(os.path.join(folder, "counts.json"), encoding="utf-8") as f:
        found = json.load(f)
    counts = [found.get("inputs rendered", 0), found.get("objects", 0)]
    counts += [sum(found.get(kind, 0) for kind in kinds) for kinds in (REFUSED, DRIFT, ("warning",))]
    print("%-12s %-10s %8d %8d %8d %8d %8d" % (os.path.basename(folder), found["server"], *counts))
print()

counts, example = collections.Counter(), {}
for folder in sys.argv[1:]:
    with open(os.path.join(folder, "findings.ndjson"), encoding="utf-8") as f:
        for line in f:
            found = json.loads(line)
            about = found.get("path") or found.get("message") or found.get("output") or ",".join(found.get("fields", []))
            about = re.sub(r'"[^"]*"|\[[^\]]*\]', "…", about.strip().replace("\n", " "))[:160]
            key = (found["finding"], found.get("object", "").split("/")[0], about)
            counts[key] += 1
            example.setdefault(key, found["input"])
for key, count in counts.most_common(40):
    print("%5d  %s  (%s)" % (count, "  ".join(filter(None, key)), example[key]))
