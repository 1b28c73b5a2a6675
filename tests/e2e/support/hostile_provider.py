#!/usr/bin/env python3
"""Listeners that a provider should never be, on loopback: `hostile_provider.py FOLDER` prints one JSON object, name ->
URL, and serves until its input ends. FOLDER gets the certificates; `ca.pem` is the authority that signed them.

plain     an honest answer                  big       100 MB, with its length
endless   a byte now and then, for ever     flood     chunks without an end
redirect  302 to 169.254.169.254            silent    takes the request and says nothing
good      TLS by ca.pem                     selfsigned, wronghost, expired   TLS that must be refused
old       TLS 1.0 only
"""

import json
import socket
import ssl
import subprocess
import sys
import threading
import time
from pathlib import Path

HONEST = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}'


def honest(peer):
    peer.sendall(HONEST)


def big(peer):
    peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n")
    for _ in range(1000):
        peer.sendall(b"x" * 100_000)


def endless(peer):
    peer.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        peer.sendall(b" ")
        time.sleep(0.02)


def flood(peer):
    peer.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        peer.sendall(b"10000\r\n" + b"x" * 65_536 + b"\r\n")


def redirect(peer):
    peer.sendall(b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest/meta-data\r\nContent-Length: 0\r\n\r\n")


def silent(peer):
    peer.recv(1)


def openssl(folder: Path, *words: str):
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


def make_certificate(folder: Path, name: str, names: str, ending: str = "", issuer: str = "ca"):
    """NAME.pem with its key, for `names`, by the authority or by itself. `ending`: YYYYMMDDHHMMSSZ."""
    openssl(folder, "req", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
    (folder / f"{name}.ext").write_text(f"subjectAltName={names}\n")
    if issuer != "ca":
        openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-signkey", f"{name}.key", "-days", "30", "-out", f"{name}.crt", "-extfile", f"{name}.ext")
    else:
        folder.joinpath("index").mkdir(exist_ok=True)
        (folder / "ca.conf").write_text(
            "[ca]\ndefault_ca=main\n[main]\ndatabase=index/db\nserial=index/serial\nnew_certs_dir=index\ndefault_md=sha256\n"
            "policy=any\ncertificate=ca.pem\nprivate_key=ca.key\nunique_subject=no\n[any]\ncommonName=supplied\n")
        (folder / "index/db").touch()
        if not (folder / "index/serial").exists():
            (folder / "index/serial").write_text("1000\n")
        life = ["-startdate", "20200101000000Z", "-enddate", ending] if ending else ["-days", "30"]
        openssl(folder, "ca", "-batch", "-config", "ca.conf", "-in", f"{name}.csr", "-out", f"{name}.crt", "-extfile", f"{name}.ext", "-notext", *life)
    (folder / f"{name}.pem").write_bytes((folder / f"{name}.crt").read_bytes() + (folder / f"{name}.key").read_bytes())


def make_certificates(folder: Path):
    openssl(folder, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-days", "30", "-subj", "/CN=tests")
    make_certificate(folder, "good", "IP:127.0.0.1")
    make_certificate(folder, "wronghost", "DNS:other.example,IP:127.0.0.2")
    make_certificate(folder, "expired", "IP:127.0.0.1", ending="20200201000000Z")
    make_certificate(folder, "selfsigned", "IP:127.0.0.1", issuer="self")


def tls(folder: Path, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / ("good.pem" if name == "old" else f"{name}.pem"))
    if name == "old":
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1
    return context


def handle(peer, behaviour, context):
    try:
        peer.settimeout(30)
        if context:
            peer = context.wrap_socket(peer, server_side=True)
        peer.recv(65_536)
        behaviour(peer)
    except (OSError, ValueError):
        pass
    finally:
        peer.close()


def listen(behaviour, context=None) -> str:
    server = socket.create_server(("127.0.0.1", 0))

    def accept():
        while True:
            peer, _ = server.accept()
            threading.Thread(target=handle, args=(peer, behaviour, context), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return f"{'https' if context else 'http'}://127.0.0.1:{server.getsockname()[1]}/"


def main():
    folder = Path(sys.argv[1])
    make_certificates(folder)
    urls = {"plain": listen(honest)}
    for behaviour in (big, endless, flood, redirect, silent):
        urls[behaviour.__name__] = listen(behaviour)
    for name in ("good", "selfsigned", "wronghost", "expired", "old"):
        urls[name] = listen(honest, tls(folder, name))
    print(json.dumps(urls), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
