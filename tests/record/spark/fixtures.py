"""The compact recordings in fixtures/oracle: read, and written with a release added or recorded anew.

    inputs.jsonl      each distinct submission once
    objects.jsonl     each distinct object once, Spark's version as <SPARK_VERSION>
    <version>.jsonl   a line for each case, which names its submission and its objects by line number
"""
import json
import os
import re

from normal import normal

# What of a case makes its submission.
INPUT = ("conf", "main_class", "resource", "args", "submit_args", "files", "conf_dir_files", "env", "want",
         "exec_overrides", "exec_drop", "preload", "maven")


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def numeric(version):
    return [int(part) for part in re.findall(r"\d+", version)]


class Table:
    """Distinct lines; those of a file keep their numbers."""

    def __init__(self, path):
        self.path, self.lines = path, []
        if os.path.exists(path):
            with open(path, encoding="utf-8") as f:
                self.lines = f.read().splitlines()
        self.index = {line: number for number, line in enumerate(self.lines)}

    def add(self, value):
        line = compact(value)
        if line not in self.index:
            self.index[line] = len(self.lines)
            self.lines.append(line)
        return self.index[line]

    def write(self):
        with open(self.path, "w", encoding="utf-8") as f:
            f.write("".join(line + "\n" for line in self.lines))


class Fixtures:
    def __init__(self, folder):
        self.folder = folder
        os.makedirs(folder, exist_ok=True)
        self.inputs = Table(os.path.join(folder, "inputs.jsonl"))
        self.objects = Table(os.path.join(folder, "objects.jsonl"))

    def versions(self):
        found = [name[: -len(".jsonl")] for name in os.listdir(self.folder) if re.match(r"\d.*\.jsonl$", name)]
        return sorted(found, key=numeric)

    def rows(self, version):
        with open(os.path.join(self.folder, version + ".jsonl"), encoding="utf-8") as f:
            return {row["case"]: row for row in map(json.loads, f)}

    def nearest(self, version):
        """The recorded release next to a version: of its minor if there is one, the newer of two equally near."""
        others = [v for v in self.versions() if v != version]
        weigh = lambda v: [abs(a - b) for a, b in zip(numeric(v), numeric(version))] + [[-part for part in numeric(v)]]
        return min(others, key=weigh) if others else None

    def object_id(self, value, version):
        if value is None:
            return None
        text = compact(normal(value)).replace('"spark-version":"%s"' % version, '"spark-version":"<SPARK_VERSION>"')
        return self.objects.add(json.loads(text))

    def input_id(self, given):
        kept = {k: given[k] for k in INPUT if given.get(k) not in (None, [], {})}
        return self.inputs.add(json.loads(re.sub(r"http://127\.0\.0\.1:\d+", "http://127.0.0.1:6443", compact(kept))))

    def row(self, version, recorded):
        """A recording by numbers."""
        object_id = lambda value: self.object_id(value, version)
        sides = {}
        for side, single in (("driver", ("pod", "service", "configMap")), ("executor", ("configMap",))):
            given = recorded.get(side) or {}
            sides[side] = {k: object_id(given.get(k)) for k in single}
            if side == "executor":
                sides[side]["pods"] = [object_id(o) for o in given.get("pods") or []]
            sides[side]["others"] = [object_id(o) for o in given.get("others") or []]
        execute = recorded.get("execute") or {}
        row = {"case": recorded["case"], "input": self.input_id(recorded["input"]), "submitted": recorded["submit"]["ok"],
               "executed": bool(execute.get("ok")), "dropped": sorted(execute.get("dropped") or {}), **sides}
        error = recorded["submit"]["error"] if not recorded["submit"]["ok"] else execute.get("error")
        if error:
            row["error"] = error.split("\n")[0][:300]
        return row

    def write(self, version, rows):
        """Rows take the place of those of the same cases."""
        path = os.path.join(self.folder, version + ".jsonl")
        kept = self.rows(version) if os.path.exists(path) else {}
        kept.update({row["case"]: row for row in rows})
        with open(path, "w", encoding="utf-8") as f:
            f.write("".join(compact(kept[case]) + "\n" for case in sorted(kept)))
        self.inputs.write()
        self.objects.write()
