"""One release of Spark, in one JVM: submissions, and drivers that ask for executors, against a recording API server."""
import copy
import json
import os
import re
import select
import shutil
import subprocess
import sys

import cases
import properties

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "e2e"))
import fake_apiserver  # noqa: E402

OPENS = ("java.base/java.lang java.base/java.lang.invoke java.base/java.lang.reflect java.base/java.io java.base/java.net "
         "java.base/java.nio java.base/java.util java.base/java.util.concurrent java.base/java.util.concurrent.atomic "
         "java.base/jdk.internal.ref java.base/sun.nio.ch java.base/sun.nio.cs java.base/sun.security.action "
         "java.base/sun.util.calendar java.security.jgss/sun.security.krb5").split()
JVM = ["java", "-Xmx2g", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-XX:+IgnoreUnrecognizedVMOptions",
       "-Djdk.reflect.useDirectMethodHandle=false", "-Dio.netty.tryReflectionSetAccessible=true",
       *("--add-opens=%s=ALL-UNNAMED" % o for o in OPENS)]
OTHERS_VARIABLES = re.compile(r"SPARK_|HADOOP_|PYSPARK_|KUBE|YARN_|HIVE_")
# A driver that runs here cannot fetch what its confs name; the executors' objects do not depend on them.
NOT_IN_DRIVERS = ("spark.jars", "spark.files", "spark.archives", "spark.submit.pyFiles", "spark.kerberos.keytab",
                  "spark.kerberos.principal", "spark.repl.local.jars")


class Release:
    def __init__(self, version, home, work):
        self.version, self.home, self.work = version, home, work
        self.minor = tuple(int(part) for part in version.split(".")[:2])
        self.no_confs = os.path.join(work, "scratch", "no-confs")
        self.log = os.path.join(work, "logs", version + ".log")
        for folder in (self.no_confs, os.path.dirname(self.log)):
            os.makedirs(folder, exist_ok=True)
        server, port = fake_apiserver.start(0, None, 30)
        self.store = server.store
        self.url = "http://127.0.0.1:%d" % port
        self.jvm = None

    # -- the JVM

    def start(self):
        env = {k: v for k, v in os.environ.items() if not OTHERS_VARIABLES.match(k)}
        env.update(LC_ALL="C.UTF-8", LANG="C.UTF-8", SPARK_LOCAL_IP="127.0.0.1", SPARK_LOCAL_HOSTNAME="localhost",
                   SPARK_HOME=self.home, SPARK_CONF_DIR=self.no_confs, SPARK_ENV_LOADED="1")
        classes = ":".join([os.path.join(self.work, "java"), os.path.join(HERE, "java"), self.home + "/jars/*"])
        with open(self.log, "a") as log:
            self.jvm = subprocess.Popen([*JVM, "-cp", classes, "Harness"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=log, env=env, text=True, cwd=os.path.join(self.work, "scratch"))

    def stop(self):
        if self.jvm:
            self.jvm.kill()
            self.jvm.wait()
            self.jvm = None

    def call(self, args, env=None, unset=None, timeout=90):
        """One spark-submit: {"ok", "error"}. A JVM that ends or hangs is replaced by the next call."""
        if not self.jvm or self.jvm.poll() is not None:
            self.start()
        self.logged = os.path.getsize(self.log)
        self.jvm.stdin.write(json.dumps({"args": args, "env": env or {}, "unset": unset or []}) + "\n")
        self.jvm.stdin.flush()
        ready, _, _ = select.select([self.jvm.stdout], [], [], timeout)
        line = self.jvm.stdout.readline() if ready else ""
        if line:
            return json.loads(line)
        self.stop()
        return {"ok": False, "error": "JVM exited: " + self.errors() if ready else "timeout"}

    def errors(self):
        """What the JVM logged as errors in the last call."""
        with open(self.log, errors="replace") as f:
            f.seek(self.logged)
            found = [l for l in f.read().split("\n") if re.search(r"ERROR|Exception|Error:", l)
                     and "RejectedExecution" not in l and "Unhandled exception" not in l]
        return " | ".join(found[:6])[:1500]

    # -- a case

    def record(self, case):
        """What Spark sends for a case: first by spark-submit, then by the driver."""
        laid, folder = cases.lay_out(case, os.path.join(self.work, "inputs"))
        submitted, args, objects = self.submit(laid, folder)
        driver = sort(objects)
        given = dict(laid, submit_args=args)
        out = {"case": case["name"], "input": given, "submit": {"ok": submitted["ok"], "error": submitted.get("error")},
               "driver": {k: driver[k] for k in ("pod", "service", "configMap", "others")}}
        if driver["pod"] and driver["configMap"]:
            executed, made, dropped = self.execute(laid, driver)
            out["execute"] = {"ok": executed["ok"], "error": executed.get("error"), "dropped": dropped}
            out["executor"] = made
        # Paths of this machine are not part of the recording.
        return json.loads(json.dumps(out).replace(self.work, "/oracle"))

    def submit(self, case, folder):
        self.store.begin(case["name"] + "#submit")
        for preloaded in case.get("preload") or []:
            self.preload(preloaded)
        env = dict(case.get("env") or {})
        if case.get("conf_dir_files"):
            env["SPARK_CONF_DIR"] = os.path.join(folder, "conf-dir")
        args = ["--master", "k8s://" + self.url, "--deploy-mode", "cluster"]
        if case["main_class"]:
            args += ["--class", case["main_class"]]
        args += case.get("submit_args") or []
        for key, value in case["conf"].items():
            args += ["--conf", "%s=%s" % (key, value)]
        args += [case["resource"], *case["args"]]
        result = self.call(args, env)
        self.cluster = copy.deepcopy(self.store.objs)
        return result, args, created(self.store.records)

    def preload(self, o):
        plural = next(plural for plural, kind in fake_apiserver.KINDS.items() if kind == o["kind"])
        with self.store.lock:
            self.store.put(("api/v1", o["metadata"].get("namespace", "default"), plural), o["metadata"]["name"], copy.deepcopy(o), True)

    def execute(self, case, driver):
        """Starts the driver as its pod would, until it has asked for its executors."""
        scratch = os.path.join(self.work, "scratch", "driver-" + self.version)
        shutil.rmtree(scratch, ignore_errors=True)
        conf_dir = os.path.join(scratch, "conf")
        os.makedirs(conf_dir)
        data = driver["configMap"]["data"]
        for name, text in data.items():
            with open(os.path.join(conf_dir, name), "w", encoding="utf-8") as f:
                f.write(text)
        confs, dropped = properties.parse(data["spark.properties"]), {}
        unwanted = tuple(case.get("exec_drop") or ())
        for key in list(confs):
            if key in NOT_IN_DRIVERS or key.startswith(("spark.jars.", *unwanted)):
                dropped[key] = confs.pop(key)
        overrides = self.overrides(case, confs, driver, scratch)
        file = os.path.join(scratch, "spark.properties")
        properties.write(confs, file)

        containers = driver["pod"]["spec"]["containers"]
        container = next((c for c in containers if "driver" in (c.get("args") or [])), containers[0])
        env = {e["name"]: e.get("value", "") for e in container.get("env") or []
               if "valueFrom" not in e and e["name"] not in ("PATH", "JAVA_HOME", "HOME") and not e["name"].startswith("LD_")}
        env.update(SPARK_CONF_DIR=conf_dir, SPARK_DRIVER_BIND_ADDRESS="127.0.0.1", ORACLE_URL=self.url,
                   ORACLE_WANT=str(case.get("want", 1)), ORACLE_TIMEOUT_MS="12000")
        self.store.begin(case["name"] + "#executors")
        with self.store.lock:  # the driver looks for its own pod
            self.store.objs.update(copy.deepcopy(self.cluster))
        args = [part for key, value in overrides.items() for part in ("--conf", "%s=%s" % (key, value))]
        args += ["--deploy-mode", "client", "--properties-file", file, "--class", "IdleApp"]
        if not confs.get("spark.master"):
            args += ["--master", "k8s://" + self.url]
        result = self.call(args + ["spark-internal"], env, [] if "HADOOP_CONF_DIR" in env else ["HADOOP_CONF_DIR"])
        made = executors(created(self.store.records))
        if result["ok"] and not (made["pods"] or made["others"]):
            result = {"ok": False, "error": "no executor object was sent: " + self.errors()}
        if not result["ok"]:
            self.stop()  # a SparkContext that failed may leave the JVM in a bad state
        return result, made, dropped

    def overrides(self, case, confs, driver, scratch):
        """Confs without which the driver would not run on this machine."""
        out = {"spark.driver.bindAddress": "127.0.0.1"}
        if self.minor >= (3, 5):  # else set by the image's entrypoint
            out["spark.executorEnv.SPARK_DRIVER_POD_IP"] = "127.0.0.1"
        out.update({"spark.kubernetes.driver.master": self.url, "spark.scheduler.minRegisteredResourcesRatio": "0",
                    "spark.ui.enabled": "false"})
        template = confs.get("spark.kubernetes.executor.podTemplateFile")
        held = next((o for o in driver["others"] if "podspec-configmap-key" in (o.get("data") or {})), None)
        if template and held:
            path = os.path.join(scratch, os.path.basename(template))
            with open(path, "w", encoding="utf-8") as f:
                f.write(held["data"]["podspec-configmap-key"])
            out["spark.kubernetes.executor.podTemplateFile"] = path
        out.update(case.get("exec_overrides") or {})
        return out


def created(requests):
    """The objects that were made: by POST or by server-side apply, and accepted."""
    out = []
    for request in requests:
        body = request.get("body")
        applied = request["method"] == "PATCH" and (request["content_type"] or "").startswith("application/apply-patch")
        if isinstance(body, dict) and request["status"] < 300 and (request["method"] == "POST" or applied):
            out.append(body)
    return out


def sort(objects):
    """What spark-submit made, by what it is."""
    out = {"pod": None, "service": None, "configMap": None, "others": []}
    for o in objects:
        role = {"Pod": "pod", "Service": "service"}.get(o.get("kind"))
        if o.get("kind") == "ConfigMap" and "spark.properties" in (o.get("data") or {}):
            role = "configMap"
        if role and out[role] is None:
            out[role] = o
        elif not any(same(o, other) for other in out["others"]):
            out["others"].append(o)
    return out


def executors(objects):
    """What the driver made: two executor pods are kept."""
    out = {"pods": [], "configMap": None, "others": []}
    claims, rest = [], []
    for o in objects:
        kind = o.get("kind")
        if kind == "Pod":
            out["pods"].append(o)
        elif kind == "ConfigMap" and out["configMap"] is None:
            out["configMap"] = o
        elif kind == "PersistentVolumeClaim":
            claims.append(o)
        elif kind != "ConfigMap" and not any(same(o, other) for other in rest):
            rest.append(o)
    out["pods"] = out["pods"][:2]
    out["others"] = claims + rest
    return out


def same(a, b):
    return a.get("kind") == b.get("kind") and a["metadata"].get("name") == b["metadata"].get("name")
