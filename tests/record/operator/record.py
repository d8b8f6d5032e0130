#!/usr/bin/env python3
"""Records what an operator release makes of the applications of fixtures/operator.

    record.py VERSION [--source DIR] [--inputs FILE] [--out DIR] [--binary PROGRAM]   record one release
    record.py --collect                                                              collect the inputs anew

VERSION and DIR are those of build.sh. Written to fixtures/operator (or DIR, which is made as a copy of it):

    inputs.jsonl     each application once: its name, the operator's flags, its text
    objects.jsonl    each distinct command line, patch and object once
    <VERSION>.jsonl  a line for each input: what the operator said, and by line number its spark-submit command line
                     with template files, the webhook's patch of each pod by Spark version, its controllers' objects

The pods that the webhook is shown are those of `spark-render submit`, which `tests/oracle.rs` holds to real Spark.
Only the standard library is used.
"""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.abspath(os.path.join(HERE, "..", "..", ".."))
FIXTURES = os.path.join(ROOT, "fixtures")
OPERATOR = os.path.join(FIXTURES, "operator")
SPARK_VERSIONS = ("3.5.1", "4.0.5")
UUID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")
SPARK_KIND = re.compile(r'(?:^|[{,\s])"?kind"?\s*:\s*["\']?(Scheduled)?Spark(Application|Connect)\b')
# Of a fixture, what a test expects and what other tools wrote: no inputs.
GOLDEN = re.compile(r"^(expected|diagnostics|driver|executor-template|rendered|golden|across-versions|preview|stdout|output)")


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def lines(path):
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as f:
        return [json.loads(line) for line in f]


def write_lines(path, rows):
    with open(path, "w", encoding="utf-8") as f:
        f.write("".join((row if isinstance(row, str) else compact(row)) + "\n" for row in rows))


# -- inputs

def documents(text):
    """The documents of a stream, each with the operator's flags that a comment of it sets."""
    for document in re.split(r"(?m)^---.*$", text):
        if not document.strip():
            continue
        flags = re.search(r"(?m)^# *flags: *(\{.*\})", document)
        yield document, json.loads(flags[1]) if flags else {}


def inputs_of(path, name):
    with open(path, encoding="utf-8", errors="replace") as f:
        found = [d for d in documents(f.read())]
    for number, (text, flags) in enumerate(found):
        if not SPARK_KIND.search(text):
            continue
        yield {"name": name + ("#%d" % number if len(found) > 1 else ""), "flags": flags, "text": text}


def collect():
    """The applications of all fixtures, and those of applications/."""
    inputs, seen = [], set()
    sources = [(os.path.join(HERE, "applications"), "made/")]
    sources += [(os.path.join(FIXTURES, d), d + "/") for d in sorted(os.listdir(FIXTURES)) if os.path.isdir(os.path.join(FIXTURES, d))]
    for folder, prefix in sources:
        if folder == OPERATOR:
            continue
        for directory, folders, files in os.walk(folder):
            folders.sort()
            for file in sorted(files):
                if not file.endswith((".yaml", ".yml", ".json")) or GOLDEN.match(file):
                    continue
                path = os.path.join(directory, file)
                for found in inputs_of(path, prefix + os.path.relpath(path, folder)):
                    key = (compact(found["flags"]), found["text"].strip())
                    if key not in seen:
                        seen.add(key)
                        inputs.append(found)
    return inputs


# -- recordings

class Table:
    """Distinct values, each on a line of its own."""

    def __init__(self):
        self.rows, self.index = [], {}

    def add(self, value):
        line = compact(value)
        if line not in self.index:
            self.index[line] = len(self.rows)
            self.rows.append(line)
        return self.index[line]


class Recordings:
    """All releases of a folder, with their objects in place of numbers."""

    def __init__(self, folder):
        self.folder = folder
        self.inputs = lines(os.path.join(folder, "inputs.jsonl"))
        objects = lines(os.path.join(folder, "objects.jsonl"))
        self.releases = {}
        for file in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
            if re.match(r"\d.*\.jsonl$", file):
                rows = lines(os.path.join(folder, file))
                for row in rows:
                    row["objects"] = [objects[i] for i in row.get("objects", [])]
                    if "args" in row:
                        row["args"], row["files"] = objects[row["args"]], objects[row["files"]]
                    row["pods"] = {v: [objects[i] for i in ids] for v, ids in row.get("pods", {}).items()}
                self.releases[file[: -len(".jsonl")]] = {self.inputs[row["input"]]["name"]: row for row in rows}

    def write(self):
        os.makedirs(self.folder, exist_ok=True)
        objects = Table()
        for release in sorted(self.releases):
            rows = []
            for number, given in enumerate(self.inputs):
                row = self.releases[release].get(given["name"])
                if row is None:
                    continue
                if row.get("args"):
                    row = dict(row, args=objects.add(row["args"]), files=objects.add(row["files"]))
                row = dict(row, input=number, objects=[objects.add(o) for o in row["objects"]],
                           pods={v: [objects.add(p) for p in pods] for v, pods in row["pods"].items()})
                rows.append({k: v for k, v in row.items() if k == "input" or v not in (None, "", [], {})})
            write_lines(os.path.join(self.folder, release + ".jsonl"), rows)
        write_lines(os.path.join(self.folder, "inputs.jsonl"), self.inputs)
        write_lines(os.path.join(self.folder, "objects.jsonl"), objects.rows)


class Oracle:
    def __init__(self, folder):
        self.process = subprocess.Popen([os.path.join(folder, "oracle"), os.path.join(folder, "crds")],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, command, **fields):
        self.process.stdin.write(json.dumps({"cmd": command, **fields}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            sys.exit("record.py: the oracle ended: %s" % self.process.wait())
        return json.loads(line)


def steady(value):
    """Without what is random in the operator: the submission's id and the names of temporary files."""
    if isinstance(value, dict):
        return {k: steady(v) for k, v in value.items() if k not in ("resourceVersion", "creationTimestamp", "managedFields")}
    if isinstance(value, list):
        return [steady(v) for v in value]
    if isinstance(value, str):
        return UUID.sub(lambda m: m[0] if m[0].startswith("00000000-") else "00000000-0000-4000-8000-00000000000a", value)
    return value


def in_order(args):
    """The command line with its confs by name: the operator takes them from maps of Go, which have another order each time."""
    at = [i for i, arg in enumerate(args[:-1]) if arg == "--conf"]
    values = sorted((args[i + 1] for i in at), key=lambda conf: conf.split("=", 1)[0])
    out = list(args)
    for i, value in zip(at, values):
        out[i + 1] = value
    return out


def submitted_pods(binary, spark, args, files):
    """The pods of a submission, or why Spark refuses it."""
    with tempfile.TemporaryDirectory() as d:
        for name, text in files.items():
            with open(os.path.join(d, name), "w", encoding="utf-8") as f:
                f.write(text)
        env = {"PATH": os.environ["PATH"], "HOME": d, "SPARK_USER": "spark"}
        if "--proxy-user" in args:
            del env["SPARK_USER"]
        done = subprocess.run([binary, "submit", "--spark-version", spark, "--executors", "preview", "--format", "json", "--"] + args,
                              capture_output=True, text=True, env=env, cwd=d)
    if done.returncode:
        return None, done.stderr.strip().split("\n")[0]
    return [o for o in json.loads(done.stdout)["items"] if o["kind"] == "Pod"], None


def record(oracle, binary, given):
    """One input: a row, or None if it is no resource that the operator would be given."""
    document = oracle.ask("read", text=given["text"]).get("object")
    if not isinstance(document, dict) or not isinstance(document.get("metadata"), dict):
        return None
    kind = document.get("kind")
    if not str(document.get("apiVersion", "")).startswith("sparkoperator.k8s.io/"):
        return None
    # Operators only see the versions that they serve; older ones have the same fields.
    if document["apiVersion"].startswith("sparkoperator.k8s.io/v1beta"):
        document["apiVersion"] = "sparkoperator.k8s.io/v1beta2"
    document["metadata"].setdefault("namespace", "default")
    row = {"kind": kind}
    if kind == "SparkConnect":
        answer = oracle.ask("connect", object=document)
        return dict(row, **said(answer), objects=steady(answer.get("objects") or []), pods={})
    if kind == "ScheduledSparkApplication":
        answer = oracle.ask("scheduled", object=json.loads(json.dumps(document)))
        row["schedule"] = {**said(answer), "next": answer.get("next") or []}
        document = dict(document, kind="SparkApplication", spec=(document.get("spec") or {}).get("template") or {})
    elif kind != "SparkApplication":
        return None
    answer = oracle.ask("application", object=json.loads(json.dumps(document)), flags=given["flags"])
    row.update(said(answer), objects=answer.get("objects") or [], pods={})
    submission = answer.get("submission")
    if submission:
        args, files = list(submission["args"]), {}
        for number, (path, text) in enumerate(sorted(submission["files"].items(), key=lambda f: f[1])):
            files["template-%d.yaml" % number] = steady(text)
            args = [argument.replace(path, "template-%d.yaml" % number) for argument in args]
        row["args"], row["files"] = in_order(steady(args)), files
        for spark in SPARK_VERSIONS:
            pods, error = submitted_pods(binary, spark, row["args"], files)
            if error:
                row.setdefault("sparkError", {})[spark] = error
                continue
            oracle.ask("application", object=json.loads(json.dumps(document)), flags=given["flags"])
            for pod in pods:
                pod["metadata"].setdefault("namespace", document["metadata"]["namespace"])
            after = oracle.ask("pods", pods=pods)
            if after.get("submitError") or after.get("panic"):
                row["reconcileError"] = after.get("submitError") or after.get("panic")
            row["pods"][spark] = steady(after.get("pods") or [])
            row["objects"] = after.get("objects") or []
    row["objects"] = steady(row["objects"])
    return row


def said(answer):
    keys = ("pruned", "decodeError", "schemaErrors", "validateError", "submitError", "panic", "state")
    return {k: steady(answer[k]) for k in keys if answer.get(k)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("version", nargs="?")
    parser.add_argument("--collect", action="store_true")
    parser.add_argument("--source")
    parser.add_argument("--inputs", nargs="*", help="files with applications, in place of the recorded inputs")
    parser.add_argument("--out", default=OPERATOR)
    parser.add_argument("--binary", default=os.path.join(ROOT, "target/debug/spark-render"))
    options = parser.parse_args()
    recordings = Recordings(OPERATOR if options.out == OPERATOR else options.out)
    if options.collect:
        recordings.inputs = collect()
        recordings.write()
        print("%d inputs" % len(recordings.inputs))
    if options.version is None:
        return
    if options.inputs is not None:
        recordings.inputs = [given for file in options.inputs for given in inputs_of(file, os.path.basename(file))]
    elif not recordings.inputs:
        recordings.inputs = lines(os.path.join(OPERATOR, "inputs.jsonl"))
    built = subprocess.run([os.path.join(HERE, "build.sh"), options.version] + ([options.source] if options.source else []),
                           stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    oracle = Oracle(built)
    release, counts = {}, {"submitted": 0, "refused": 0, "connect": 0}
    for given in recordings.inputs:
        row = record(oracle, os.path.abspath(options.binary), given)
        if row is None:
            continue
        release[given["name"]] = row
        counts["connect" if row["kind"] == "SparkConnect" else "submitted" if row.get("args") else "refused"] += 1
    recordings.releases[options.version] = release
    recordings.write()
    print("%s: %d inputs, %s" % (options.version, len(release), ", ".join("%d %s" % (n, k) for k, n in counts.items())))


if __name__ == "__main__":
    main()
