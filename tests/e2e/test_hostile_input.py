"""Input that means harm, and what a server says of it: rows F30, G20, G22 and G23."""

import json
import random
import re

import pytest
from support.api import Api
from support.raw import one_request
from support.tokens import give_signing_key, make_user

LOG_LINE_BYTES_MAX = 16_384  # a few fields, each cut at 4 KB
INJECTIONS = ['a\r\nb', '\x1b[31mred', '"}{"level":"info","forged":true}', '\u2028\u2029', '\x00', '\x7f\x85', 'x' * 100_000, '\\n\\r\\u0000', '%0d%0aSet-Cookie: x', '\ud800']


@pytest.fixture
def server(make_server):
    server = make_server("sqlite")
    give_signing_key(server)
    server.start()
    return server


def log_lines(server) -> list[dict]:
    lines = server.output().split("\n")
    assert lines.pop() == ""
    assert max(len(line.encode()) for line in lines) <= LOG_LINE_BYTES_MAX
    return [json.loads(line) for line in lines]  # 100 % of them, each an object of its own


def test_G20_whatever_is_sent_a_log_line_stays_one_json_line(server):
    make_user(server, "ada", "user")
    api, admin = Api(server.port), Api(server.port, server.admin_key)
    for text in INJECTIONS:
        body = json.dumps({"username": text, "password": text}).encode()
        assert api.post("/api/v1/auth/login", body, headers={"Content-Type": "application/json"}).status in (400, 401)
        for make in ({"name": text, "type": text, "version": "1", "schema": {}}, {"name": "r", "type": "t", "version": "1", "schema": {}, text: 1}):
            admin.post("/api/v1/receivers", json.dumps(make).encode(), headers={"Content-Type": "application/json"})
        admin.post("/api/v1/users", json.dumps({"username": text}).encode(), headers={"Content-Type": "application/json"})
        escaped = "".join(f"%{byte:02x}" for byte in text.encode("utf-8", "surrogatepass"))[:3_000]
        for path in (f"/api/v1/events/{escaped}", f"/api/v1/events?name={escaped}", f"/{escaped}"):
            admin.get(path)
    for header in (b"X-Request-Id", b"User-Agent", b"traceparent", b"X-API-Key", b"Authorization", b"X-Forwarded-For", b"Referer"):
        for value in (b'"}{"forged":true}', b"\x1b[31mred", b"\xe2\x80\xa8", b"\xff\xfe", b"a" * 4_000):
            one_request(server.port, b"GET /api/v1/events HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + header + b": " + value + b"\r\n\r\n")
    for method in (b"G\x1bT", b'"}{"forged":true}', b"X" * 3_000):
        one_request(server.port, method + b" / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    lines = log_lines(server)
    assert len(lines) > 100 and not any("forged" in line for line in lines)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", server.output())


def test_G22_random_paths_names_and_methods_make_no_series(server):
    admin = Api(server.port, server.admin_key)

    def series() -> int:
        return sum(not line.startswith("#") for line in admin.get("/metrics").text.splitlines())

    def round_of(number: int):
        for i in range(200):
            for path in (f"/p{number}-{i}", f"/api/v1/events/{number}{i:025d}"[:40], f"/api/v1/receivers/r{number}-{i}", f"/api/v1/groups/g{i}/status?name=n{number}-{i}"):
                admin.get(path)
            one_request(server.port, f"M{number}X{i} / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())

    round_of(1)
    series()  # that of the question itself is made by the first
    before = series()
    round_of(2)
    assert series() == before <= 2_000


def test_G23_a_trace_of_strangers_decides_nothing(server):
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    api = Api(server.port)
    assert api.get("/health", headers={"traceparent": parent}).headers["traceparent"] == parent
    for bad in ("00-" + "0" * 32 + "-b7ad6b7169203331-01", parent + "-x" * 500, "ff" + parent[2:], parent.upper(), "x"):
        answer = api.get("/health", headers={"traceparent": bad})
        assert answer.status == 200 and answer.headers["traceparent"] != bad
    answer = api.get("/health", headers={"traceparent": parent, "tracestate": "a=" + "b" * 7_000})
    assert answer.status == 200 and "tracestate" not in answer.headers
    huge = f"GET /health HTTP/1.1\r\nHost: x\r\ntraceparent: {parent}\r\ntracestate: a={'b' * 1_048_576}\r\n\r\n".encode()
    assert one_request(server.port, huge[:65_536])[0] == 431


def random_json(chance: random.Random, depth: int = 0):
    kind = chance.randrange(9 if depth < 4 else 6)
    if kind == 0:
        return chance.choice([None, True, False])
    if kind == 1:
        return chance.choice([0, -1, 2**31, 2**63 - 1, -2**63, 1e308, 0.1, -0.0])
    if kind <= 5:
        return "".join(chance.choice(["a", "\u0000", "é", "\u202e", "😀", "/", "..", "%", "'", "--", "x" * 300]) for _ in range(chance.randrange(4)))
    if kind <= 7:
        return {chance.choice(["name", "schema", "id", "payload", "documents", "kind", "__proto__", "a"]): random_json(chance, depth + 1) for _ in range(chance.randrange(4))}
    return [random_json(chance, depth + 1) for _ in range(chance.randrange(4))]


def test_F30_random_json_to_every_route_is_answered_and_never_with_500(server, is_long):
    admin = Api(server.port, server.admin_key)
    description = admin.must(200, "GET", "/openapi.json")
    routes = [(method.upper(), path) for path, operations in description["paths"].items() for method, operation in operations.items()
              if isinstance(operation, dict) and "requestBody" in operation]
    assert len(routes) >= 14
    chance = random.Random(30)
    for _ in range(3_000 if is_long else 60):
        for method, path in routes:
            body = random_json(chance)
            if isinstance(body, dict) and chance.random() < 0.5:
                body |= {"name": "n", "type": "t", "version": "1"}
            where = re.sub(r"\{[^}]*\}", lambda _: chance.choice(["x", "01JH0000000000000000000001", "admin", "%00", "a" * 300]), path)
            answer = admin.send(method, where, json.dumps(body).encode(), headers={"Content-Type": "application/json"})
            assert answer.status < 500, f"{method} {where} {json.dumps(body)[:400]}: {answer.status} {answer.text[:300]}"
    assert server.is_running()
