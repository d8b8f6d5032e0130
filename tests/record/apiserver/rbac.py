#!/usr/bin/env python3
"""Does as the driver's account what a driver does, against the RBAC that `rbac: true` renders.

    rbac.py --kubeconfig FILE --render PROGRAM [--spark 3.5.9,4.3.0]

The account is impersonated. What a driver needs must be allowed in its namespace: executor pods (the previews, created
dry-run), ConfigMaps, claims, watching its pods. Other namespaces, Secrets and Roles must be refused.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import time

import kube

HERE = os.path.dirname(os.path.abspath(__file__))
NAMESPACE = "rbac"
TRIES = 25
# From 3.4 on (kubernetes-client 6) a driver deletes by label with one request; before, it lists and deletes one by one.
COLLECTIONS = (3, 4)
APPLICATION = {
    "apiVersion": "sparkoperator.k8s.io/v1beta2", "kind": "SparkApplication", "metadata": {"name": "pi", "namespace": NAMESPACE},
    "spec": {"type": "Scala", "mode": "cluster", "image": "registry.example/spark:1", "mainClass": "org.example.Main",
             "mainApplicationFile": "local:///opt/app.jar", "driver": {"serviceAccount": "driver"}, "executor": {"instances": 1},
             "sparkConf": {"spark.kubernetes.executor.volumes.persistentVolumeClaim.w.mount.path": "/w",
                           "spark.kubernetes.executor.volumes.persistentVolumeClaim.w.options.claimName": "OnDemand",
                           "spark.kubernetes.executor.volumes.persistentVolumeClaim.w.options.storageClass": "s",
                           "spark.kubernetes.executor.volumes.persistentVolumeClaim.w.options.sizeLimit": "1Gi"}}}


def rendered(program, kube_version, spark):
    with tempfile.TemporaryDirectory() as d:
        path = os.path.join(d, "app.json")
        with open(path, "w", encoding="utf-8") as f:
            json.dump(APPLICATION, f)
        done = subprocess.run([program, "render", "-q", "--config", os.path.join(HERE, "options.yaml"), "--kube-version", kube_version,
                               "--spark-version", spark, "--target", "pod", "--executors", "preview", "--format", "ndjson", path],
                              capture_output=True, text=True)
    if done.returncode:
        sys.exit("rbac.py: %s" % done.stderr)
    return [json.loads(line) for line in done.stdout.splitlines()]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kubeconfig", required=True)
    parser.add_argument("--render", required=True)
    parser.add_argument("--spark", default="3.1.3,3.3.4,3.5.9,4.0.5,4.3.0")
    options = parser.parse_args()
    admin = kube.Client(options.kubeconfig)
    version = admin.req("GET", "/version")[1]
    minor = int(version["minor"].rstrip("+"))
    kube.ensure_ns(admin, NAMESPACE, minor < 24)
    driver = kube.Client(options.kubeconfig, as_user="system:serviceaccount:%s:driver" % NAMESPACE)
    asked, wrong = 0, []

    def ask(allowed, what, method, path, body=None):
        nonlocal asked
        asked += 1
        for _ in range(TRIES):  # the authorizer hears of new Roles, and of deleted ones, a moment later
            status, answer, _ = driver.req(method, path, body, "application/json")
            if (status != 403) == allowed:
                break
            time.sleep(0.2)
        if (status != 403) != allowed or (allowed and status >= 300 and status != 404):
            wrong.append("Spark %s: %s: %d %s" % (spark, what, status, answer.get("message", "")[:200]))

    for spark in options.spark.split(","):
        objects = rendered(options.render, "%s.%d" % (version["major"], minor), spark)
        mine = [o for o in objects if o["kind"] in ("ServiceAccount", "Role", "RoleBinding")]
        for o in mine:
            admin.req("PATCH", kube.path(o) + "?fieldManager=x&force=true", o, "application/apply-patch+yaml")
        if minor < 24:
            kube.ensure_sa(admin, NAMESPACE, "driver", True)
        base = "/api/v1/namespaces/%s/" % NAMESPACE
        for o in objects:
            role = (o["metadata"].get("labels") or {}).get("spark-role")
            if role == "executor" or o["kind"] == "PersistentVolumeClaim":
                ask(True, "create " + o["kind"], "POST", kube.path(o, False) + "?dryRun=All", o)
        ask(True, "list pods", "GET", base + "pods?labelSelector=spark-role%3Dexecutor")
        ask(True, "get the driver pod", "GET", base + "pods/pi-driver")
        ask(True, "delete an executor", "DELETE", base + "pods/none")
        collections = tuple(map(int, spark.split(".")[:2])) >= COLLECTIONS
        if collections:
            ask(True, "delete executors", "DELETE", base + "pods?labelSelector=no%3Done")
        config_map = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}}
        ask(True, "create a ConfigMap", "POST", base + "configmaps?dryRun=All", config_map)
        if collections:
            ask(True, "delete claims", "DELETE", base + "persistentvolumeclaims?labelSelector=no%3Done")
        ask(False, "list pods elsewhere", "GET", "/api/v1/namespaces/default/pods")
        ask(False, "list pods everywhere", "GET", "/api/v1/pods")
        ask(False, "list secrets", "GET", base + "secrets")
        ask(False, "list roles", "GET", "/apis/rbac.authorization.k8s.io/v1/namespaces/%s/roles" % NAMESPACE)
        for o in mine:
            admin.req("DELETE", kube.path(o))
            kube.made_sa.discard((NAMESPACE, o["metadata"]["name"]))
    print("%s: %d requests of drivers, %d answered otherwise than they should be" % (version["gitVersion"], asked, len(wrong)))
    print("".join("  %s\n" % line for line in wrong), end="")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
