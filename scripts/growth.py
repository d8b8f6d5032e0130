#!/usr/bin/env python3
"""How the processor time of a run grows with the length of a list: growth.py [BINARY] [-k WORD] [-n LENGTH]

Each list that an input can make long is made 5,000, 10,000 and 20,000 long (or LENGTH and its doubles). From one length to
its double, time may grow by 2.3 at most; what takes less than a tenth of a second is not judged. Ends with 1 if a list
grows faster. Times are the processor's, the least of three runs, so that other work on the machine disturbs little.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

MOST = 2.3
FLOOR = 0.1
SPEC = """  type: Scala
  mode: cluster
  image: registry.example.com/spark:3.5.1
  sparkVersion: 3.5.1
  mainClass: org.example.Pi
  mainApplicationFile: local:///pi.jar
"""


def application(spec="", driver="", executor="", name="pi"):
    """An application; `driver` and `executor` are lines below them."""
    head = f"apiVersion: sparkoperator.k8s.io/v1beta2\nkind: SparkApplication\nmetadata: {{name: {name}, namespace: jobs}}\n"
    roles = f"  driver:\n    cores: 1\n    serviceAccount: spark\n{driver}  executor:\n    instances: 1\n{executor}"
    return f"{head}spec:\n{SPEC}{spec}{roles}"


def lines(count, line):
    """`line` so many times: `@` is its number, `#` a port of its own."""
    return "".join(line.replace("@", str(number)).replace("#", str(10_000 + number)) + "\n" for number in range(count))


def below(key, count, line):
    return f"    {key}:\n" + lines(count, f"    {line}")


def mounted(count, role):
    volumes = "  volumes:\n" + lines(count, "  - {name: v@, emptyDir: {}}")
    return application(volumes, **{role: below("volumeMounts", count, "- {name: v@, mountPath: /m@}")})


def config_map(data):
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c, namespace: jobs}}\ndata:\n{data}"


def diffed(one):
    """The same object with every value changed, for `diff`."""
    return one, one.replace("old", "new")


RENDER = ["render", "{}"]
CHECK = ["check", "{}", "--format", "concise"]
DIFF = ["diff", "{}", "{other}"]

# Name: arguments of the program, the input of a length.
LISTS = {
    "driver env": (RENDER, lambda n: application(driver=below("env", n, "- {name: V@, value: x}"))),
    "executor env": (RENDER, lambda n: application(executor=below("env", n, "- {name: V@, value: x}"))),
    "env of one name": (RENDER, lambda n: application(driver=below("env", n, "- {name: V, value: x@}"))),
    "env that refers to the next": (
        CHECK,
        lambda n: application(driver="    env:\n" + "".join(f"    - {{name: V{i}, value: $(V{i + 1})}}\n" for i in range(n))),
    ),
    "envVars": (RENDER, lambda n: application(driver=below("envVars", n, "  V@: x"))),
    "driver configMaps": (RENDER, lambda n: application(driver=below("configMaps", n, "- {name: c@, path: /c@}"))),
    "executor configMaps": (RENDER, lambda n: application(executor=below("configMaps", n, "- {name: c@, path: /c@}"))),
    "driver secrets": (RENDER, lambda n: application(driver=below("secrets", n, "- {name: s@, path: /s@, secretType: Generic}"))),
    "executor secrets": (RENDER, lambda n: application(executor=below("secrets", n, "- {name: s@, path: /s@, secretType: Generic}"))),
    "volumes with mounts of the driver": (RENDER, lambda n: mounted(n, "driver")),
    "volumes with mounts of executors": (RENDER, lambda n: mounted(n, "executor")),
    "volumes by conf": (
        RENDER,
        lambda n: application("  sparkConf:\n" + lines(n, "    spark.kubernetes.driver.volumes.emptyDir.v@.mount.path: /m@")),
    ),
    "sidecars": (RENDER, lambda n: application(driver=below("sidecars", n, "- {name: s@, image: i}"))),
    "init containers": (RENDER, lambda n: application(driver=below("initContainers", n, "- {name: s@, image: i}"))),
    "host aliases": (RENDER, lambda n: application(driver=below("hostAliases", n, "- {ip: 1.1.1.1, hostnames: [h@]}"))),
    "host aliases of many addresses": (
        RENDER,
        lambda n: application(
            driver="    hostAliases:\n" + "".join(f"    - {{ip: 10.{i >> 16}.{i >> 8 & 255}.{i & 255}, hostnames: [h]}}\n" for i in range(n))
        ),
    ),
    "driver ports": (RENDER, lambda n: application(driver=below("ports", n, "- {name: p@, protocol: TCP, containerPort: #}"))),
    "ports of one number": (RENDER, lambda n: application(driver=below("ports", n, "- {name: p@, protocol: TCP, containerPort: 80}"))),
    "ports of one name": (RENDER, lambda n: application(driver=below("ports", n, "- {name: p, protocol: TCP, containerPort: #}"))),
    "executor ports": (RENDER, lambda n: application(executor=below("ports", n, "- {name: p@, protocol: TCP, containerPort: #}"))),
    "ports of a sidecar": (
        RENDER,
        lambda n: application(driver="    sidecars:\n    - name: s\n      image: i\n      ports:\n" + lines(n, "      - {name: p@, containerPort: #}")),
    ),
    "ports of a Service": (
        ["check", "{}", "--strict", "--format", "concise"],
        lambda n: "apiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: jobs}\nspec:\n  ports:\n"
        + lines(n, "  - {name: p@, port: #, targetPort: #}"),
    ),
    "driver ingresses": (
        RENDER,
        lambda n: application("  driverIngressOptions:\n" + lines(n, "  - {servicePort: #, ingressURLFormat: a@.example.com}")),
    ),
    "tolerations": (RENDER, lambda n: application(driver=below("tolerations", n, "- {key: k@, operator: Exists}"))),
    "labels": (RENDER, lambda n: application(driver=below("labels", n, "  l@: x"))),
    "annotations": (RENDER, lambda n: application(driver=below("annotations", n, "  l@: x"))),
    "sparkConf": (RENDER, lambda n: application("  sparkConf:\n" + lines(n, "    spark.x.k@: v"))),
    "hadoopConf": (RENDER, lambda n: application("  hadoopConf:\n" + lines(n, "    x.k@: v"))),
    "arguments": (RENDER, lambda n: application("  arguments:\n" + lines(n, "  - a@"))),
    "items of a pod template": (
        RENDER,
        lambda n: application(
            driver="    template:\n      spec:\n        volumes:\n" + lines(n, "        - {name: v@, emptyDir: {}}")
        ),
    ),
    "unknown fields": (CHECK, lambda n: application() + lines(n, "  unknown@: 1")),
    "placeholders": (CHECK, lambda n: application("  arguments:\n" + lines(n, '  - "{{ .Values.a@ }}"'))),
    "placeholders of a broken file": (CHECK, lambda n: "{{ if x }}\n" * n),
    "unquoted placeholders": (CHECK, lambda n: application("  arguments:\n" + lines(n, "  - {{ .Values.a@ }}"))),
    "findings of validation": (CHECK, lambda n: application(driver=below("tolerations", n, "- {key: k@, operator: Wrong}"))),
    "findings in full": (["check", "{}"], lambda n: application(driver=below("tolerations", n, "- {key: k@, operator: Wrong}"))),
    "duplicate keys": (CHECK, lambda n: application() + "  x: {}\n" * n),
    "applications": (RENDER, lambda n: "---\n".join(application(name=f"pi{i}") for i in range(n // 10))),
    "one application many times": (RENDER, lambda n: "---\n".join(application() for _ in range(n // 10))),
    "objects": (RENDER, lambda n: lines(n, "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c@, namespace: jobs}")),
    "items of a List": (
        RENDER,
        lambda n: "apiVersion: v1\nkind: List\nitems:\n" + lines(n, "- {apiVersion: v1, kind: ConfigMap, metadata: {name: c@, namespace: jobs}}"),
    ),
    "aliases": (RENDER, lambda n: config_map("  a: &a x\n" + lines(n, "  b@: *a"))),
    "merge keys": (RENDER, lambda n: "m: &m {a: x}\nx:\n" + "- <<: *m\n" * n),
    "lines of a template": (["render", "{}"], lambda n: "{% for i in range(3) %}{% endfor %}\n" + config_map(lines(n, "  a@: {{ 1 }}"))),
    # What is looked for in texts, so that secrets are not shown.
    "diff: options of a command": (DIFF, lambda n: diffed(config_map("  a: '" + "".join(f"-p old{i} --password old{i} " for i in range(n)) + "'\n"))),
    "diff: assignments": (DIFF, lambda n: diffed(config_map("  a: '" + "".join(f"password=old{i} " for i in range(n)) + "'\n"))),
    "diff: addresses": (DIFF, lambda n: diffed(config_map("  a: '" + "".join(f"http://u{i}:old{i}@h/ " for i in range(n)) + "'\n"))),
    "diff: colons": (DIFF, lambda n: diffed(config_map("  a: '" + "http://" * n + "old'\n"))),
    "diff: fields in a text": (DIFF, lambda n: diffed(config_map("  a: '" + "".join(f'{{"name": "password", "value": "old{i}"}}, ' for i in range(n)) + "'\n"))),
    "diff: open braces": (DIFF, lambda n: diffed(config_map("  a: '" + '{"password":' * n + "old'\n"))),
    "diff: quotes": (DIFF, lambda n: diffed(config_map("  a: '" + 'password="' * n + "old'\n"))),
    "diff: lines": (DIFF, lambda n: diffed(config_map("  a: |\n" + lines(n, "    key@: old@")))),
    "diff: pairs": (DIFF, lambda n: diffed(application("  arguments:\n" + lines(n, "  - {value: old@, name: password}")))),
    "diff: keys": (DIFF, lambda n: diffed(config_map(lines(n, "  k@: old@")))),
    "diff: objects": (DIFF, lambda n: diffed(lines(n, "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c@}\ndata: {a: old}"))),
    "diff: moved items": (
        DIFF,
        lambda n: (
            application("  arguments:\n" + lines(n, "  - a@")),
            application("  arguments:\n" + "".join(f"  - a{i}\n" for i in reversed(range(n)))),
        ),
    ),
    "diff: environment": (DIFF, lambda n: diffed(application(driver=below("env", n, "- {name: V@, value: old}")))),
    "message: secrets of a template": (
        ["render", "{}", "--set", "password=abcdef12"],
        lambda n: "a: {{ nope }}\n" + "# password=abcdef12 -p x\n" * n,
    ),
    "explain": (["explain", "{}", "V1"], lambda n: application(driver=below("env", n, "- {name: V@, value: x}"))),
    "webhook loss": (["check", "{}", "--webhook-loss"], lambda n: application(driver=below("env", n, "- {name: V@, value: x}"))),
    "rewritten for the operator": (
        [*RENDER, "--target", "sparkapplication"],
        lambda n: application(driver=below("env", n, "- {name: V@, value: x}") + below("configMaps", n, "- {name: c@, path: /c@}")),
    ),
    "job": ([*RENDER, "--target", "job"], lambda n: application(driver=below("env", n, "- {name: V@, value: x}"))),
}


def limited():
    for kind, most in ((resource.RLIMIT_CPU, 60), (resource.RLIMIT_AS, 8 << 30)):
        hard = resource.getrlimit(kind)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (most, most))


def seconds(command, folder):
    """Processor time of a run, whatever it ends with; none if a minute of it is not enough."""
    with open(os.devnull, "wb") as nothing:
        # A limit that cannot be set is an exception here, and not a short run.
        run = subprocess.Popen(command, cwd=folder, stdout=nothing, stderr=nothing, preexec_fn=limited)
    _, status, usage = os.wait4(run.pid, 0)
    run.returncode = 0
    if os.WIFSIGNALED(status) or os.WEXITSTATUS(status) > 1:
        return None
    return usage.ru_utime + usage.ru_stime


def measured(binary, name, length, folder):
    arguments, make = LISTS[name]
    made = make(length)
    suffix = "yaml.j2" if name in ("lines of a template", "message: secrets of a template") else "yaml"
    files = [f"one.{suffix}", f"other.{suffix}"]
    for file, text in zip(files, made if isinstance(made, tuple) else (made,)):
        Path(folder, file).write_text(text, encoding="utf-8")
    words = [word.replace("{}", files[0]).replace("{other}", files[1]) for word in arguments]
    if words[0] != "diff":
        words += ["--kube-version", "1.34"]
    times = [seconds([binary, *words], folder) for _ in range(3)]
    return None if None in times else min(times)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    default = Path(__file__).resolve().parent.parent / "target/release/spark-render"
    parser.add_argument("binary", nargs="?", default=str(default))
    parser.add_argument("-k", metavar="WORD", default="", help="only lists whose name has WORD")
    parser.add_argument("-n", metavar="LENGTH", type=int, default=5000, help="the shortest length")
    args = parser.parse_args()
    binary = str(Path(args.binary).resolve())
    failed = 0
    for name in (name for name in LISTS if args.k in name):
        with tempfile.TemporaryDirectory() as folder:
            times = [measured(binary, name, args.n << double, folder) for double in range(3)]
        growth = [
            None if None in pair else pair[1] / pair[0]
            for pair in zip(times, times[1:])
        ]
        slow = any(one is None or one > MOST and times[place + 1] > FLOOR for place, one in enumerate(growth))
        failed += slow
        shown = " ".join("  stopped" if time is None else f"{time:8.2f}s" for time in times)
        print(f"{name:36} {shown}  {' '.join('-' if one is None else f'{one:.2f}' for one in growth)}{'  GROWS' if slow else ''}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
