"""Who may do what: every route of the server's own description for seven callers (security rows D01, D02, D08, D09, D10, D11, D15).

A route without a row here fails, so nobody adds one without saying who may use it.
"""

import itertools
import json
import socket

import pytest
from support.api import NVRPP, Api
from support.endpoint import SETTINGS as WEBHOOK_SETTINGS
from support.tokens import give_signing_key

# owner and other: event_manager; member and stranger: user; the objects are the owner's, and member is a member of the group.
CALLERS = ("nobody", "admin", "owner", "other", "viewer", "member", "stranger")

PUBLIC = (200, 200, 200, 200, 200, 200, 200)
SYSTEM = (401, 200, 403, 403, 403, 403, 403)
SINKS = (401, 200, 200, 200, 403, 403, 403)
LIST = (401, 200, 200, 200, 200, 200, 200)  # only what the caller may see: test_D05_*
SEE = (401, 200, 200, 200, 200, 200, 404)  # one object of the owner
MAKE = (401, 201, 201, 201, 403, 403, 403)
CHANGE = (401, 204, 204, 403, 403, 403, 403)

RECEIVER = {"name": "{fresh}", "type": "t", "version": "1", "schema": {}}
GROUP = {"name": "{fresh}", "type": "t", "version": "1", "event_receiver_ids": ["{receiver}"]}
EVENT = {"event_receiver_id": "{receiver}", "name": "{fresh}", **NVRPP}
ARTIFACT = "name={artifact_name}&version=1.0.0&release=1&platform_id=amd64&package=deb"

# route: (statuses in the order of CALLERS, query, body)
ROWS = {
    "GET /health": (PUBLIC, "", None),
    "GET /health/live": (PUBLIC, "", None),
    "GET /health/ready": (PUBLIC, "", None),
    "GET /health/detailed": (SYSTEM, "", None),
    "GET /metrics": (SYSTEM, "", None),
    "GET /": ((302,) * 7, "", None),
    "GET /openapi.json": (PUBLIC, "", None),
    "GET /docs": (PUBLIC, "", None),
    "GET /docs/docs.css": (PUBLIC, "", None),
    "GET /docs/docs.js": (PUBLIC, "", None),
    "GET /docs/icon.svg": (PUBLIC, "", None),
    "GET /docs/errors": (PUBLIC, "", None),
    "GET /docs/errors/{code}": (PUBLIC, "", None),
    "GET /api/v1/auth/me": (LIST, "", None),
    "POST /api/v1/auth/login": ((401,) * 7, "", {"username": "{fresh}", "password": "wrong"}),
    "POST /api/v1/auth/session": ((401,) * 7, "", {"username": "{fresh}", "password": "wrong"}),
    "GET /api/v1/auth/oidc/login": ((404,) * 7, "", None),
    "GET /api/v1/auth/oidc/callback": ((404,) * 7, "", None),
    "POST /api/v1/auth/refresh": ((401,) * 7, "", {"access_token": "a", "refresh_token": "r"}),
    "POST /api/v1/auth/logout": ((401, 204, 204, 204, 204, 204, 204), "", None),
    "GET /api/v1/auth/jwks": (PUBLIC, "", None),
    "GET /api/v1/users": (SYSTEM, "", None),
    "POST /api/v1/users": ((401, 201, 403, 403, 403, 403, 403), "", {"username": "{fresh}"}),
    "GET /api/v1/users/{id}": ((401, 200, 404, 404, 404, 404, 404), "", None),
    "PATCH /api/v1/users/{id}": ((401, 200, 403, 403, 403, 403, 403), "", {"display_name": "changed"}),
    "PUT /api/v1/users/{id}/password": ((401, 204, 404, 404, 404, 404, 404), "", {"password": "correct horse"}),
    "GET /api/v1/roles": (LIST, "", None),
    "GET /api/v1/audit": (SYSTEM, "", None),
    "GET /api/v1/api-keys": (LIST, "", None),
    "POST /api/v1/api-keys": ((401, 201, 201, 201, 201, 201, 201), "", {"name": "own"}),
    "DELETE /api/v1/api-keys/{id}": ((401, 204, 204, 404, 404, 404, 404), "", None),
    "GET /api/v1/events": (LIST, "", None),
    "POST /api/v1/events": ((401, 201, 201, 201, 403, 201, 400), "", EVENT),
    "POST /api/v1/events/batch": ((401, 200, 200, 200, 403, 200, 200), "", [EVENT]),
    "GET /api/v1/events/{id}": (SEE, "", None),
    "GET /api/v1/stream": (LIST, "after=0&follow=false", None),  # only what the caller may hear: test_D04_*
    "POST /api/v1/stream/ticket": (LIST, "", None),
    "GET /api/v1/stream/ws": ((401, 400, 400, 400, 400, 400, 400), "", None),
    "GET /api/v1/artifacts": (LIST, "", None),
    "GET /api/v1/artifacts/{artifact_id}": (SEE, "", None),
    "GET /api/v1/artifacts/{artifact_id}/timeline": (SEE, "", None),
    "GET /api/v1/receivers": (LIST, "", None),
    "POST /api/v1/receivers": (MAKE, "", RECEIVER),
    "GET /api/v1/receivers/{id}": (SEE, "", None),
    "PUT /api/v1/receivers/{id}": (CHANGE, "", {**RECEIVER, "name": "{receiver_name}"}),
    "PATCH /api/v1/receivers/{id}": (CHANGE, "", {"enabled": False}),
    "DELETE /api/v1/receivers/{id}": (CHANGE, "", None),
    "POST /api/v1/receivers/{id}/validate": (SEE, "", {"payload": {}}),
    "GET /api/v1/groups": (LIST, "", None),
    "POST /api/v1/groups": (MAKE, "", GROUP),
    "GET /api/v1/groups/{id}": (SEE, "", None),
    "PUT /api/v1/groups/{id}": (CHANGE, "", {**GROUP, "name": "{group_name}"}),
    "PATCH /api/v1/groups/{id}": (CHANGE, "", {"enabled": False}),
    "DELETE /api/v1/groups/{id}": (CHANGE, "", None),
    "GET /api/v1/groups/{id}/members": (SEE, "", None),
    "POST /api/v1/groups/{id}/members": (CHANGE, "", {"user_id": "{viewer_id}"}),
    "DELETE /api/v1/groups/{id}/members/{user_id}": (CHANGE, "", None),
    "GET /api/v1/groups/{id}/artifacts": (SEE, "", None),
    "GET /api/v1/groups/{id}/status": (SEE, ARTIFACT, None),
    "GET /api/v1/sinks": (SINKS, "", None),
    "GET /api/v1/sinks/{name}/dead-letters": ((401, 404, 404, 404, 403, 403, 403), "", None),
    "GET /api/v1/sinks/{name}/dead-letters/{id}": ((401, 404, 404, 404, 403, 403, 403), "", None),
    "POST /api/v1/sinks/{name}/dead-letters/{id}/resend": ((401, 404, 404, 404, 403, 403, 403), "", None),
    "GET /api/v1/webhooks": (SINKS, "", None),
    "POST /api/v1/webhooks": ((401, 201, 201, 201, 403, 403, 403), "", {"name": "{fresh}", "url": "http://127.0.0.1:8009/", "filter": {"type": "none"}}),
    "GET /api/v1/webhooks/{id}": (SINKS, "", None),
    "PUT /api/v1/webhooks/{id}": ((401, 204, 204, 403, 403, 403, 403), "", {"name": "{fresh}", "url": "http://127.0.0.1:8009/x", "filter": {"type": "none"}}),
    "PATCH /api/v1/webhooks/{id}": ((401, 204, 204, 403, 403, 403, 403), "", {"enabled": False}),
    "DELETE /api/v1/webhooks/{id}": ((401, 204, 204, 403, 403, 403, 403), "", None),
    "POST /api/v1/webhooks/{id}/secret": ((401, 200, 200, 403, 403, 403, 403), "", {}),
    "GET /api/v1/webhooks/{id}/deliveries": (SINKS, "", None),
    "GET /api/v1/webhooks/{id}/deliveries/{delivery_id}": ((401, 404, 404, 404, 403, 403, 403), "", None),
    "POST /api/v1/webhooks/{id}/test": ((401, 201, 201, 201, 403, 403, 403), "", None),
    "POST /api/v1/webhooks/{id}/replay": (SINKS, "", {"after": 0}),
    "POST /api/v1/apply": ((401, 200, 200, 403, 403, 403, 403), "", {"documents": [{"kind": "receiver", "name": "{receiver_name}", "type": "t", "version": "1", "description": "applied"}]}),
}


class World:
    """One server; for each call objects of the owner that nothing else touches."""

    def __init__(self, server):
        self.server = server
        self.apis = {"nobody": Api(server.port), "admin": Api(server.port, server.admin_key)}
        roles = {"owner": "event_manager", "other": "event_manager", "viewer": "event_viewer", "member": "user", "stranger": "user"}
        for name, role in roles.items():
            self.apis[name] = Api(server.port, server.make_key(name, role))
        self.ids = {name: self.apis[name].must(200, "GET", "/api/v1/auth/me")["user_id"] for name in roles}
        self.numbers = itertools.count()

    def objects(self) -> dict:
        owner, number = self.apis["owner"], next(self.numbers)
        receiver = owner.must(201, "POST", "/api/v1/receivers", {"name": f"r{number}", "type": "t", "version": "1", "schema": {}})
        group = owner.must(201, "POST", "/api/v1/groups", {"name": f"g{number}", "type": "t", "version": "1", "event_receiver_ids": [receiver["id"]]})
        owner.send("POST", f"/api/v1/groups/{group['id']}/members", {"user_id": self.ids["member"]})
        event = owner.post_event(receiver["id"], f"a{number}")
        stored = owner.must(200, "GET", f"/api/v1/events/{event['id']}")
        spare = owner.must(201, "POST", "/api/v1/receivers", {"name": f"s{number}", "type": "t", "version": "1", "schema": {}})
        key = owner.must(201, "POST", "/api/v1/api-keys", {"name": f"k{number}"})
        user = self.apis["admin"].must(201, "POST", "/api/v1/users", {"username": f"u{number}"})
        return {
            "receiver": receiver["id"], "receiver_name": f"r{number}", "group": group["id"], "group_name": f"g{number}", "event": event["id"],
            "artifact": stored["artifact_id"], "artifact_name": f"a{number}", "spare": spare["id"], "key": key["id"], "user": user["id"], "fresh": f"f{number}",
            "viewer_id": self.ids["viewer"], "member_id": self.ids["member"],
        }

    def add_webhook(self, objects: dict):
        """There may not be as many as of other objects."""
        made = self.apis["owner"].must(201, "POST", "/api/v1/webhooks", {"name": f"w{next(self.numbers)}", "url": "http://127.0.0.1:8009/", "filter": {"type": "none"}})
        objects["webhook"] = made["id"]

    def path(self, route: str, objects: dict) -> str:
        method, path = route.split(" ")
        noun = {"receivers": "receiver", "groups": "group", "events": "event", "api-keys": "key", "users": "user", "sinks": "event", "webhooks": "webhook"}.get(path.split("/")[3] if path.startswith("/api") else "", "")
        # A receiver with events cannot be deleted: the one without.
        object_id = objects.get("spare" if route == "DELETE /api/v1/receivers/{id}" else noun, "nowhere") if noun else ""
        return path.replace("{id}", object_id).replace("{artifact_id}", objects["artifact"]).replace("{user_id}", objects["member_id"]).replace("{code}", "internal").replace("{name}", "kafka").replace("{delivery_id}", objects["event"])


def filled(value, objects: dict):
    text = json.dumps(value)
    for name, there in objects.items():
        text = text.replace("{" + name + "}", there)
    return json.loads(text)


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def world(request, binary):
    from server import Server

    server = Server(binary, request.param, request.getfixturevalue("pg") if request.param == "postgres" else "", WEBHOOK_SETTINGS)
    give_signing_key(server)
    yield World(server.start())
    server.remove()


def routes_of(world) -> set[str]:
    described = world.apis["nobody"].must(200, "GET", "/openapi.json")
    return {f"{method.upper()} {path}" for path, methods in described["paths"].items() for method in methods if method in ("get", "post", "put", "patch", "delete")}


def test_D11_every_route_has_a_row_and_every_row_a_route(world):
    assert routes_of(world) == set(ROWS)


def ask(world, caller: str, route: str):
    statuses, query, body = ROWS[route]
    objects = world.objects()
    if "/webhooks/{id}" in route:
        world.add_webhook(objects)
    path = world.path(route, objects) + (f"?{filled(query, objects)}" if query else "")
    return world.apis[caller].send(route.split(" ")[0], path, filled(body, objects) if body is not None else None)


@pytest.mark.parametrize("route", ROWS)
def test_D01_D02_each_caller_gets_what_its_role_and_ownership_give(world, route):
    got = {caller: ask(world, caller, route).status for caller in CALLERS}
    assert got == dict(zip(CALLERS, ROWS[route][0], strict=True))


def test_D01_a_batch_of_a_stranger_stores_nothing(world):
    answer = ask(world, "stranger", "POST /api/v1/events/batch")
    assert [result["status"] for result in answer.json["data"]] == [400]  # as for a receiver that is not there


def test_D05_lists_searches_and_counts_hold_only_what_the_caller_may_see(world):
    world.objects()
    for path in ("/api/v1/events", "/api/v1/artifacts", "/api/v1/receivers", "/api/v1/groups"):
        for query in ("count=exact", "count=exact&q=a0", "count=exact&q=t"):
            seen = world.apis["stranger"].must(200, "GET", f"{path}?{query}")
            assert (seen["data"], seen["pagination"]["total"]) == ([], 0), f"{path}?{query}"
    assert world.apis["member"].must(200, "GET", "/api/v1/events?count=exact")["pagination"]["total"] > 0


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
def test_D08_a_header_does_not_change_the_method(world, header):
    objects = world.objects()
    path = f"/api/v1/receivers/{objects['spare']}"
    assert world.apis["owner"].send("GET", path, headers={header: "DELETE"}).status == 200
    assert world.apis["owner"].send("POST", path, {}, headers={header: "DELETE"}).status == 405
    assert world.apis["owner"].send("GET", path).status == 200


@pytest.mark.parametrize("route", sorted(ROWS))
def test_D08_trace_and_connect_are_nowhere_allowed(world, route):
    path = world.path(route, world.objects())
    for method in ("TRACE", "CONNECT"):
        with socket.create_connection(("127.0.0.1", world.server.port), timeout=10) as connection:
            connection.sendall(f"{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
            assert connection.recv(64).split(b" ")[1] in (b"400", b"405"), method


# The path of an object that only its owner and admins may change, written otherwise.
TRICKS = ["//api/v1/receivers/{id}", "/./api/v1/receivers/{id}", "/api//v1/receivers/{id}", "/api/v1/../v1/receivers/{id}", "/api/v1/receivers/{id}/",
          "/api/v1/receivers/{id};x=1", "/api/v1/receivers/{id}%00", "/api/v1/receivers/%2e%2e/receivers/{id}", "/API/v1/receivers/{id}", "/api/v1/Receivers/{id}",
          "/api/v1/receivers%2f{id}", "/api/v1%2freceivers/{id}", "/api/v1/receivers/{id}%2f", "/api/v1/receivers/./{id}", "/api/v1/receivers/x/../{id}",
          "/api/v1/receivers/%c0%ae%c0%ae/{id}", "/api/v1/receivers/{id}%20", "/api/v1/receivers/{id}%0a", "/%61pi/v1/receivers/{id}", "/api/v1/receivers/{id}\\",
          "/health/live/../../api/v1/receivers/{id}", "/health/live;/api/v1/receivers/{id}", "/docs/../api/v1/receivers/{id}", "/docs/%2e%2e/api/v1/receivers/{id}",
          "/api/v1/receivers/{id}?x=/health/live", "/api/v1/receivers/{id}#/health/live", "http://x/api/v1/receivers/{id}", "/api/v1/receivers/{id}/validate/.."]


@pytest.mark.parametrize("trick", TRICKS)
def test_D09_another_spelling_of_a_path_gives_nobody_more(world, trick):
    objects = world.objects()
    path = trick.replace("{id}", objects["spare"])
    for caller in ("nobody", "stranger", "viewer", "other"):
        key = world.apis[caller].key
        with socket.create_connection(("127.0.0.1", world.server.port), timeout=10) as connection:
            credential = f"X-API-Key: {key}\r\n" if key else ""
            connection.sendall(f"DELETE {path} HTTP/1.1\r\nHost: x\r\n{credential}Connection: close\r\n\r\n".encode())
            assert connection.recv(64).split(b" ")[1] in (b"400", b"401", b"403", b"404", b"405", b"421"), caller
    assert world.apis["owner"].send("GET", f"/api/v1/receivers/{objects['spare']}").status == 200


@pytest.mark.parametrize("header", ["X-User-Id", "X-User", "X-Roles", "X-Forwarded-User", "X-Remote-User", "OIDC_CLAIM_sub", "OIDC-CLAIM-roles", "X-Original-URL", "X-Rewrite-URL"])
def test_D15_headers_of_a_proxy_name_nobody(world, header):
    for value in ("admin", world.ids["owner"], "/health/live"):
        assert world.apis["nobody"].send("GET", "/api/v1/events", headers={header: value}).status == 401
        assert world.apis["viewer"].send("GET", "/metrics", headers={header: value}).status == 403


def test_D07_no_answer_holds_a_hash_or_a_secret(world):
    objects = world.objects()
    for route in (route for route in ROWS if route.startswith("GET /api/")):
        text = ask(world, "admin", route).text
        if route == "GET /api/v1/audit":
            text = text.replace("password_changed", "").replace('"detail":"password"', "").replace("a new secret", "")  # names of deeds
        text = text.replace('"old_secret_until"', "")  # a time
        for canary in ("hash", "password", "secret", world.server.admin_key, world.apis["owner"].key):
            assert canary not in text, (route, canary)
    made = world.apis["owner"].must(201, "POST", "/api/v1/api-keys", {"name": "shown once"})
    assert made["key"].startswith("xzepr_")
    assert made["key"] not in world.apis["owner"].get("/api/v1/api-keys").text
    assert objects
