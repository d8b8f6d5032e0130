#!/usr/bin/env python3
"""Starts etcd and a kube-apiserver (with --kcm, kube-controller-manager too) on loopback, and ends them on SIGTERM.

    serve.py BINS WORK [--kcm] [--port N] [--etcd PROGRAM] [--apiserver-arg ARG]...

BINS is a folder that build.py printed. Printed, a line each, once the server is ready: the path of a kubeconfig
(`admin-token`, system:masters) and the server's version. RBAC is the authorizer. WORK has keys, logs and the database.
"""
import argparse
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.request

NAMES = "IP:127.0.0.1,IP:10.0.0.1,DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc"
SECONDS_TO_START = 180
ADDRESSES, DUAL_STACK = "10.0.0.0/16,fd00:10::/112", 21


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Cluster:
    def __init__(self, options):
        self.options, self.work, self.processes = options, os.path.abspath(options.work), []
        os.makedirs(self.work, exist_ok=True)
        self.port = options.port or free_port()
        self.url = "https://127.0.0.1:%d" % self.port

    def write(self, name, text):
        path = os.path.join(self.work, name)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        return path

    def openssl(self, *args):
        subprocess.run(["openssl", *args], check=True, cwd=self.work, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def keys(self):
        if os.path.exists(os.path.join(self.work, "ca.crt")):
            return
        self.write("names.cnf", "subjectAltName=%s\n" % NAMES)
        new_key = ("-newkey", "rsa:2048", "-nodes", "-keyout")
        self.openssl("req", "-x509", *new_key, "ca.key", "-out", "ca.crt", "-subj", "/CN=test-ca", "-days", "3650")
        self.openssl("req", *new_key, "server.key", "-out", "server.csr", "-subj", "/CN=kube-apiserver")
        self.openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial",
                     "-out", "server.crt", "-days", "3650", "-extfile", "names.cnf")
        self.openssl("genrsa", "-out", "sa.key", "2048")

    def kubeconfig(self):
        self.write("tokens.csv", 'admin-token,admin,admin-uid,"system:masters"\n')
        return self.write("kubeconfig", json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "t",
            "clusters": [{"name": "t", "cluster": {"server": self.url, "certificate-authority": os.path.join(self.work, "ca.crt")}}],
            "users": [{"name": "admin", "user": {"token": "admin-token"}}],
            "contexts": [{"name": "t", "context": {"cluster": "t", "user": "admin"}}]}))

    def run(self, name, program, **flags):
        args = [program]
        for flag, value in flags.items():
            args += ["--%s=%s" % (flag.replace("_", "-"), value)]
        args += self.options.apiserver_arg if name == "kube-apiserver" else []
        with open(os.path.join(self.work, name + ".log"), "w") as log:
            process = subprocess.Popen(args, cwd=self.work, stdout=log, stderr=log, start_new_session=True)
        self.processes.append(process)
        return process

    def minor(self):
        program = os.path.join(self.options.bins, "kube-apiserver")
        return int(subprocess.run([program, "--version"], check=True, capture_output=True, text=True).stdout.split(".")[1])

    def start(self):
        self.keys()
        kubeconfig = self.kubeconfig()
        database, peers = "http://127.0.0.1:%d" % free_port(), "http://127.0.0.1:%d" % free_port()
        self.run("etcd", self.options.etcd, data_dir=os.path.join(self.work, "etcd"), listen_client_urls=database,
                 advertise_client_urls=database, listen_peer_urls=peers, initial_advertise_peer_urls=peers,
                 initial_cluster="default=" + peers, unsafe_no_fsync="true")
        bins = os.path.abspath(self.options.bins)
        self.api = self.run(
            "kube-apiserver", os.path.join(bins, "kube-apiserver"), etcd_servers=database, secure_port=self.port,
            bind_address="127.0.0.1", advertise_address="127.0.0.1", endpoint_reconciler_type="none", tls_cert_file="server.crt",
            tls_private_key_file="server.key", client_ca_file="ca.crt", token_auth_file="tokens.csv", authorization_mode="RBAC",
            service_cluster_ip_range=ADDRESSES if self.minor() >= DUAL_STACK else ADDRESSES.split(",")[0],
            service_account_issuer="https://kubernetes.default.svc.cluster.local",
            service_account_key_file="sa.key", service_account_signing_key_file="sa.key", allow_privileged="true", cert_dir=self.work)
        self.wait_until_ready()
        if self.options.kcm:
            self.run("kube-controller-manager", os.path.join(bins, "kube-controller-manager"), kubeconfig=kubeconfig,
                     service_account_private_key_file="sa.key", root_ca_file="ca.crt", use_service_account_credentials="false",
                     leader_elect="false", bind_address="127.0.0.1", secure_port=free_port(), cert_dir=self.work)
        print(kubeconfig, flush=True)
        print(json.loads(self.get("/version"))["gitVersion"], flush=True)

    def get(self, path):
        request = urllib.request.Request(self.url + path, headers={"Authorization": "Bearer admin-token"})
        context = ssl.create_default_context(cafile=os.path.join(self.work, "ca.crt"))
        return urllib.request.urlopen(request, context=context, timeout=5).read().decode()

    def wait_until_ready(self):
        for _ in range(2 * SECONDS_TO_START):
            if self.api.poll() is not None:
                break
            try:
                if self.get("/readyz") == "ok":
                    return
            except OSError:
                pass
            time.sleep(0.5)
        self.stop()
        with open(os.path.join(self.work, "kube-apiserver.log"), errors="replace") as f:
            sys.exit("serve.py: kube-apiserver does not start:\n" + f.read()[-3000:])

    def stop(self, *_):
        for process in reversed(self.processes):
            if process.poll() is None:
                process.terminate()
        for process in self.processes:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bins")
    parser.add_argument("work")
    parser.add_argument("--kcm", action="store_true")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--etcd", default="etcd")
    parser.add_argument("--apiserver-arg", action="append", default=[])
    options = parser.parse_args()
    if os.sep in options.etcd:
        options.etcd = os.path.abspath(options.etcd)
    cluster = Cluster(options)

    def end(*_):
        cluster.stop()
        sys.exit(0)

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    cluster.start()
    cluster.api.wait()
    cluster.stop()


if __name__ == "__main__":
    main()
