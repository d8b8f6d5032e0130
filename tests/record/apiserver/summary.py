#!/usr/bin/env python3
"""Groups the findings of apply.py by kind, the most frequent first, with one input as an example.   summary.py FILE..."""
import collections
import json
import re
import sys

counts, example = collections.Counter(), {}
for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as f:
        for line in f:
            found = json.loads(line)
            about = found.get("path") or found.get("message") or found.get("output") or ",".join(found.get("fields", []))
            about = re.sub(r'"[^"]*"|\[[^\]]*\]', "…", about.strip().replace("\n", " "))[:160]
            key = (found["finding"], found.get("object", "").split("/")[0], about)
            counts[key] += 1
            example.setdefault(key, found["input"])
for key, count in counts.most_common(40):
    print("%5d  %s  (%s)" % (count, "  ".join(filter(None, key)), example[key]))
