"""Keys and tokens as attackers use them: rows of sections A, B and D that need more than one case file."""

import base64
import hashlib
import json
import os
import re
import signal
import socket
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from server import psql
from support.api import Api
from support.listener import Listener
from support.tokens import ask, give_signing_key, login, make_user

CORPUS = Path(__file__).parent.parent / "jws"


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Attacker:
    """Who has a key of their own, and knows how tokens of ours look."""

    def __init__(self):
        self.file = CORPUS / "other.pem"
        modulus = self.openssl("rsa", "-in", self.file, "-noout", "-modulus").decode().split("=")[1].strip()
        numbers = {"e": "AQAB", "kty": "RSA", "n": base64url(bytes.fromhex(modulus))}
        self.kid = base64url(hashlib.sha256(json.dumps(numbers, separators=(",", ":")).encode()).digest())
        self.jwk = {**numbers, "kid": self.kid, "alg": "RS256", "use": "sig"}
        self.good_header, self.good_claims, _ = (CORPUS / "good.txt").read_text().split("\n")[0].split(".")

    @staticmethod
    def openssl(*words, text: bytes = b"") -> bytes:
        return subprocess.run(["openssl", *map(str, words)], input=text, capture_output=True, check=True).stdout

    def header(self) -> dict:
        return json.loads(base64.urlsafe_b64decode(self.good_header + "=="))

    def token(self, header: dict) -> str:
        text = base64url(json.dumps(header).encode()) + "." + self.good_claims
        return text + "." + base64url(self.openssl("dgst", "-sha256", "-sign", self.file, text=text.encode()))


class KeyServer:
    """Whoever connects is counted, and given the attacker's keys."""

    def __init__(self, key_set: dict):
        self.seen = 0
        body = json.dumps(key_set).encode()
        self.answer = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
        self.listener = Listener(self._serve)

    def _serve(self, connection: socket.socket):
        self.seen += 1
        connection.sendall(self.answer)

    def is_listening(self) -> bool:
        """Its count works: one connection of our own is seen."""
        before = self.seen
        with socket.create_connection(("127.0.0.1", self.listener.port)) as own:
            own.recv(1)
        return self.seen == before + 1


def test_A04_A05_a_token_that_names_its_key_makes_nobody_ask_for_it(make_server):
    server = make_server("sqlite")
    give_signing_key(server, CORPUS / "key.pem")
    server.start()
    attacker = Attacker()
    keys = KeyServer({"keys": [attacker.jwk]})
    assert keys.is_listening()
    url = f"http://127.0.0.1:{keys.listener.port}/keys"
    try:
        for kid in (attacker.header()["kid"], attacker.kid, url, None):
            for more in ({"jku": url}, {"x5u": url}, {"jwk": attacker.jwk}, {"jku": url, "jwk": attacker.jwk, "x5u": url}):
                header = {**attacker.header(), "kid": kid, **more}
                if kid is None:
                    del header["kid"]
                token = attacker.token(header)
                for path in ("/api/v1/auth/me", "/api/v1/events", "/health"):
                    assert Api(server.port).get(path, headers={"Authorization": f"Bearer {token}"}).status == 401, header
        assert keys.seen == 1
        assert keys.is_listening()
    finally:
        keys.listener.close()


def claims_of(token: str) -> dict:
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def test_B06_a_refresh_gives_no_more_than_the_session_had(make_server, store):
    server = make_server(store)
    give_signing_key(server)
    server.start()
    make_user(server, "ada", "event_viewer")
    tokens = login(server, "ada")
    pair = {name: tokens[name] for name in ("access_token", "refresh_token")}
    api = Api(server.port)
    for more in ({"scope": "admin"}, {"roles": ["admin"]}, {"permissions": ["user_manage"]}, {"username": "admin"}, {"grant_type": "refresh_token"}):
        refused = api.post("/api/v1/auth/refresh", {**pair, **more})
        assert refused.status == 400 and refused.json["violations"][0]["keyword"] == "unknown", refused.text
    assert api.post("/api/v1/auth/refresh?scope=admin", pair).status == 400
    # None of them used the token up, and the one that is taken gives the same rights.
    again = api.must(200, "POST", "/api/v1/auth/refresh", pair)
    before, after = claims_of(tokens["access_token"]), claims_of(again["access_token"])
    assert {name: before[name] for name in ("sub", "sid", "roles", "permissions")} == {name: after[name] for name in ("sub", "sid", "roles", "permissions")}
    assert ask(server, again, "GET", "/api/v1/users").status == 403


def test_B26_a_key_that_is_over_opens_neither_node(make_server, pg):
    first = make_server("postgres").start()
    second = make_server("sqlite")
    second.config.write_text(second.config.read_text().replace(f"sqlite:{second.database_file}", first.database_url))
    second.admin_key = first.admin_key
    second.start()
    admin = Api(first.port, first.admin_key)

    def status(key: str, path: str = "/api/v1/events") -> list[int]:
        return [Api(node.port, key).get(path).status for node in (first, second)]

    def gone_within_a_second(key: str):
        until = time.monotonic() + 1
        while time.monotonic() < until:
            if status(key) == [401, 401]:
                return
            time.sleep(0.02)
        raise AssertionError(f"a key that is over is taken after a second: {status(key)}")

    revoked = admin.must(201, "POST", "/api/v1/api-keys", {"name": "r"})
    assert status(revoked["key"]) == [200, 200]
    admin.must(204, "DELETE", f"/api/v1/api-keys/{revoked['id']}")
    gone_within_a_second(revoked["key"])

    expires = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3))
    expiring = admin.must(201, "POST", "/api/v1/api-keys", {"name": "e", "expires_at": expires})["key"]
    assert status(expiring) == [200, 200]
    time.sleep(max(0, 3.05 - (time.time() % 1)))
    gone_within_a_second(expiring)

    users = first.make_key("bob", "event_viewer")
    assert status(users) == [200, 200]
    assert status(users, "/api/v1/users") == [403, 403]  # out of its scope
    admin.must(200, "PATCH", "/api/v1/users/bob", {"enabled": False})
    gone_within_a_second(users)


def test_B28_many_requests_write_the_use_of_a_key_once_a_minute(make_server, is_long):
    """Over 130 s with --long; else that nothing is written in the first seconds."""
    server = make_server("sqlite").start()
    key = server.make_key("robot", "event_viewer")
    api, seen, asked = Api(server.port, key), set(), 0
    until = time.monotonic() + (130 if is_long else 3)
    while time.monotonic() < until:
        for _ in range(50):
            assert api.get("/api/v1/events?limit=1").status == 200
            asked += 1
        seen |= set(server.query("select last_used_at from api_keys where last_used_at is not null and user_id in (select id from users where username = 'robot')"))
    assert asked >= 100
    assert 1 <= len(seen) <= 3 if is_long else not seen, seen


def test_B29_many_keys_made_at_once_are_no_way_round_their_bound(make_server, store):
    server = make_server(store).start()
    server.make_key("ada", "user")
    admin = Api(server.port, server.admin_key)
    room = 7
    for _ in range(1_000 - 1 - room):  # one after another: nothing may be refused here
        made = admin.post("/api/v1/api-keys", {"name": "more", "username": "ada"})
        assert made.status == 201, made.text
    gate = threading.Barrier(50)

    def one(_):
        gate.wait()
        return [make_key_of_ada(server) for _ in range(2)]

    with ThreadPoolExecutor(50) as pool:
        statuses = sum(pool.map(one, range(50)), [])
    # 503: so many changes at once that one gave up; it may try again.
    assert set(statuses) <= {201, 409, 503} and statuses.count(201) <= room
    while make_key_of_ada(server) == 201:
        pass
    refused = admin.post("/api/v1/api-keys", {"name": "more", "username": "ada"})
    assert refused.status == 409 and refused.json["code"] == "api_keys_too_many"
    keys = list(admin.every("/api/v1/api-keys?username=ada"))
    assert len(keys) == 1_000
    admin.must(204, "DELETE", f"/api/v1/api-keys/{keys[0]['id']}")
    assert make_key_of_ada(server) == 201


def make_key_of_ada(server) -> int:
    return Api(server.port, server.admin_key).post("/api/v1/api-keys", {"name": "more", "username": "ada"}).status


@pytest.fixture
def stopped_database(pg):
    """stop(server): every session of the server's database stands still, and no new one begins; all go on at the end."""
    held: list[int] = []
    names: list[str] = []

    def stop(server):
        names.append(urlsplit(server.database_url).path[1:])
        psql(pg, f"alter database {names[0]} allow_connections false")
        held.extend(int(pid) for pid in psql(pg, f"select pid from pg_stat_activity where datname = '{names[0]}'").split())
        assert held
        for pid in held:
            os.kill(pid, signal.SIGSTOP)

    def go_on():
        for pid in held:
            os.kill(pid, signal.SIGCONT)
        held.clear()
        psql(pg, f"alter database {names[0]} allow_connections true")

    stop.go_on = go_on
    yield stop
    go_on()


def test_D13_D14_while_nobody_can_say_who_may_nobody_may(make_server, stopped_database):
    """What says who may is the database: while it hangs, requests with credentials that are not known yet are refused, and in time."""
    server = make_server("postgres")
    server.config.write_text(server.config.read_text().replace("server:\n", "server:\n  request_timeout_seconds: 1\n"))
    server.start()
    unknown = server.make_key("bob", "admin")
    stopped_database(server)
    for method, path, body in (("GET", "/api/v1/users", None), ("DELETE", "/api/v1/receivers/x", None), ("POST", "/api/v1/users", {"username": "eve", "roles": ["admin"]})):
        began = time.monotonic()
        answer = Api(server.port, unknown).send(method, path, body)
        assert answer.status in (503, 504) and "data" not in answer.json, answer.text
        assert time.monotonic() - began < 3
    stopped_database.go_on()
    until = time.monotonic() + 30
    while (answer := Api(server.port, unknown).get("/api/v1/users")).status != 200:
        assert time.monotonic() < until, answer.text
        time.sleep(0.1)
    assert "eve" not in answer.text
    refused = r'xzepr_http_requests_total\{method="(GET|POST|DELETE)",route="/api/v1/(users|receivers/\{id\})",status="50[34]"\} 1\n'
    assert len(re.findall(refused, Api(server.port, server.admin_key).get("/metrics").text)) == 3


def request_schemas(description: dict):
    """("POST /path", the names that its JSON body may have)"""
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            content = operation.get("requestBody", {}).get("content", {}) if isinstance(operation, dict) else {}
            reference = content.get("application/json", {}).get("schema", {}).get("$ref", "")
            if reference:
                yield f"{method.upper()} {path}", set(description["components"]["schemas"][reference.split("/")[-1]].get("properties", {}))


def names_in(schema) -> set[str]:
    if isinstance(schema, list):
        return set().union(*map(names_in, schema)) if schema else set()
    if not isinstance(schema, dict):
        return set()
    return set(schema.get("properties", {})) | set().union(*(names_in(value) for value in schema.values()))


def test_D06_what_the_server_answers_with_cannot_be_sent_to_it(server):
    """Every name of any answer, and some that attackers try, in the body of every route that takes one."""
    from test_access_matrix import ROWS, World

    world = World(server)
    objects, admin = world.objects(), world.apis["admin"]
    description = admin.must(200, "GET", "/openapi.json")
    names = names_in(description["components"]["schemas"]) | {"__proto__", "constructor", "owner_id", "isAdmin", "is_admin", "password_hash", "hash", "revision", "position"}
    tried = 0
    for route, known in request_schemas(description):
        body = ROWS[route][2]
        if not isinstance(body, dict):
            continue
        text = json.dumps(body)
        for name, value in objects.items():
            text = text.replace("{" + name + "}", value)
        for name in sorted(names - known):
            answer = admin.send(*[route.split(" ")[0], world.path(route, objects)], {**json.loads(text), name: "x"})
            found = [one for one in answer.json.get("violations", []) if one["keyword"] == "unknown" and one["pointer"] == "/" + name]
            assert answer.status == 400 and found, f"{route} with {name}: {answer.status} {answer.text[:300]}"
            tried += 1
    assert tried > 500
