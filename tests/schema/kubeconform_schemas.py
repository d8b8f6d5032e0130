#!/usr/bin/env python3
"""Lays out/schemas/1.NN.json out as kubeconform looks for it: one small file for each kind, which refers to the definition in
out/schemas: out/kubeconform/v1.NN.0-standalone-strict/<kind>[-<group>]-<version>.json, and the same without "-strict"."""
import json
import os
import pathlib

out = pathlib.Path(os.environ.get("KUBE_SCHEMA_DIR") or os.path.dirname(os.path.abspath(__file__)), "out")
for schema in sorted(out.glob("schemas/1.*.json")):
    for suffix in ("", "-strict"):
        folder = out / "kubeconform" / ("v%s.0-standalone%s" % (schema.stem, suffix))
        folder.mkdir(parents=True, exist_ok=True)
        for gvk, definition in json.loads(schema.read_text())["kinds"].items():
            *group, version, kind = gvk.lower().split("/")      # kubeconform takes the group up to its first dot
            name = "-".join([kind, *(g.split(".")[0] for g in group), version])
            ref = "../../schemas/%s#/definitions/%s" % (schema.name, definition)
            (folder / (name + ".json")).write_text(json.dumps({"$ref": ref}) + "\n")
