#!/usr/bin/env python3
"""Makes fixtures/oracle/ from recordings of real Spark.

    compact.py RECORDINGS NORMALISE_DIR OUT

RECORDINGS: <version>/<case>.json. NORMALISE_DIR holds normalise.py, which replaces what is random in Spark.
Written: inputs.jsonl (each distinct input once), objects.jsonl (each distinct object once, Spark's version as
<SPARK_VERSION>), <version>.jsonl (a line for each case that names its input and objects by line number).
"""
import json
import os
import re
import sys

recordings, normalise_dir, out = sys.argv[1:4]
sys.path.insert(0, normalise_dir)
from normalise import norm  # noqa: E402


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class Table:
    def __init__(self):
        self.lines, self.index = [], {}

    def add(self, value):
        line = compact(value)
        if line not in self.index:
            self.index[line] = len(self.lines)
            self.lines.append(line)
        return self.index[line]

    def write(self, name):
        with open(os.path.join(out, name), "w") as f:
            f.write("".join(line + "\n" for line in self.lines))


inputs, objects = Table(), Table()
KEEP = ("conf", "main_class", "resource", "args", "submit_args", "files", "conf_dir_files", "env", "want",
        "exec_overrides", "exec_drop", "preload", "maven")


def object_id(value, version):
    if value is None:
        return None
    return objects.add(json.loads(compact(norm(value)).replace('"spark-version":"%s"' % version, '"spark-version":"<SPARK_VERSION>"')))


def input_id(given):
    kept = {k: given[k] for k in KEEP if given.get(k) not in (None, [], {})}
    text = re.sub(r"http://127\.0\.0\.1:\d+", "http://127.0.0.1:6443", compact(kept))
    return inputs.add(json.loads(text))


for version in sorted(os.listdir(recordings), key=lambda v: [int(x) for x in v.split(".")]):
    lines = []
    for name in sorted(os.listdir(os.path.join(recordings, version))):
        with open(os.path.join(recordings, version, name)) as f:
            r = json.load(f)
        driver, executor, execute = r.get("driver") or {}, r.get("executor") or {}, r.get("execute") or {}
        row = {"case": r["case"], "input": input_id(r["input"]), "submitted": r["submit"]["ok"],
               "executed": bool(execute.get("ok")), "dropped": sorted(execute.get("dropped") or {}),
               "driver": {k: object_id(driver.get(k), version) for k in ("pod", "service", "configMap")},
               "executor": {"configMap": object_id(executor.get("configMap"), version),
                            "pods": [object_id(p, version) for p in executor.get("pods") or []]}}
        for side, objs in (("driver", driver), ("executor", executor)):
            row[side]["others"] = [object_id(o, version) for o in objs.get("others") or []]
        error = r["submit"]["error"] if not r["submit"]["ok"] else execute.get("error")
        if error:
            row["error"] = error.split("\n")[0][:300]
        lines.append(compact(row))
    with open(os.path.join(out, version + ".jsonl"), "w") as f:
        f.write("".join(line + "\n" for line in lines))
inputs.write("inputs.jsonl")
objects.write("objects.jsonl")
