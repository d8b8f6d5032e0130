"""Serves TLS with a certificate Secret and calls it as a client would: python certs_handshake.py DNS-NAME < secret.json

Needs the standard library only. Ends with 0 if the name is accepted and another one refused."""

import base64
import json
import os
import socket
import ssl
import sys
import tempfile
import threading


def main() -> None:
    dns_name = sys.argv[1]
    data = {key: base64.b64decode(value) for key, value in json.load(sys.stdin)["data"].items()}
    with tempfile.TemporaryDirectory() as folder:
        for key, value in data.items():
            with open(os.open(os.path.join(folder, key), os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
                file.write(value)
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.load_cert_chain(os.path.join(folder, "server-cert.pem"), os.path.join(folder, "server-key.pem"))
        client = ssl.create_default_context(cafile=os.path.join(folder, "ca-cert.pem"))
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            client.minimum_version = client.maximum_version = version
            handshake(server, client, dns_name)
        try:
            handshake(server, client, "other." + dns_name)
        except ssl.SSLCertVerificationError:
            return
        sys.exit("another name was accepted")


def handshake(server: ssl.SSLContext, client: ssl.SSLContext, dns_name: str) -> None:
    ours, theirs = socket.socketpair()

    def serve() -> None:
        try:
            with server.wrap_socket(theirs, server_side=True) as connection:
                connection.sendall(connection.recv(4))
        except (ssl.SSLError, OSError):
            theirs.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        with client.wrap_socket(ours, server_hostname=dns_name) as connection:
            connection.sendall(b"ping")
            assert connection.recv(4) == b"ping"
    finally:
        ours.close()
        thread.join()


main()
