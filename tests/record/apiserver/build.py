#!/usr/bin/env python3
"""Builds the servers of one Kubernetes release from Go modules, once, and prints the folder that holds them.

    build.py VERSION [--bins kube-apiserver,kube-controller-manager] [--jobs N]     1.37.1, 1.20.15, ...
    build.py etcd [--version 3.6.8]                                                 an etcd, as servers from 1.34 on want it

Cached in $SPARK_RENDER_ORACLES/kubernetes (~/.cache/spark-render/kubernetes). The go.mod of k8s.io/kubernetes replaces its
staging repositories by folders that a module does not hold; here they are pinned to v0.MINOR.PATCH, and its other replace
lines are kept. Sources before 1.24 need newer golang.org/x/... for today's Go.
"""
import argparse
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
CACHE = os.path.join(os.environ.get("SPARK_RENDER_ORACLES") or os.path.expanduser("~/.cache/spark-render"), "kubernetes")
ENV = dict(os.environ, GOFLAGS="-mod=mod -buildvcs=false", GOWORK="off")
# reflect2 1.0.1 and x/sys before 2022 do not work from Go 1.18 on.
NEWER_FOR_OLD_SOURCES = {
    "golang.org/x/sys": "v0.20.0",
    "golang.org/x/net": "v0.25.0",
    "golang.org/x/crypto": "v0.23.0",
    "golang.org/x/text": "v0.15.0",
    "golang.org/x/term": "v0.20.0",
    "golang.org/x/tools": "v0.21.0",
    "golang.org/x/mod": "v0.17.0",
    "golang.org/x/sync": "v0.7.0",
    "github.com/modern-go/reflect2": "v1.0.2",
    "github.com/json-iterator/go": "v1.1.12",
}
OPENAPI = "pkg/generated/openapi/zz_generated.openapi.go"


def go(*args, cwd="/", capture=True):
    done = subprocess.run(["go", *args], cwd=cwd, env=ENV, text=True, stdout=subprocess.PIPE if capture else sys.stderr)
    if done.returncode:
        sys.exit("build.py: go %s ended with %d" % (" ".join(args), done.returncode))
    return done.stdout


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def etcd(version):
    out = os.path.join(CACHE, "etcd-" + version)
    program = os.path.join(out, "etcd")
    if not os.path.exists(program):
        source = os.path.join(out, "source")
        write(os.path.join(source, "main.go"), 'package main\n\nimport (\n\t"os"\n\n\t"go.etcd.io/etcd/server/v3/etcdmain"\n)\n\n'
              "func main() { etcdmain.Main(os.Args) }\n")
        write(os.path.join(source, "go.mod"), "module local/etcd\n\ngo 1.24\n\nrequire go.etcd.io/etcd/server/v3 v%s\n" % version)
        go("build", "-p", "2", "-ldflags", "-s -w", "-o", program, ".", cwd=source, capture=False)
    return out


def module(version, bins, source, info):
    """A module of our own that requires k8s.io/kubernetes, as its own go.mod would have it."""
    minor, patch = version.split(".")[1:]
    given = json.loads(go("mod", "edit", "-json", info["GoMod"]))
    newer = NEWER_FOR_OLD_SOURCES if int(minor) < 24 else {}
    lines, replaced = ["module local/kube" + minor, "", "go " + given["Go"], "", "require k8s.io/kubernetes v" + version, "", "replace ("], set()
    for row in given.get("Replace") or []:
        path, new = row["Old"]["Path"], row["New"]
        replaced.add(path)
        if new["Path"].startswith("./"):
            lines.append("\t%s => %s v0.%s.%s" % (path, path, minor, patch))
        elif path in newer:
            lines.append("\t%s => %s %s" % (path, path, newer[path]))
        else:
            lines.append("\t%s => %s %s" % (path, new["Path"], new.get("Version", "")))
    lines += ["\t%s => %s %s" % (path, path, new) for path, new in newer.items() if path not in replaced]
    write(os.path.join(source, "go.mod"), "\n".join(lines + [")", ""]))
    imports = "".join('\t_ "k8s.io/kubernetes/cmd/%s/app"\n' % b for b in bins)
    write(os.path.join(source, "tools.go"), "package tools\n\nimport (\n%s)\n" % imports)
    if not os.path.exists(os.path.join(source, "go.sum")):
        write(os.path.join(source, "go.sum"), read(os.path.join(info["Dir"], "go.sum")))


def with_openapi(version, source, info):
    """Releases before 1.23 are published without their OpenAPI definitions."""
    if os.path.exists(os.path.join(info["Dir"], OPENAPI)):
        return
    if not os.path.exists(os.path.join(source, "kubernetes", OPENAPI)):
        subprocess.run([sys.executable, os.path.join(HERE, "openapi.py"), source], check=True, stdout=sys.stderr)
    path = os.path.join(source, "go.mod")
    if "k8s.io/kubernetes => ./kubernetes" not in read(path):
        write(path, read(path).replace("replace (\n", "replace (\n\tk8s.io/kubernetes => ./kubernetes\n", 1))


def kubernetes(version, bins, jobs):
    out = os.path.join(CACHE, version)
    missing = [b for b in bins if not os.path.exists(os.path.join(out, b))]
    if not missing:
        return out
    source = os.path.join(out, "source")
    info = json.loads(go("mod", "download", "-json", "k8s.io/kubernetes@v" + version))
    module(version, bins, source, info)
    with_openapi(version, source, info)
    major, minor, _ = version.split(".")
    stamped = {"gitVersion": "v" + version, "gitMajor": major, "gitMinor": minor, "gitCommit": "0" * 40, "gitTreeState": "clean",
               "buildDate": "2024-01-01T00:00:00Z"}
    packages = ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")
    flags = " ".join("-X %s.%s=%s" % (p, k, v) for p in packages for k, v in stamped.items())
    for b in missing:
        go("build", "-p", str(jobs), "-tags", "providerless,dockerless", "-ldflags", "-s -w -checklinkname=0 " + flags,
           "-o", os.path.join(out, b), "k8s.io/kubernetes/cmd/" + b, cwd=source, capture=False)
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what")
    parser.add_argument("--bins", default="kube-apiserver")
    parser.add_argument("--version", default="3.6.8")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    print(etcd(options.version) if options.what == "etcd" else kubernetes(options.what.lstrip("v"), options.bins.split(","), options.jobs))


if __name__ == "__main__":
    main()
