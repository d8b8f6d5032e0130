#!/usr/bin/env python3
"""Derives which kind, field, type and value exists in which Kubernetes minor: src/kube/tables/{kinds,fields}.tsv.

Inputs: the JSON schemas in two releases of kubernetes-validate and what omitempty.go prints (update.sh fetches them), and beside
this file gates.tsv and enums.tsv, which no schema contains. Every row of these two must name a field that exists; new fields without a gate are listed.
Only the standard library is used.
"""
import argparse
import json
import os
import re
import sys
from collections import defaultdict

HERE = os.path.dirname(os.path.abspath(__file__))
FIRST, SPLIT = 16, 25  # first minor that is supported; first minor that is taken from the newer release

# The kinds that are rendered, and those that usually lie beside them in a repository.
ROOTS = [
    ("v1", "Pod Service ConfigMap Secret PersistentVolumeClaim ServiceAccount PodTemplate Namespace PersistentVolume "
           "ResourceQuota LimitRange"),
    ("rbac.authorization.k8s.io/v1", "Role RoleBinding ClusterRole ClusterRoleBinding"),
    ("extensions/v1beta1", "Ingress"), ("networking.k8s.io/v1beta1", "Ingress"),
    ("networking.k8s.io/v1", "Ingress IngressClass NetworkPolicy"),
    ("batch/v1", "Job CronJob"), ("batch/v1beta1", "CronJob"),
    ("apps/v1", "StatefulSet Deployment DaemonSet ReplicaSet"),
    ("policy/v1beta1", "PodDisruptionBudget"), ("policy/v1", "PodDisruptionBudget"),
    ("autoscaling/v2", "HorizontalPodAutoscaler"), ("autoscaling/v1", "HorizontalPodAutoscaler"),
    ("storage.k8s.io/v1", "StorageClass"), ("scheduling.k8s.io/v1", "PriorityClass"), ("coordination.k8s.io/v1", "Lease"),
    ("admissionregistration.k8s.io/v1beta1", "MutatingWebhookConfiguration ValidatingWebhookConfiguration"),
    ("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration ValidatingWebhookConfiguration"),
]
# Written by servers only.
SERVER_SIDE = re.compile(r"(Status|Condition)$|^core\.v1\.ContainerState|^meta\.v1\.ManagedFieldsEntry$")
# `required` of the .0 releases that patch releases corrected, and what servers demand beyond the schema.
REQUIRED = {
    ("batch.v1.PodFailurePolicyRule", "onPodConditions"): "",
    ("networking.v1.HTTPIngressPath", "pathType"): "19",
}
# An older apiVersion of the same shape: objects are converted to it by name, so it must know the newer one's fields as later ones.
SAME_SHAPE = {
    "io.k8s.api.policy.v1beta1.PodDisruptionBudgetSpec": "io.k8s.api.policy.v1.PodDisruptionBudgetSpec",
    "io.k8s.api.batch.v1beta1.CronJobSpec": "io.k8s.api.batch.v1.CronJobSpec",
}
PREFIXES = ("io.k8s.api.", "io.k8s.apimachinery.pkg.apis.", "io.k8s.apimachinery.pkg.")
SCALARS = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": "q",
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": "is",
    "io.k8s.apimachinery.pkg.apis.meta.v1.Time": "t",
    "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime": "t",
    "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1": "o",
    "io.k8s.apimachinery.pkg.runtime.RawExtension": "o",
}


def short(name):
    for prefix in PREFIXES:
        if name.startswith(prefix):
            return name[len(prefix):]
    return name


def signature(schema):
    """s string, i int32, l int64, n number, b bool, t time, q quantity, is int-or-string, y base64, o free object, []X list,
    {}X map, otherwise the name of a type."""
    if isinstance(schema.get("$ref"), str):
        name = schema["$ref"].split("/")[-1]
        return SCALARS.get(name, short(name))
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next(one for one in kind if one != "null")
    if kind == "array":
        return "[]" + signature(schema["items"])
    if kind == "object":
        values = schema.get("additionalProperties")
        return "{}" + signature(values) if isinstance(values, dict) else "o"
    if kind == "string":
        return {"byte": "y", "date-time": "t"}.get(schema.get("format"), "s")
    if kind == "integer":
        return "l" if schema.get("format") == "int64" else "i"
    return {"boolean": "b", "number": "n"}.get(kind, "is" if "oneOf" in schema else "o")


def interval(minors, last):
    """'' always, '23' since, '-24' until, '16-19' both, several joined by commas."""
    runs = []
    for minor in sorted(minors):
        if runs and runs[-1][1] == minor - 1:
            runs[-1][1] = minor
        else:
            runs.append([minor, minor])
    texts = []
    for low, high in runs:
        if low == FIRST and high == last:
            texts.append("")
        elif high == last:
            texts.append(str(low))
        elif low == FIRST:
            texts.append("-%d" % high)
        else:
            texts.append("%d-%d" % (low, high))
    return ",".join(texts)


def within(text, last):
    """The minors of an interval; the opposite of interval()."""
    if text == "never":
        return set()
    minors = set()
    for part in text.split(","):
        low, dash, high = part.partition("-")
        minors |= set(range(int(low or FIRST), int(high or low if dash else last) + 1))
    return minors


def tsv(name):
    with open(os.path.join(HERE, name)) as lines:
        return [line.rstrip("\n").split("\t") for line in lines if line.strip() and not line.startswith("#")]


def references(schema):
    if isinstance(schema, dict):
        for key, value in schema.items():
            if key == "$ref" and isinstance(value, str):
                yield value.split("/")[-1]
            else:
                yield from references(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from references(value)


def load(old, new):
    minors = {}
    for root, first, below in ((old, FIRST, SPLIT), (new, SPLIT, 1000)):
        base = os.path.join(root, "kubernetes_validate", "kubernetes-json-schema")
        for minor in range(first, below):
            path = os.path.join(base, "v1.%d.0-local" % minor, "_definitions.json")
            if not os.path.exists(path):
                break
            with open(path) as text:
                document = json.load(text)
            minors[minor] = document.get("definitions") or document["$defs"]
    return minors


def reference(schema):
    """Where a property names a type, possibly as the item of a list: the object that holds `$ref`."""
    while isinstance(schema.get("items"), dict):
        schema = schema["items"]
    return schema if isinstance(schema.get("$ref"), str) else None


def keep_histories_together(minors):
    """Some fields changed the name of their type (Handler became LifecycleHandler). The newest name stands for the older ones
    in the minors that do not have it, so that a field which only the newest has is one that came later, not an unknown one."""
    newest = {}
    for minor in sorted(minors):
        for name, definition in minors[minor].items():
            for field, schema in definition.get("properties", {}).items():
                holder = reference(schema)
                if holder:
                    newest[name, field] = holder["$ref"].split("/")[-1]
    for definitions in minors.values():
        aliases = {}
        for name, definition in definitions.items():
            for field, schema in definition.get("properties", {}).items():
                holder = reference(schema)
                if holder:
                    old, new = holder["$ref"].split("/")[-1], newest[name, field]
                    if old != new and new not in definitions and old not in SCALARS and new not in SCALARS:
                        aliases[new] = definitions[old]
                        holder["$ref"] = "#/definitions/" + new
        for new, definition in aliases.items():
            definitions[new] = {key: value for key, value in definition.items() if key != "x-kubernetes-group-version-kind"}


def main():
    arguments = argparse.ArgumentParser()
    for flag in ("--old", "--new", "--omitempty", "--out"):
        arguments.add_argument(flag, required=True)
    arguments = arguments.parse_args()
    with open(arguments.omitempty) as text:
        omitted = set(text.read().split("\n"))
    schemas = load(arguments.old, arguments.new)
    keep_histories_together(schemas)
    last = max(schemas)

    kinds = defaultdict(dict)
    for minor, definitions in schemas.items():
        for name, definition in definitions.items():
            gvk = definition.get("x-kubernetes-group-version-kind") or []
            if isinstance(gvk, list) and len(gvk) == 1 and not gvk[0]["kind"].endswith("List"):
                group = gvk[0]["group"]
                version = (group + "/" if group else "") + gvk[0]["version"]
                kinds[version, gvk[0]["kind"]][minor] = name
    roots = [(version, kind) for version, names in ROOTS for kind in names.split()]
    missing = [root for root in roots if root not in kinds]
    if missing:
        sys.exit("no such kinds: %s" % missing)

    reached = set()
    for minor, definitions in schemas.items():
        todo = [kinds[root][minor] for root in roots if minor in kinds[root]]
        seen = set()
        while todo:
            name = todo.pop()
            if name in seen or name in SCALARS or name not in definitions or SERVER_SIDE.search(short(name)):
                continue
            seen.add(name)
            todo += references(definitions[name].get("properties", {}))
        reached |= seen

    gates = {}
    for row in tsv("gates.tsv"):
        row += [""] * (8 - len(row))
        gates[row[0]] = (row[1].strip("()") if row[1] != "(none)" else "", row[6])
    enums = {row[0]: row[1].split(" ") for row in tsv("enums.tsv")}
    used = set()

    def value(field, text):
        """value[@minors][/gate@minor]"""
        name, _, minors = text.partition("@")
        for key in (field + "=" + name, field + "=" + name.replace("*", "<size>")):
            if key in gates:
                used.add(key)
                gate, on = gates[key]
                return text + "/" + gate + "@" + (on or "never")
        return text

    lines, unreviewed = [], []
    unsettled, children = defaultdict(set), defaultdict(set)  # type -> minors in which a field is missing or off; types of fields
    for name in sorted(reached, key=short):
        kind = short(name)
        lines.append(kind)
        history = defaultdict(dict)
        for minor, definitions in schemas.items():
            definition = definitions.get(name) or definitions.get(SAME_SHAPE.get(name), {})
            for field, schema in definition.get("properties", {}).items():
                history[field][minor] = (schema, field in definition.get("required", []))
        for field in sorted(history):
            by_signature = defaultdict(list)
            for minor, (schema, _) in history[field].items():
                by_signature[signature(schema)].append(minor)
            text = "|".join(
                one + ("@" + interval(minors, last) if interval(minors, last) else "") for one, minors in by_signature.items())
            required = [minor for minor, (_, needed) in history[field].items() if needed]
            if (kind, field) in REQUIRED:
                needed = REQUIRED[kind, field]
                text += "!" + needed if needed else ""
            elif required:
                text += "!" if len(required) == len(history[field]) else "!" + interval(required, last)
            newest = history[field][max(history[field])][0]
            if newest.get("x-kubernetes-list-map-keys"):
                text += "#" + "+".join(newest["x-kubernetes-list-map-keys"])
            elif newest.get("x-kubernetes-patch-merge-key") and signature(newest).startswith("[]"):
                text += "#" + newest["x-kubernetes-patch-merge-key"]
            # A type of another name in older minors is found under its newest one.
            text += "?" if kind + "\t" + field in omitted else ""
            path = kind + "." + field
            if path not in gates and path not in enums and name in SAME_SHAPE:
                path = short(SAME_SHAPE[name]) + "." + field
            gate = ""
            if path in gates:
                used.add(path)
                gate = "%s@%s" % (gates[path][0] or "-", gates[path][1] or "never")
                gate = "" if gate.startswith("-@") else gate
            elif min(history[field]) == last and any(name in schemas[minor] for minor in schemas if minor < last):
                unreviewed.append(path)
            choices = ""
            if path in enums:
                used.add(path + " enum")
                choices = " ".join(value(path, one) for one in enums[path])
            lines.append(("\t" + "\t".join((field, text, gate, choices))).rstrip("\t"))
            on = set(history[field])
            for condition in [gate] + ["x@" + one.split("@", 1)[1].split("/")[0] for one in choices.split() if "@" in one] + [
                    one.split("/")[1] for one in choices.split() if "/" in one]:
                if condition:
                    on &= within(condition.split("@")[1], last)
            unsettled[kind] |= set(schemas) - on
            children[kind] |= {short(one) for _, (schema, _) in history[field].items() for one in references(schema)}

    changed = True
    while changed:
        changed = False
        for kind, inner in children.items():
            more = set().union(*(unsettled[one] for one in inner if one in unsettled)) - unsettled[kind]
            changed |= bool(more)
            unsettled[kind] |= more
    lines = [line if line.startswith("\t") else "%s\t%s" % (line, interval(set(schemas) - unsettled[line], last) or
             ("" if not unsettled[line] else "never")) for line in lines]
    lines = [line.rstrip("\t") if not line.startswith("\t") else line for line in lines]

    header = "# %s. Made by scripts/kube-schema/update.sh; do not edit.\n"
    with open(os.path.join(arguments.out, "fields.tsv"), "w") as out:
        out.write(header % ("Types (with the minors in which nothing below is missing or off), and per line a field: name, signature@minors|…!required#list-map-keys?not-kept-if-empty, gate@on, values@minors/gate@on; "
                            "minors of 1.x, %d to %d" % (FIRST, last)))
        out.write("\n".join(lines) + "\n")
    with open(os.path.join(arguments.out, "kinds.tsv"), "w") as out:
        out.write(header % "apiVersion, kind, type in fields.tsv if its fields are known, minors")
        for (version, kind), minors in sorted(kinds.items()):
            known = short(minors[max(minors)]) if (version, kind) in roots else ""
            out.write("\t".join((version, kind, known, interval(minors, last))).rstrip("\t") + "\n")

    stale = [key for key in gates if key not in used and not key.startswith("rule:")]
    stale += [key for key in enums if key + " enum" not in used]
    print("%d minors, %d types, %d fields, %d kinds" % (
        len(schemas), len(reached), sum(line.startswith("\t") for line in lines), len(kinds)))
    if unreviewed:
        print("fields new in 1.%d without a gate (review, then add to gates.tsv):\n  %s" % (last, "\n  ".join(unreviewed)))
    if stale:
        print("rows that name nothing in the tables:\n  %s" % "\n  ".join(stale))


if __name__ == "__main__":
    main()
