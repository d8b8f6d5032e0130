#!/usr/bin/env python3
"""Records the executors that real Spark makes of what `spark-render render` emits.

    ORACLE_WORK=DIR unshare -m -n ORACLE/in_ns.sh python3 tests/previews/record.py ORACLE BINARY VERSION... [-- APPLICATION...]

ORACLE holds the recorder (`spark_oracle.py` and what it needs), ORACLE_WORK the unpacked Spark distributions.
Each application of fixtures/previews is rendered for each version. The recorder's executor phase then starts a
SparkContext in client mode, as the image's entrypoint does in a driver pod: fed the rendered spark.properties, the
executor template of the rendered ConfigMap and the environment of the rendered driver container.

Written: fixtures/previews/recorded/VERSION.jsonl, a line for each application: what was fed (`properties`,
`template`), the recorder's `overrides` and `dropped` confs, and the `objects` that Spark sent, without what is random
in Spark. With APPLICATION only these lines are replaced.
"""
import copy
import json
import os
import re
import subprocess
import sys

ORACLE, BINARY = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
REST = sys.argv[3:]
VERSIONS, ONLY = (REST[:REST.index("--")], REST[REST.index("--") + 1:]) if "--" in REST else (REST, [])
FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../fixtures/previews")
KUBE_VERSION = "1.34"
SPARKS_OWN_CONF_DIR = "/opt/spark/conf"

sys.path.insert(0, ORACLE)
from normalise import norm  # noqa: E402
import spark_oracle  # noqa: E402


def rendered(application, version):
    """The driver's objects."""
    command = [BINARY, "render", "--spark-version", version, "--kube-version", KUBE_VERSION, "--format", "ndjson",
               os.path.join(FIXTURES, application, "app.yaml")]
    out = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    return [json.loads(line) for line in out.splitlines()]


def initial_executors(properties):
    """`SchedulerBackendUtils.getInitialTargetExecutorNumber`."""
    instances = properties.get("spark.executor.instances")
    if properties.get("spark.dynamicAllocation.enabled") != "true":
        return int(instances or 2)
    names = ("minExecutors", "initialExecutors")
    return max([int(properties.get("spark.dynamicAllocation." + name, 0)) for name in names] + [int(instances or 0)])


class Recorder(spark_oracle.Oracle):
    """The recorder, with the conf directory that the driver container itself names."""

    conf_dir = None

    def call(self, args, env=None, unset=None, timeout=90):
        if self.conf_dir is not None:
            env = dict(env, SPARK_CONF_DIR=self.conf_dir)
        return super().call(args, env, unset, timeout)


def conf_dir(pod):
    """An empty directory where the driver's SPARK_CONF_DIR is a ConfigMap of the user's, whose content no application
    tells; None for Spark's own."""
    container = next(c for c in pod["spec"]["containers"] if "driver" in (c.get("args") or []))
    named = [e.get("value") for e in container.get("env") or [] if e["name"] == "SPARK_CONF_DIR"]
    if named[-1] == SPARKS_OWN_CONF_DIR:
        return None
    empty = os.path.join(spark_oracle.WORK, "scratch", "users-conf")
    os.makedirs(empty, exist_ok=True)
    return empty


def record(recorder, application):
    objects = rendered(application, recorder.v)
    config_maps = [o for o in objects if o["kind"] == "ConfigMap"]
    pod = next(o for o in objects if o["kind"] == "Pod")
    properties = next(o for o in config_maps if "spark.properties" in (o.get("data") or {}))
    template = next((o for o in config_maps if "podspec-configmap-key" in (o.get("data") or {})), None)
    fed = properties["data"]["spark.properties"]
    recorder.st.begin(application + "#submit")
    recorder.preload(pod)
    cluster = {"driver-pod": pod, "driver-configmap": properties, "others": [template] if template else [],
               "objs": copy.deepcopy(recorder.st.objs)}
    recorder.conf_dir = conf_dir(pod)
    spec = {"name": application, "want": initial_executors(spark_oracle.parse_properties(fed))}
    result = recorder.executors(spec, cluster)
    if not result["ok"]:
        return {"application": application, "error": result["error"]}
    made = [result["executor-configmap"], result["executor-statefulset"], result["executor-deployment"],
            *sorted(result["executor-pods"], key=number), *result["executor-pvcs"],
            *(o for o in result["others"] if o["kind"] not in ("Service", "ConfigMap"))]
    overrides = {key: re.sub(r"/.*/scratch/", "/scratch/", re.sub(r":\d+$", ":PORT", value))
                 for key, value in result["overrides"].items()}
    return {"application": application, "properties": fed,
            "template": template["data"]["podspec-configmap-key"] if template else None,
            "overrides": overrides, "dropped": sorted(result["dropped"]),
            "objects": [norm(o) for o in made if o]}


def number(pod):
    return int(pod["metadata"]["labels"]["spark-exec-id"])


def main():
    applications = sorted(name for name in os.listdir(FIXTURES) if os.path.exists(os.path.join(FIXTURES, name, "app.yaml")))
    for version in VERSIONS:
        path = os.path.join(FIXTURES, "recorded", version + ".jsonl")
        lines = {}
        if ONLY and os.path.exists(path):
            with open(path) as f:
                lines = {json.loads(line)["application"]: json.loads(line) for line in f}
        recorder = Recorder(version)
        for application in ONLY or applications:
            lines[application] = row = record(recorder, application)
            if "error" in row:
                print(version, application, row["error"], flush=True)
        recorder.stop()
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as f:
            for _, row in sorted(lines.items()):
                f.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")
        print(version, len(lines), "recorded", flush=True)


main()
