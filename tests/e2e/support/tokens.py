"""Logins of a server under test: a signing key, users with passwords, tokens."""

import json
import shutil
from pathlib import Path

from support.api import Answer, Api

JSON = {"Content-Type": "application/json"}
PASSWORD = "correct horse battery"


def give_signing_key(server, key: Path | None = None) -> Path:
    """The server's configuration names a key file, made by the command for it or copied from `key`."""
    file = server.folder / "signing-key.pem"
    with open(server.config, "a") as config:
        config.write(f"jwt: {{keys: {{file: {json.dumps(str(file))}}}}}\n")
    if key:
        shutil.copy(key, file)
        file.chmod(0o600)
    else:
        rotate(server)
    return file


def rotate(server) -> str:
    return server.run("admin", "signing-key", "rotate", "--config", str(server.config), "-o", "tsv").stdout


def make_user(server, name: str, *roles: str, password: str | None = PASSWORD) -> str:
    body = {"username": name, "roles": list(roles), **({"password": password} if password else {})}
    return Api(server.port, server.admin_key).must(201, "POST", "/api/v1/users", body)["id"]


def try_login(server, name: str, password: str = PASSWORD, headers: dict | None = None) -> Answer:
    return Api(server.port).post("/api/v1/auth/login", {"username": name, "password": password}, headers=headers)


def login(server, name: str, password: str = PASSWORD) -> dict:
    answer = try_login(server, name, password)
    assert answer.status == 200, answer.text
    return answer.json


def refresh(server, tokens: dict) -> Answer:
    return Api(server.port).post("/api/v1/auth/refresh", {name: tokens[name] for name in ("access_token", "refresh_token")})


def ask(server, tokens: dict | str, method: str = "GET", path: str = "/api/v1/auth/me", body=None) -> Answer:
    token = tokens if isinstance(tokens, str) else tokens["access_token"]
    return Api(server.port).send(method, path, body, headers={"Authorization": f"Bearer {token}"})
