#!/usr/bin/env python3
"""Real Spark against a real kube-apiserver: the harness of tests/e2e with its fake API server replaced.

    real_spark.py --bins DIR --spark-home DIR --manifests FILE [--setup FILE]... [--later FILE] [--namespace jobs] [--etcd PROGRAM] [--kcm]

In a network namespace of its own it starts etcd and kube-apiserver (RBAC, on 127.0.0.1:443; with --kcm also
kube-controller-manager, which Jobs need), applies --setup and then --manifests by server-side apply. A small kubelet runs each
Pod of the server as a process, with a token of the pod's own ServiceAccount; executors are made by the driver.
Prints a JSON report: exit codes, executors, the end of the driver's log, and what the drivers' accounts asked the API server for,
with status codes (from its audit log). Ends with 0 if every driver did, and nothing was refused.

--later is a changed application, rendered anew. It is applied over the running driver, once that has logged --later-when, as a
sync would do it; then the first executor is deleted, so that the driver must get another one. Only Pods may be refused of it:
they cannot change.
"""
import argparse
import collections
import copy
import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "..", "e2e")]
import kube  # noqa: E402
import run_manifests as e2e  # noqa: E402
from spark_image import Image  # noqa: E402

INSIDE = "REAL_SPARK_INSIDE"
AUDIT = "apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules:\n- level: Metadata\n"
WATCHED = ("pods", "services", "configmaps", "secrets", "persistentvolumeclaims")
ORDER = ["Namespace", "ServiceAccount", "Role", "RoleBinding", "Secret", "ConfigMap", "PersistentVolumeClaim", "NetworkPolicy", "Service"]
# Executors end after their driver; so long is waited for them.
SECONDS_FOR_EXECUTORS = 8


class Store:
    """What the kubelet wants of the harness's store, kept by watches of the real server."""

    def __init__(self, kubeconfig):
        self.lock, self.objs, self.kubeconfig = threading.RLock(), {}, kubeconfig
        self.client = kube.Client(kubeconfig)

    def start(self):
        for resource in WATCHED:
            threading.Thread(target=self.watch, args=(resource,), daemon=True).start()

    def watch(self, resource):
        client, version = kube.Client(self.kubeconfig), "0"
        while True:
            try:
                connection = http.client.HTTPSConnection(client.host, client.port, context=client.ctx, timeout=3600)
                connection.request("GET", "/api/v1/%s?watch=1&resourceVersion=%s" % (resource, version),
                                   headers={"Authorization": "Bearer " + client.token})
                for line in connection.getresponse():
                    event = json.loads(line)
                    if event["type"] == "ERROR":
                        version = "0"
                        break
                    version = event["object"]["metadata"]["resourceVersion"]
                    self.event(resource, event["type"], event["object"])
            except OSError as error:
                e2e.log("watch", resource, repr(error))
                time.sleep(0.5)

    def event(self, resource, kind, o):
        metadata = o["metadata"]
        key = ("api/v1", metadata["namespace"], resource)
        with self.lock:
            held = self.objs.setdefault(key, {})
            known = metadata["name"] in held and held[metadata["name"]]["metadata"]["uid"] == metadata["uid"]
            if kind == "DELETED":
                held.pop(metadata["name"], None)
            else:
                held[metadata["name"]] = o
            if resource == "pods":
                if kind == "DELETED" or metadata.get("deletionTimestamp"):
                    self.kubelet.deleted(key, o)
                elif not known:
                    self.kubelet.loading = (metadata.get("labels") or {}).get("spark-role") == "driver"
                    self.kubelet.added(key, copy.deepcopy(o))
            if resource in ("pods", "services"):
                self.kubelet.write_hosts()

    def put(self, key, name, o, created):
        """The kubelet writes a pod's status."""
        path = "/api/v1/namespaces/%s/pods/%s/status" % (key[1], name)
        status, answer, _ = self.client.req("PATCH", path, {"status": o["status"]}, "application/merge-patch+json")
        if status != 200:
            e2e.log("status of", name, status, answer.get("message"))


class Kubelet(e2e.Kubelet):
    def files(self, pod, o, volume):
        if "serviceAccountToken" not in volume:
            return super().files(pod, o, volume)
        account = o["spec"].get("serviceAccountName") or "default"
        request = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": 3600, "audiences": []}}
        path = "/api/v1/namespaces/%s/serviceaccounts/%s/token" % (pod.key[1], account)
        status, answer, _ = kube.Client(self.store.kubeconfig).req("POST", path, request, "application/json")
        if status != 201:
            raise e2e.ConfigError("token of %s: %s" % (account, answer.get("message")))
        return {volume["serviceAccountToken"]["path"]: (answer["status"]["token"].encode(), 0o644)}


def start_server(options, work):
    with open(work + "/audit.yaml", "w") as f:
        f.write(AUDIT)
    gates = []
    if minor_of(options.bins) < 21:  # tokens as they are from 1.21 on; older ones come from controllers that do not run here
        gates = ["--apiserver-arg=--feature-gates=BoundServiceAccountTokenVolume=true",
                 "--apiserver-arg=--api-audiences=https://kubernetes.default.svc.cluster.local"]
    command = [sys.executable, HERE + "/serve.py", options.bins, work + "/cluster", "--port", "443", "--etcd", options.etcd,
               "--apiserver-arg=--audit-policy-file=%s/audit.yaml" % work, "--apiserver-arg=--audit-log-path=%s/audit.log" % work, *gates]
    server = subprocess.Popen(command + (["--kcm"] if options.kcm else []), stdout=subprocess.PIPE, text=True)
    kubeconfig, version = server.stdout.readline().strip(), server.stdout.readline().strip()
    if not version:
        sys.exit("real_spark.py: no server")
    return server, kubeconfig, version


def minor_of(bins):
    version = subprocess.run([bins + "/kube-apiserver", "--version"], check=True, capture_output=True, text=True).stdout
    return int(version.split(".")[1])


def apply(admin, documents, namespace, ca):
    """Applies them as Argo CD does; returns what the server refused or warned of."""
    refused = []
    for o in sorted(documents, key=lambda d: ORDER.index(d["kind"]) if d["kind"] in ORDER else len(ORDER)):
        if o["kind"] not in kube.CLUSTER:
            own = o["metadata"].setdefault("namespace", namespace)
            created = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": own}}
            if admin.req("POST", "/api/v1/namespaces", created, "application/json")[0] == 201:
                # What controllers would make in it.
                for made in ({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default", "namespace": own}},
                             {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "kube-root-ca.crt", "namespace": own}, "data": {"ca.crt": ca}}):
                    admin.req("POST", kube.path(made, False), made, "application/json")
        path = kube.path(o) + "?fieldManager=argocd-controller&force=true&fieldValidation=Strict"
        status, answer, warnings = admin.req("PATCH", path, o, "application/apply-patch+yaml")
        if status not in (200, 201) or warnings:
            refused.append([o["kind"], o["metadata"]["name"], status, answer.get("message"), warnings])
    return refused


def log_of(pod):
    path = os.path.join(pod.dir, "log")
    if not os.path.exists(path):
        return ""
    with open(path, errors="replace") as f:
        return f.read()


def sync(kubelet, admin, options, ca, report):
    """Applies the changed application over the running driver, then takes an executor away."""
    while not any(pod.manifest and options.later_when in log_of(pod) for pod in list(kubelet.pods)):
        time.sleep(0.5)
    first = next(pod for pod in list(kubelet.pods) if pod.role == "executor")
    report["refused"] = apply(admin, e2e.read_manifests([options.later]), options.namespace, ca)
    e2e.log("later; refused or warned:", report["refused"])
    time.sleep(2)
    path = "/api/v1/namespaces/%s/pods/%s?gracePeriodSeconds=0" % (first.key[1], first.name)
    report["deleted"] = [first.name, admin.req("DELETE", path)[0]]
    e2e.log("deleted", report["deleted"])


def asked(audit):
    """What accounts of pods asked for, and how it was answered."""
    counts = collections.Counter()
    with open(audit, encoding="utf-8") as f:
        for line in f:
            event = json.loads(line)
            user, target = event["user"]["username"], event.get("objectRef")
            if target and user.startswith("system:serviceaccount:") and "kube-system" not in user:
                resource = "/".join(filter(None, [target.get("resource"), target.get("subresource")]))
                code = event.get("responseStatus", {}).get("code")
                counts["%s %s %s -> %s" % (user.split(":", 2)[2], event["verb"], resource, code)] += 1
    return dict(sorted(counts.items()))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bins", required=True)
    parser.add_argument("--spark-home", required=True)
    parser.add_argument("--manifests", required=True)
    parser.add_argument("--setup", action="append", default=[])
    parser.add_argument("--later")
    parser.add_argument("--later-when", default="TASKS ON EXECUTOR", help="what the driver logs then")
    parser.add_argument("--namespace", default="jobs")
    parser.add_argument("--etcd", default="etcd")
    parser.add_argument("--kcm", action="store_true")
    parser.add_argument("--timeout", type=float, default=180)
    parser.add_argument("--drivers", type=int, default=1, help="driver pods to wait for")
    # Of the harness.
    parser.add_argument("--add", action="append", default=[])
    parser.add_argument("--show-env", action="append", default=[])
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--logs")
    parser.add_argument("--log-lines", type=int, default=40)
    options = parser.parse_args()
    if os.environ.get(INSIDE) != "1":
        os.environ[INSIDE] = "1"
        os.execvp("unshare", ["unshare", "-m", "-n", "-u", "-p", "-f", "--kill-child", "--mount-proc", sys.executable, *sys.argv])
    work = tempfile.mkdtemp(prefix="real-spark-")
    subprocess.run("mount --make-rprivate / && ip link set lo up && mount -t tmpfs none " + work, shell=True, check=True)
    server, kubeconfig, version = start_server(options, work)
    e2e.log("server", version)
    store, image = Store(kubeconfig), Image(options.spark_home, options.python)
    store.kubelet = kubelet = Kubelet(store, image, work, options)
    with open(work + "/cluster/ca.crt") as f:
        ca = f.read()
    admin, refused = kube.Client(kubeconfig), []
    for file in options.setup + [options.manifests]:
        refused += apply(admin, e2e.read_manifests([file]), options.namespace, ca)
    e2e.log("applied; refused or warned:", refused)
    store.start()
    later = {}
    if options.later:
        threading.Thread(target=sync, args=(kubelet, admin, options, ca, later), daemon=True).start()

    end, drivers = time.time() + options.timeout, []
    while time.time() < end and not (len(drivers) >= options.drivers and all(p.done.is_set() for p in drivers)):
        time.sleep(0.2)
        drivers = [p for p in list(kubelet.pods) if p.manifest]
    timed_out = time.time() >= end
    end = time.time() + SECONDS_FOR_EXECUTORS
    for pod in list(kubelet.pods):
        pod.done.wait(max(0, end - time.time()))
    ok = bool(drivers) and not timed_out and not refused and all(p.exit == 0 for p in drivers)
    ok = ok and (not options.later or ("deleted" in later and all(kind == "Pod" for kind, *_ in later["refused"])))
    print(json.dumps({
        "ok": ok, "server": version, "spark": image.version, "timed_out": timed_out, "seconds": round(time.time() - e2e.T0, 1),
        "refused": refused, "later": later, "executors_started": sum(p.started is not None and p.role == "executor" for p in kubelet.pods),
        "drivers": [kubelet.describe(p) for p in drivers], "others": [kubelet.describe(p) for p in list(kubelet.pods) if not p.manifest],
        "asked": asked(work + "/audit.log")}, indent=1), flush=True)
    for pod in kubelet.pods:
        kubelet.kill(pod)
    server.terminate()
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()
    subprocess.run(["umount", "-l", work], check=False)
    os.rmdir(work)
    os._exit(0 if ok else 1)


if __name__ == "__main__":
    main()
