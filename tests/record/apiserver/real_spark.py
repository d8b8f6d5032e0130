#!/usr/bin/env python3
"""Real Spark against a real kube-apiserver: the harness of tests/e2e with its fake API server replaced.

    real_spark.py --bins BINDIR --spark-home DIR --manifests FILE --namespace NS [--kcm] [--timeout S] [--audit FILE] [--add SRC:DEST] [--pods N]

In a network namespace of its own it starts etcd, kube-apiserver (RBAC on, on 127.0.0.1:443) and, with --kcm, kube-controller-manager; applies
FILE by server-side apply; then a small kubelet runs each Pod of the server as a process, with a token of the pod's own ServiceAccount.
Prints a JSON report: exit codes, executors, and what the driver's account asked the API server for, with status codes (from the audit log).
"""
import argparse, collections, copy, http.client, json, os, subprocess, sys, tempfile, threading, time, urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "..", "e2e")]
import kube
import run_manifests as rm
from spark_image import Image
import yaml

ap = argparse.ArgumentParser()
ap.add_argument("--bins", required=True)
ap.add_argument("--spark-home", required=True)
ap.add_argument("--manifests", required=True)
ap.add_argument("--namespace", default="jobs")
ap.add_argument("--kcm", action="store_true")
ap.add_argument("--timeout", type=float, default=180)
ap.add_argument("--add", action="append", default=[])
ap.add_argument("--show-env", action="append", default=[])
ap.add_argument("--python", default=sys.executable)
ap.add_argument("--logs")
ap.add_argument("--log-lines", type=int, default=40)
ap.add_argument("--pods", type=int, default=1, help="driver pods to wait for")
ap.add_argument("--setup", action="append", default=[], help="more objects, applied first (ServiceAccount, Secrets)")
ap.add_argument("--etcd", default="etcd")
ap.add_argument("--later", help="applied (as an Argo CD sync would) once an executor runs for 10 s; then one executor pod is deleted, so that the driver replaces it")
ap.add_argument("--audit", help="keep the audit log there")
ap.add_argument("--apiserver-arg", action="append", default=[])
o = ap.parse_args()
if os.environ.get("REAL_SPARK_INSIDE") != "1":
    os.environ["REAL_SPARK_INSIDE"] = "1"
    os.execvp("unshare", ["unshare", "-m", "-n", "-u", "-p", "-f", "--kill-child", "--mount-proc", sys.executable] + sys.argv)
work = tempfile.mkdtemp(prefix="real-spark-")
subprocess.run("mount --make-rprivate / && ip link set lo up && mount -t tmpfs none " + work, shell=True, check=True)
with open(work + "/audit.yaml", "w") as f:
    f.write("apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules:\n- level: Metadata\n  users: []\n")
cmd = [sys.executable, HERE + "/serve.py", o.bins, work + "/cluster", "--port", "443", "--etcd", o.etcd, "--apiserver-arg=--audit-policy-file=" + work + "/audit.yaml",
       "--apiserver-arg=--audit-log-path=" + work + "/audit.log", *(["--kcm"] if o.kcm else []), *("--apiserver-arg=" + x for x in o.apiserver_arg)]
server = subprocess.Popen(cmd, stdout=subprocess.PIPE, text=True)
kubeconfig, version = server.stdout.readline().strip(), server.stdout.readline().strip()
if not version:
    log = work + "/cluster/kube-apiserver.log"
    sys.exit("no server: " + (open(log).read()[-3000:] if os.path.exists(log) else ""))
rm.log("server", version)
admin = kube.Client(kubeconfig)
ca = open(work + "/cluster/ca.crt").read()


class Store:
    """What the kubelet wants of the e2e's store, kept by watches of the real server."""
    RES = ("pods", "services", "configmaps", "secrets", "persistentvolumeclaims")

    def __init__(self):
        self.lock, self.objs = threading.RLock(), {}
        self.client = kube.Client(kubeconfig)

    def start(self):
        for r in self.RES:
            threading.Thread(target=self.watch, args=(r,), daemon=True).start()

    def watch(self, res):
        c, rv = kube.Client(kubeconfig), "0"
        while True:
            try:
                h = http.client.HTTPSConnection(c.host, c.port, context=c.ctx, timeout=3600)
                h.request("GET", f"/api/v1/{res}?watch=1&resourceVersion={rv}", headers={"Authorization": "Bearer " + c.token})
                r = h.getresponse()
                for line in r:
                    e = json.loads(line)
                    if e["type"] == "ERROR":
                        rv = "0"
                        break
                    rv = e["object"]["metadata"]["resourceVersion"]
                    self.event(res, e["type"], e["object"])
            except Exception as x:
                rm.log("watch", res, repr(x))
                time.sleep(0.5)

    def event(self, res, typ, obj):
        md = obj["metadata"]
        key = ("api/v1", md["namespace"], res)
        with self.lock:
            d = self.objs.setdefault(key, {})
            known = md["name"] in d and d[md["name"]]["metadata"]["uid"] == md["uid"]
            if typ == "DELETED":
                d.pop(md["name"], None)
            else:
                d[md["name"]] = obj
            if res == "pods":
                if typ == "DELETED" or md.get("deletionTimestamp"):
                    self.kubelet.deleted(key, obj)
                elif not known:
                    self.kubelet.loading = (md.get("labels") or {}).get("spark-role") == "driver"
                    self.kubelet.added(key, copy.deepcopy(obj))
            if res in ("pods", "services"):
                self.kubelet.write_hosts()

    def put(self, key, name, obj, created):
        st, r, _ = self.client.req("PATCH", f"/api/v1/namespaces/{key[1]}/pods/{name}/status", {"status": obj["status"]}, "application/merge-patch+json")
        if st != 200:
            rm.log("status of", name, st, r.get("message"))


class Kubelet(rm.Kubelet):
    def files(self, pod, obj, v):
        if "serviceAccountToken" in v:
            sa = obj["spec"].get("serviceAccountName") or "default"
            st, r, _ = kube.Client(kubeconfig).req("POST", f"/api/v1/namespaces/{pod.key[1]}/serviceaccounts/{sa}/token", {
                "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": 3600, "audiences": []}}, "application/json")
            if st != 201:
                raise rm.ConfigError(f"token of {sa}: {r.get('message')}")
            return {v["serviceAccountToken"]["path"]: (r["status"]["token"].encode(), 0o644)}
        return super().files(pod, obj, v)


def apply(docs):
    bad = []
    for d in docs:
        ns = d["metadata"].setdefault("namespace", o.namespace) if d["kind"] not in kube.CLUSTER else None
        for n in ([ns] if ns else []):
            st, _, _ = admin.req("POST", "/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": n}}, "application/json")
            if st == 201:
                for obj in ({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default", "namespace": n}},
                            {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "kube-root-ca.crt", "namespace": n}, "data": {"ca.crt": ca}}):
                    admin.req("POST", kube.path(obj, False), obj, "application/json")
        st, r, w = admin.req("PATCH", kube.path(d) + "?fieldManager=argocd-controller&force=true&fieldValidation=Strict", d, "application/apply-patch+yaml")
        if st not in (200, 201) or w:
            bad.append([d["kind"], d["metadata"]["name"], st, r.get("message"), w])
    return bad


ORDER = ["Namespace", "ServiceAccount", "Role", "RoleBinding", "Secret", "ConfigMap", "PersistentVolumeClaim", "NetworkPolicy", "Service"]
store, image = Store(), Image(o.spark_home, o.python)
store.kubelet = kubelet = Kubelet(store, image, work, o)
refused = []
for f in o.setup + [o.manifests]:
    docs = rm.read_manifests([f])
    docs.sort(key=lambda d: ORDER.index(d["kind"]) if d["kind"] in ORDER else 99)
    refused += apply(docs)
rm.log("applied; refused or warned:", refused)
store.start()


def later():
    while not any(p.role == "executor" and p.started is not None for p in kubelet.pods):
        time.sleep(0.5)
    time.sleep(25)
    docs = rm.read_manifests([o.later])
    docs.sort(key=lambda d: ORDER.index(d["kind"]) if d["kind"] in ORDER else 99)
    rm.log("later:", apply(docs))
    time.sleep(2)
    e = next(p for p in kubelet.pods if p.role == "executor")
    rm.log("deleting", e.name, admin.req("DELETE", f"/api/v1/namespaces/{e.key[1]}/pods/{e.name}?gracePeriodSeconds=0")[0])


if o.later:
    threading.Thread(target=later, daemon=True).start()
end = time.time() + o.timeout
while time.time() < end:
    mine = [p for p in kubelet.pods if p.manifest]
    if len(mine) >= o.pods and all(p.done.is_set() for p in mine):
        break
    time.sleep(0.2)
mine = [p for p in kubelet.pods if p.manifest]
timed_out = time.time() >= end
e5 = time.time() + 8
[p.done.wait(max(0, e5 - time.time())) for p in list(kubelet.pods)]
left = {}
for res in Store.RES + ("events",):
    st, r, _ = admin.req("GET", f"/api/v1/namespaces/{o.namespace}/{res}")
    left[res] = [f"{x['metadata']['name']}{' ' + x['status']['phase'] if res == 'pods' else ''}" if res != "events" else x.get("message", "")[:200] for x in r.get("items", [])]
asked = collections.Counter()
for line in open(work + "/audit.log"):
    e = json.loads(line)
    u = e["user"]["username"]
    if u.startswith("system:serviceaccount:") and "kube-system" not in u and "objectRef" in e:
        r = e["objectRef"]
        asked[f"{u.split(':', 2)[2]} {e['verb']} {r.get('resource')}{'/' + r['subresource'] if r.get('subresource') else ''} -> {e.get('responseStatus', {}).get('code')}"] += 1
if o.audit:
    subprocess.run(["cp", work + "/audit.log", o.audit])
st, pods, _ = admin.req("GET", f"/api/v1/namespaces/{o.namespace}/pods")
ok = bool(mine) and not timed_out and all(p.exit == 0 for p in mine) and not refused
print(json.dumps({
    "ok": ok, "server": version, "spark": image.version, "timed_out": timed_out, "seconds": round(time.time() - rm.T0, 1), "refused": refused,
    "executors_started": sum(p.started is not None and p.role == "executor" for p in kubelet.pods),
    "drivers": [kubelet.describe(p) for p in mine], "others": [kubelet.describe(p) for p in list(kubelet.pods) if not p.manifest],
    "left": left, "asked": dict(sorted(asked.items()))}, indent=1), flush=True)
for p in kubelet.pods:
    kubelet.kill(p)
server.terminate()
try:
    server.wait(10)
except Exception:
    server.kill()
subprocess.run(["umount", "-l", work])
os.rmdir(work)
os._exit(0 if ok else 1)
