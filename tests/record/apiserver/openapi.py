#!/usr/bin/env python3
"""Makes the OpenAPI definitions that k8s.io/kubernetes before 1.23 is published without, the way its Makefile does.

    openapi.py SOURCE      the module that build.py wrote: SOURCE/kubernetes becomes a copy with the generated file
"""
import os
import re
import shutil
import subprocess
import sys

SOURCE = os.path.abspath(sys.argv[1])
ENV = dict(os.environ, GOFLAGS="-mod=mod -buildvcs=false", GOWORK="off")
KUBERNETES = os.path.join(SOURCE, "kubernetes")
GENERATED = "k8s.io/kubernetes/pkg/generated/openapi"
LIBRARIES = re.compile(r"k8s\.io/(api|apiextensions-apiserver|apimachinery|apiserver|client-go|kube-aggregator|kubernetes|"
                       r"component-base|cloud-provider|kube-controller-manager|kube-proxy|kube-scheduler|kubelet|metrics)/")


def go(*args):
    return subprocess.run(["go", *args], check=True, text=True, cwd=SOURCE, env=ENV, stdout=subprocess.PIPE).stdout


def copy_of_the_module():
    if os.path.exists(KUBERNETES):
        return
    module = go("list", "-m", "-f", "{{.Dir}}", "k8s.io/kubernetes").strip()
    os.makedirs(KUBERNETES)
    for name in ("cmd", "pkg", "plugin", "third_party", "go.mod", "go.sum"):
        path = os.path.join(module, name)
        (shutil.copytree if os.path.isdir(path) else shutil.copy)(path, os.path.join(KUBERNETES, name))
    subprocess.run(["chmod", "-R", "u+w", KUBERNETES], check=True)


def marked(folder):
    """Whether a package asks for definitions."""
    for name in os.listdir(folder):
        if name.endswith(".go") and not name.endswith("_test.go"):
            with open(os.path.join(folder, name), errors="replace") as f:
                if "+k8s:openapi-gen=true" in f.read():
                    return True
    return False


def packages():
    """The packages with definitions, of those that the server is made of."""
    go("list", "-e", "-deps", "k8s.io/kubernetes/cmd/kube-apiserver")  # downloads what is needed
    found = set()
    for line in go("list", "-m", "-f", "{{.Path}} {{.Dir}}", "all").splitlines():
        path, _, folder = line.partition(" ")
        if not path.startswith("k8s.io/") or not folder or path == "k8s.io/code-generator":
            continue
        root = KUBERNETES if path == "k8s.io/kubernetes" else folder
        for directory, folders, _ in os.walk(root):
            folders[:] = [f for f in folders if f not in ("vendor", "staging", "test", "testdata", "_examples")]
            if marked(directory):
                found.add(path + directory[len(root):])
    built = set(go("list", "-e", "-deps", "-f", "{{if not .Error}}{{.ImportPath}}{{end}}", "k8s.io/kubernetes/cmd/kube-apiserver").split())
    return sorted(p for p in found if p in built and LIBRARIES.match(p) and "/example" not in p and "sample" not in p)


def gopath_of(inputs):
    """The generator is older than modules: it wants the sources in a GOPATH."""
    gopath = os.path.join(SOURCE, "gopath")
    shutil.rmtree(gopath, ignore_errors=True)
    for line in go("list", "-e", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}} {{.Dir}}{{end}}", *inputs).splitlines():
        path, _, folder = line.partition(" ")
        if not folder:
            continue
        target = os.path.join(gopath, "src", path)
        os.makedirs(target, exist_ok=True)
        for name in os.listdir(folder):
            if name.endswith(".go") and not name.endswith("_test.go"):
                shutil.copy(os.path.join(folder, name), target)
    return gopath


def main():
    copy_of_the_module()
    inputs = packages()
    gopath = gopath_of(inputs)
    generator = os.path.join(SOURCE, "openapi-gen")
    go("build", "-p", "2", "-ldflags=-checklinkname=0", "-o", generator, "k8s.io/kube-openapi/cmd/openapi-gen")
    header = os.path.join(SOURCE, "header.txt")
    with open(header, "w") as f:
        f.write("// generated\n")
    subprocess.run([generator, "--go-header-file", header, "--input-dirs", ",".join(inputs), "--output-base", os.path.join(SOURCE, "generated"),
                    "--output-package", GENERATED, "--output-file-base", "zz_generated.openapi", "--report-filename", os.path.join(SOURCE, "report.txt")],
                   check=True, cwd=gopath, env=dict(os.environ, GO111MODULE="off", GOPATH=gopath, GOFLAGS="", GODEBUG="gotypesalias=0"))
    shutil.copy(os.path.join(SOURCE, "generated", GENERATED, "zz_generated.openapi.go"), os.path.join(KUBERNETES, "pkg/generated/openapi"))
    print("%d packages have OpenAPI definitions" % len(inputs))


if __name__ == "__main__":
    main()
