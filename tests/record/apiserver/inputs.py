#!/usr/bin/env python3
"""The applications of the fixtures, one path a line: files with a Spark resource that are nobody's expected output.

    inputs.py FIXTURES
"""
import os
import re
import sys

EXPECTED = re.compile(r"^(expected|diagnostics|driver|executor-template|rendered|golden|across-versions|preview|stdout|output)")
RESOURCE = re.compile(r"(?m)^kind: *\"?(Scheduled)?Spark(Application|Connect)\b")

for directory, folders, files in os.walk(sys.argv[1]):
    folders[:] = sorted(f for f in folders if os.path.join(directory, f) != os.path.join(sys.argv[1], "operator"))
    for name in sorted(files):
        path = os.path.join(directory, name)
        if name.endswith((".yaml", ".yml")) and not EXPECTED.match(name):
            with open(path, errors="replace") as f:
                if RESOURCE.search(f.read()):
                    print(path)
