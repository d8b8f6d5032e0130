#!/usr/bin/env python3
"""Puts what spark-render makes of every input through a real API server.

    apply.py --kubeconfig FILE --render PROGRAM --out DIR [--targets pod,job,auto] [--config FILE] [--dry-run] INPUT...

An input is a file, or a folder (with the spark-render.yaml in it). For each one and each target, one after the other:

    dry run     server-side apply and create of the rendered bytes, both with strict field validation
    apply       server-side apply, as Argo CD's controller does it
    leaves      every rendered leaf is in the live object with the same value
    bind        Pods get a node, as from a scheduler
    diff        `PROGRAM diff RENDERED LIVE` finds nothing
    again       applied once more, resourceVersion and generation stay

Then everything is deleted. The cluster does to objects what clusters do: accounts have pull secrets, classes have defaults,
priorities and overheads. --keep FOLDER keeps `applied.yaml` and `live.json` of the last input. DIR/findings.ndjson has a line
for each finding. Ends with 1 if anything was refused or drifted.
"""
import argparse
import base64
import collections
import json
import os
import re
import shutil
import subprocess
import sys
import time

import yaml

import kube
from leaves import missing

HERE = os.path.dirname(os.path.abspath(__file__))
# Accounts before the pods that name them; what is started last.
ORDER = ["Namespace", "ServiceAccount", "Role", "RoleBinding", "Secret", "ConfigMap", "PersistentVolumeClaim", "NetworkPolicy",
         "Service", "Ingress", "PodDisruptionBudget", "PodGroup", "Pod", "Job", "CronJob"]
STRICT = "fieldManager=argocd-controller&force=true&fieldValidation=Strict"
APPLY = "application/apply-patch+yaml"
# What a cluster has, and what its admission plug-ins therefore do.
CLUSTER = [
    {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "provisioner": "example.com/disk",
     "metadata": {"name": "of-the-cluster", "annotations": {"storageclass.kubernetes.io/is-default-class": "true"}}},
    {"apiVersion": "networking.k8s.io/v1", "kind": "IngressClass", "spec": {"controller": "example.com/ingress"},
     "metadata": {"name": "of-the-cluster", "annotations": {"ingressclass.kubernetes.io/is-default-class": "true"}}},
]
CLASSES = (("priorityClassName", "scheduling.k8s.io/v1", "PriorityClass", {"value": 7, "preemptionPolicy": "Never"}),
           ("runtimeClassName", "node.k8s.io/v1", "RuntimeClass", {"handler": "x", "overhead": {"podFixed": {"cpu": "10m"}}}))
BAD = ("dry run refused", "apply refused", "drift", "leaf differs", "moved", "crashed")
# Rendered names with it are for a program that comes after (`fixtures/planning/name-placeholder`).
PLACEHOLDER = re.compile(r"[{$]")
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def pod_spec(o):
    if o["kind"] == "CronJob":
        o = o["spec"]["jobTemplate"]
    if o.get("kind") == "Pod":
        return o.get("spec") or {}
    return ((o.get("spec") or {}).get("template") or {}).get("spec") or {}


class Run:
    def __init__(self, options):
        self.options = options
        self.client = kube.Client(options.kubeconfig)
        version = self.client.req("GET", "/version")[1]
        self.server = version["gitVersion"]
        minor = int(version["minor"].rstrip("+"))
        self.kube_version = "%s.%d" % (version["major"], minor)
        # Before 1.24 a controller, which does not run here, makes the token Secrets of accounts.
        self.old_accounts = minor < 24
        self.old_fields = minor < 21
        self.counts = collections.Counter()
        os.makedirs(options.out, exist_ok=True)
        made = []
        for schedulers in ("podgroup-volcano.yaml", "podgroup-scheduler-plugins.yaml"):  # kinds that schedulers would bring
            with open(os.path.join(HERE, schedulers), encoding="utf-8") as f:
                made.append(self.client.req("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", f.read())[0])
        for o in CLUSTER:
            self.client.req("POST", kube.path(o, False), o, "application/json")
        if 201 in made:
            time.sleep(3)
        self.findings = open(os.path.join(options.out, "findings.ndjson"), "w", encoding="utf-8")

    def find(self, what, where, **details):
        self.counts[what] += 1
        self.findings.write(json.dumps({"finding": what, "input": where, **details}) + "\n")
        self.findings.flush()

    def render(self, given, folder, target):
        shutil.rmtree(folder, ignore_errors=True)
        config = self.options.config or os.path.join(given if os.path.isdir(given) else os.path.dirname(given), "spark-render.yaml")
        command = [self.options.render, "render", "--kube-version", self.kube_version, "--target", target, "-n", "default-ns",
                   "--diagnostics", "concise", "-o", folder, given]
        if os.path.exists(config):
            command += ["--config", config]
        return subprocess.run(command, capture_output=True, text=True)

    def input(self, given, target):
        where = "%s %s" % (os.path.relpath(given, self.options.root), target)
        folder = os.path.join(self.options.out, "rendered")
        done = self.render(given, folder, target)
        if done.returncode:
            self.counts["inputs that render refuses"] += 1
            return
        objects, foreign = load(folder)
        self.counts["objects of kinds that this server has not"] += foreign
        if any(PLACEHOLDER.search(o["metadata"]["name"]) for o, _ in objects):
            self.counts["inputs whose names others fill in"] += 1
            return
        self.counts["inputs rendered"] += 1
        self.counts["objects"] += len(objects)
        self.prepare(objects)
        applied, refused = [], False
        for o, body in objects:
            ok = self.dry_run(o, body, where, any(x["kind"] == "ServiceAccount" for x, _ in objects))
            refused |= not ok
            if not self.options.dry_run and self.apply(o, body, where):
                applied.append((o, body))
        if applied:
            live = [self.check(o, body, where) for o, body in applied]
            if not refused and len(applied) == len(objects):
                self.diff(applied, live, where)
        for o, _ in reversed(applied):
            self.delete(o)

    def prepare(self, objects):
        """What the objects need around them: namespaces, accounts, classes."""
        own = {(o["metadata"].get("namespace"), o["metadata"]["name"]) for o, _ in objects if o["kind"] == "ServiceAccount"}
        for o, _ in objects:
            if o["kind"] in kube.CLUSTER:
                continue
            namespace, spec = o["metadata"].get("namespace", "default"), pod_spec(o) if o["kind"] in ("Pod", "Job", "CronJob") else {}
            kube.ensure_ns(self.client, namespace, self.old_accounts)
            if o["kind"] == "ServiceAccount":
                kube.forget_sa(self.client, namespace, o["metadata"]["name"])
            account = spec.get("serviceAccountName") or spec.get("serviceAccount")
            if account and (namespace, account) not in own:
                kube.ensure_sa(self.client, namespace, account, self.old_accounts)
            for field, group, kind, fields in CLASSES:
                name = spec.get(field)
                if name and not name.startswith("system-"):
                    made = {"apiVersion": group, "kind": kind, "metadata": {"name": name}, **fields}
                    self.client.req("POST", kube.path(made, False), made, "application/json")

    def dry_run(self, o, body, where, with_account):
        """True unless the server refuses the object or warns of it."""
        if with_account and o["kind"] in ("Pod", "Job", "CronJob"):
            return True  # their account is only there once it is applied
        ok = True
        for how, method, path, content in (("apply", "PATCH", kube.path(o) + "?dryRun=All&" + STRICT, APPLY),
                                           ("create", "POST", kube.path(o, False) + "?dryRun=All&fieldValidation=Strict", "application/yaml")):
            status, answer, warnings = self.client.req(method, path, body, content)
            self.counts["dry runs"] += 1
            if status not in (200, 201):
                ok = False
                self.find("dry run refused", where, how=how, object=name(o), message=answer.get("message", "")[:600])
            for warning in warnings:
                self.find("warning", where, object=name(o), message=warning)
        return ok

    def apply(self, o, body, where):
        status, answer, _ = self.client.req("PATCH", kube.path(o) + "?" + STRICT, body, APPLY)
        if status not in (200, 201):
            self.find("apply refused", where, object=name(o), message=answer.get("message", "")[:600])
            return False
        self.counts["objects applied"] += 1
        if o["kind"] == "ServiceAccount" and self.old_accounts:
            kube.make_token(self.client, o["metadata"].get("namespace", "default"), o["metadata"]["name"])
        return True

    def check(self, o, body, where):
        """The live object: it holds what was rendered, and stays what it is when that is applied again."""
        if o["kind"] == "Pod":
            self.bind(o)
        _, live, _ = self.client.req("GET", kube.path(o))
        # The first time, managedFields of what admission plugins changed may move (any PVC; any Pod before 1.21).
        for _ in range(2):
            before = self.client.req("GET", kube.path(o))[1]
            after = self.client.req("PATCH", kube.path(o) + "?" + STRICT, body, APPLY)[1]
        moved = [k for k in ("resourceVersion", "generation") if before["metadata"].get(k) != after.get("metadata", {}).get(k)]
        if moved == ["resourceVersion"] and self.old_fields and without_times(before) == without_times(after):
            self.counts["times of managedFields that moved"] += 1  # a server before 1.21 sets them anew, now and then
        elif moved:
            self.find("moved", where, object=name(o), fields=moved, message=after.get("message", ""))
        for path, wanted, found in missing(as_kept(o), live):
            self.find("leaf differs", where, object=name(o), path=path, rendered=wanted, live=found)
        return live

    def bind(self, o):
        to = {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": o["metadata"]["name"]},
              "target": {"apiVersion": "v1", "kind": "Node", "name": "node-1"}}
        status, _, _ = self.client.req("POST", kube.path(o) + "/binding", to, "application/json")
        self.counts["pods bound" if status == 201 else "pods not bound"] += 1

    def diff(self, applied, live, where):
        folder = self.options.keep or self.options.out
        os.makedirs(folder, exist_ok=True)
        rendered, path = os.path.join(folder, "applied.yaml"), os.path.join(folder, "live.json")
        with open(rendered, "wb") as f:
            for _, body in applied:
                f.write(b"---\n" + body)
        with open(path, "w", encoding="utf-8") as f:
            json.dump({"apiVersion": "v1", "kind": "List", "items": live}, f, indent=1, sort_keys=True)
            f.write("\n")
        done = subprocess.run([self.options.render, "diff", "--color", "never", rendered, path], capture_output=True, text=True)
        if done.returncode:
            self.find("drift", where, output=done.stdout[:3000], errors=done.stderr[:600])
        else:
            self.counts["diffs empty"] += 1

    def delete(self, o):
        if o["kind"] == "Namespace":
            return
        path = kube.path(o)
        self.client.req("DELETE", path + "?gracePeriodSeconds=0&propagationPolicy=Background")
        status, live, _ = self.client.req("GET", path)
        if status == 200 and live["metadata"].get("finalizers"):
            self.client.req("PATCH", path, {"metadata": {"finalizers": None}}, "application/merge-patch+json")


def without_times(o):
    metadata = dict(o["metadata"], resourceVersion=None)
    metadata["managedFields"] = [dict(entry, time=None) for entry in metadata.get("managedFields", [])]
    return dict(o, metadata=metadata)


def as_kept(o):
    """Servers keep the texts of a Secret among its data."""
    if o["kind"] != "Secret" or "stringData" not in o:
        return o
    texts = {key: base64.b64encode(text.encode()).decode() for key, text in o["stringData"].items()}
    kept = {key: value for key, value in o.items() if key != "stringData"}
    return {**kept, "data": {**(o.get("data") or {}), **texts}}


def name(o):
    return "%s/%s" % (o["kind"], o["metadata"]["name"])


def load(folder):
    """The rendered objects that this server can know, in the order in which they are applied, with their bytes; and how many
    others there are."""
    out, foreign = [], 0
    for directory, _, files in os.walk(folder):
        for file in files:
            if file.endswith((".yaml", ".json")):
                with open(os.path.join(directory, file), "rb") as f:
                    body = f.read()
                o = yaml.load(body, Loader)
                if o.get("kind") in kube.PLURAL and not o["kind"].startswith(("Spark", "ScheduledSpark")):
                    out.append((o, body))
                else:
                    foreign += 1
    place = lambda o: ORDER.index(o["kind"]) if o["kind"] in ORDER else len(ORDER)
    return sorted(out, key=lambda pair: (place(pair[0]), pair[0]["metadata"].get("name", ""))), foreign


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kubeconfig", required=True)
    parser.add_argument("--render", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--root", default=".", help="names of inputs are relative to it")
    parser.add_argument("--targets", default="pod,job,auto")
    parser.add_argument("--config")
    parser.add_argument("--keep", metavar="FOLDER")
    parser.add_argument("--dry-run", action="store_true")
    parser.add_argument("inputs", nargs="+")
    run = Run(parser.parse_args())
    for given in run.options.inputs:
        for target in run.options.targets.split(","):
            try:
                run.input(given, target)
            except Exception as error:  # one input must not end the run; it fails it
                run.find("crashed", given, message=repr(error))
    with open(os.path.join(run.options.out, "counts.json"), "w", encoding="utf-8") as f:
        json.dump({"server": run.server, **run.counts}, f)
    print("%s: %s" % (run.server, ", ".join("%d %s" % (n, what) for what, n in sorted(run.counts.items()))))
    sys.exit(1 if any(run.counts[what] for what in BAD) else 0)


if __name__ == "__main__":
    main()
