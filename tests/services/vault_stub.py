#!/usr/bin/env python3
"""What of Vault's HTTP API the server uses, faithfully: KV version 2 under secret/ with its versions, tokens with a life, renew-self,
lookup-self, seal. There is no package of Vault. `vault_stub.py FOLDER [PORT]` serves HTTPS with a certificate of its
own authority (FOLDER/ca.pem), prints its address as one line, and ends with its input, or on SIGTERM.

The root token is root-token. Tokens are made as with Vault (POST auth/token/create, ttl "2s", renewable, and
policies), and a policy is here the list of paths below secret/data/ that may be read.
"""

import json
import secrets
import ssl
import subprocess
import sys
import threading
import time
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit


def openssl(folder: Path, *words: str):
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


def make_certificate(folder: Path):
    openssl(folder, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-days", "30", "-subj", "/CN=vault tests")
    openssl(folder, "req", "-newkey", "rsa:2048", "-nodes", "-keyout", "vault.key", "-out", "vault.csr", "-subj", "/CN=vault")
    (folder / "vault.ext").write_text("subjectAltName=IP:127.0.0.1\n")
    openssl(folder, "x509", "-req", "-in", "vault.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "30", "-out", "vault.pem", "-extfile", "vault.ext")


def seconds_of(text) -> float:
    return float(str(text).removesuffix("s"))


class Vault:
    def __init__(self):
        self.lock = threading.Lock()
        self.sealed = False
        self.tokens = {"root-token": {"ttl": 0, "ends": None, "renewable": False, "policies": ["root"]}}
        self.secrets: dict[str, list[dict]] = {}  # the versions: data (None when deleted) and created_time

    def token(self, shown: str | None) -> dict | None:
        token = self.tokens.get(shown or "")
        if token and token["ends"] is not None and time.monotonic() >= token["ends"]:
            del self.tokens[shown]
            return None
        return token

    def may(self, token: dict, path: str) -> bool:
        return "root" in token["policies"] or path in token["policies"]

    def answer(self, method: str, path: str, shown: str | None, body: dict, version: int = 0) -> tuple[int, dict]:
        with self.lock:
            if path == "sys/seal" and method == "POST":
                self.sealed = True
                return 204, {}
            if path == "sys/unseal" and method == "POST":
                self.sealed = False
                return 200, {"sealed": False}
            if self.sealed:
                return 503, {"errors": ["Vault is sealed"]}
            token = self.token(shown)
            if token is None:
                return 403, {"errors": ["2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n"]}
            if path.startswith("auth/token/"):
                return self.token_call(method, path.removeprefix("auth/token/"), shown, token, body)
            if path.startswith("secret/data/"):
                return self.kv(method, path.removeprefix("secret/data/"), token, body, version)
            return 404, {"errors": [f'no handler for route "{path}". route entry not found.']}

    def auth(self, name: str, token: dict) -> dict:
        return {"request_id": secrets.token_hex(16), "lease_id": "", "renewable": False, "lease_duration": 0, "data": None, "wrap_info": None, "warnings": None,
                "auth": {"client_token": name, "accessor": secrets.token_hex(8), "policies": token["policies"], "token_policies": token["policies"], "metadata": None,
                         "lease_duration": int(token["ttl"]), "renewable": token["renewable"], "entity_id": "", "token_type": "service", "orphan": False}}

    def token_call(self, method: str, call: str, shown: str, token: dict, body: dict) -> tuple[int, dict]:
        if call == "create" and method == "POST":
            if "root" not in token["policies"]:
                return 403, {"errors": ["1 error occurred:\n\t* permission denied\n\n"]}
            name, ttl = "hvs." + secrets.token_hex(12), seconds_of(body.get("ttl", "2764800s"))
            made = {"ttl": ttl, "ends": time.monotonic() + ttl, "renewable": body.get("renewable", True), "policies": body.get("policies", ["default"])}
            self.tokens[name] = made
            return 200, self.auth(name, made)
        if call == "renew-self" and method == "POST":
            if not token["renewable"]:
                return 400, {"errors": ["lease is not renewable"]}
            token["ends"] = time.monotonic() + token["ttl"]
            token["renewals"] = token.get("renewals", 0) + 1
            return 200, self.auth(shown, token)
        if call == "lookup-self" and method == "GET":
            ttl = 0 if token["ends"] is None else int(token["ends"] - time.monotonic())
            return 200, {"data": {"id": shown, "ttl": ttl, "renewable": token["renewable"], "policies": token["policies"], "renewals": token.get("renewals", 0)}}
        return 405, {"errors": ["unsupported operation"]}

    def kv(self, method: str, path: str, token: dict, body: dict, version: int) -> tuple[int, dict]:
        if not self.may(token, path):
            return 403, {"errors": ["1 error occurred:\n\t* permission denied\n\n"]}
        versions = self.secrets.setdefault(path, [])
        if method in ("POST", "PUT"):
            created = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f") + "000Z"
            versions.append({"data": body["data"], "created_time": created})
            return 200, {"data": self.metadata(versions, len(versions))}
        if method == "DELETE":
            if versions:
                versions[-1]["data"] = None
            return 204, {}
        version = version or len(versions)
        if not 0 < version <= len(versions):
            return 404, {"errors": []}
        data = versions[version - 1]["data"]
        status = 404 if data is None else 200
        return status, {"request_id": secrets.token_hex(16), "lease_id": "", "renewable": False, "lease_duration": 0, "wrap_info": None, "warnings": None, "auth": None,
                        "data": {"data": data, "metadata": self.metadata(versions, version)}}

    @staticmethod
    def metadata(versions: list, version: int) -> dict:
        one = versions[version - 1]
        deleted = one["created_time"] if one["data"] is None else ""
        return {"created_time": one["created_time"], "custom_metadata": None, "deletion_time": deleted, "destroyed": False, "version": version}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    vault = Vault()

    def serve(self):
        length = int(self.headers.get("Content-Length") or 0)
        try:
            body = json.loads(self.rfile.read(length) or b"{}")
        except ValueError:
            return self.say(400, {"errors": ["failed to parse JSON input"]})
        path, query = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
        if not path.startswith("/v1/"):
            return self.say(404, {"errors": []})
        return self.say(*self.vault.answer(self.command, path.removeprefix("/v1/"), self.headers.get("X-Vault-Token"), body, int(query.get("version", ["0"])[0])))

    do_GET = do_POST = do_PUT = do_DELETE = serve

    def say(self, status: int, body: dict):
        text = b"" if status == 204 else json.dumps(body).encode() + b"\n"
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """Who does not trust the certificate hangs up."""


def main():
    folder, port = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
    if not (folder / "vault.pem").exists():
        make_certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "vault.pem", folder / "vault.key")
    server = Server(("127.0.0.1", port), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    print(f"https://127.0.0.1:{server.server_address[1]}", flush=True)
    if len(sys.argv) > 2:
        server.serve_forever()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()


if __name__ == "__main__":
    main()
