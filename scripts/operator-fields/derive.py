#!/usr/bin/env python3
"""Derives which field of the operator's resources exists in which release, from the CustomResourceDefinitions of its charts.

    derive.py --out fields.tsv VERSION=FOLDER...      FOLDER: charts/spark-operator-chart/crds of that release

A line for each field: kind, path, type, whether it is required, what the schema demands of its value (enum, range, pattern),
the first of the given releases that has it, and the last one that had it if a later one has not. Pod templates and other
embedded Kubernetes objects are one field: their fields are Kubernetes'. Printed: what the newest release adds, drops and
changes, which is what a new release needs of the table of fields.
"""
import argparse
import os
import re
import sys

import yaml

KINDS = ("sparkapplications", "scheduledsparkapplications", "sparkconnects")
# Fields whose types are Kubernetes' own: their contents are in the tables of Kubernetes.
EMBEDDED = {
    "affinity", "tolerations", "securityContext", "podSecurityContext", "volumes", "volumeMounts", "sidecars", "initContainers",
    "env", "envFrom", "dnsConfig", "hostAliases", "lifecycle", "template", "ingressTLS", "service",
}


def kind_of(schema):
    if schema.get("x-kubernetes-int-or-string"):
        return "int-or-string"
    if schema.get("type") == "array":
        return "array<%s>" % kind_of(schema["items"])
    extra = schema.get("additionalProperties")
    if isinstance(extra, dict):
        return "map<string,%s>" % kind_of(extra)
    return schema.get("type", "object")


def demands(schema):
    parts = []
    if "enum" in schema:
        parts.append("enum=" + ",".join(str(v) for v in schema["enum"]))
    parts += ["%s=%s" % (k, schema[k]) for k in ("minimum", "maximum", "minLength", "pattern", "format", "default") if k in schema]
    return " ".join(parts)


def fields(schema, path, required):
    """(path, (type, required, demands)) of a field and of those below."""
    yield path, (kind_of(schema), required, demands(schema))
    if path.rsplit(".", 1)[-1].rstrip("[]") in EMBEDDED and path != "spec.template":
        return
    below, mark = schema, ""
    if schema.get("type") == "array":
        below, mark = schema["items"], "[]"
    elif isinstance(schema.get("additionalProperties"), dict):
        below, mark = schema["additionalProperties"], ".*"
    for name, child in sorted((below.get("properties") or {}).items()):
        yield from fields(child, "%s%s.%s" % (path, mark, name), name in (below.get("required") or []))


def release(folder):
    """All fields of a release by (kind, path)."""
    out = {}
    for plural in KINDS:
        path = os.path.join(folder, "sparkoperator.k8s.io_%s.yaml" % plural)
        if not os.path.exists(path):
            continue
        with open(path, encoding="utf-8") as f:
            definition = yaml.load(f, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        kind, version = definition["spec"]["names"]["kind"], definition["spec"]["versions"][0]
        spec = version["schema"]["openAPIV3Schema"]["properties"]["spec"]
        for path, facts in fields(spec, "spec", True):
            # The application of a schedule has the fields of an application.
            if not (kind == "ScheduledSparkApplication" and path.startswith("spec.template.")):
                out[(kind, path)] = facts
    return out


def numeric(version):
    return [int(part) for part in re.findall(r"\d+", version)][:3]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", required=True)
    parser.add_argument("releases", nargs="+")
    options = parser.parse_args()
    releases = sorted((r.split("=", 1) for r in options.releases), key=lambda r: numeric(r[0]))
    read = [(version, release(folder)) for version, folder in releases]
    if not all(found for _, found in read):
        sys.exit("derive.py: no CustomResourceDefinitions in one of the folders")
    rows = []
    for key in sorted({key for _, found in read for key in found}):
        has = [version for version, found in read if key in found]
        kind, required, demanded = [found[key] for _, found in read if key in found][-1]
        gone = has[-1] if has[-1] != read[-1][0] else ""
        rows.append("\t".join([*key, kind, "yes" if required else "", demanded, has[0] if has[0] != read[0][0] else "", gone]))
    with open(options.out, "w", encoding="utf-8") as f:
        f.write("# Made by scripts/operator-fields/update.sh from releases %s; do not edit.\n" % ", ".join(v for v, _ in read))
        f.write("kind\tpath\ttype\trequired\tdemands\tsince\tuntil\n")
        f.write("".join(row + "\n" for row in rows))
    if len(read) > 1:
        (old, before), (new, after) = read[-2:]
        print("%s after %s:" % (new, old))
        for key in sorted(set(before) | set(after)):
            if key not in before:
                print("  new      %s %s: %s %s" % (*key, after[key][0], after[key][2]))
            elif key not in after:
                print("  dropped  %s %s" % key)
            elif before[key] != after[key]:
                print("  changed  %s %s: %s -> %s" % (*key, before[key], after[key]))


if __name__ == "__main__":
    main()
