"""Vault for tests: the stub of its HTTP API over TLS, and what an operator does there."""

import json
import signal
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

STUB = Path(__file__).resolve().parent.parent.parent / "services/vault_stub.py"
ROOT_TOKEN = "root-token"
SECRET = "xzepr/jwt"


class Vault:
    """Keeps what it holds while it is `away`: the process stands still and its port answers nothing."""

    def __init__(self, folder: Path):
        self.process = subprocess.Popen([sys.executable, str(STUB), str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.address = self.process.stdout.readline().strip()
        self.ca_file = folder / "ca.pem"
        self.context = ssl.create_default_context(cafile=str(self.ca_file))

    def call(self, method: str, path: str, body: dict | None = None, token: str = ROOT_TOKEN) -> dict:
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(f"{self.address}/v1/{path}", data, {"X-Vault-Token": token}, method=method)
        with urllib.request.urlopen(request, timeout=30, context=self.context) as answer:
            text = answer.read()
        return json.loads(text) if text else {}

    def put(self, **fields: str):
        self.call("POST", f"secret/data/{SECRET}", {"data": fields})

    def make_token(self, *paths: str, ttl: str = "3600s") -> str:
        return self.call("POST", "auth/token/create", {"ttl": ttl, "policies": list(paths)})["auth"]["client_token"]

    def token_state(self, token: str) -> dict:
        return self.call("GET", "auth/token/lookup-self", token=token)["data"]

    def go_away(self):
        self.process.send_signal(signal.SIGSTOP)

    def come_back(self):
        self.process.send_signal(signal.SIGCONT)

    def end(self):
        self.process.send_signal(signal.SIGCONT)
        self.process.stdin.close()
        self.process.wait(30)


def new_key(algorithm: str = "ED25519") -> str:
    made = subprocess.run(["openssl", "genpkey", "-algorithm", algorithm], capture_output=True, text=True, check=True)
    return made.stdout


def settings(vault: Vault, token: str, **more) -> str:
    """The section of the configuration."""
    keys = {"address": vault.address, "token": token, "ca_file": str(vault.ca_file), "signing_key_path": SECRET, "timeout_ms": 2000, **more}
    return f"vault: {json.dumps({key: value for key, value in keys.items() if value is not None})}\n"
