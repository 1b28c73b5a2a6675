"""Webhooks: signed, in order for each artifact, tried again until they are taken, and never told to where they must not go
(G08-G14, P4, P5, R01)."""

import glob
import json
import sqlite3
import time
from datetime import datetime

import pytest
from server import free_port, psql
from support.api import Api
from support.endpoint import SETTINGS, Endpoint, verify
from support.listener import Listener
from support.tls import make_certificate
from support.world import GATE, given_gate_of
from test_postgres_faults import second_node


@pytest.fixture
def server(make_server, store):
    return make_server(store, settings=SETTINGS).start()


@pytest.fixture
def api(server) -> Api:
    return Api(server.port, server.admin_key)


@pytest.fixture
def endpoint():
    made = Endpoint()
    yield made
    made.close()


def given_webhook(api, url: str, name: str = "deploy", **more) -> dict:
    return api.must(201, "POST", "/api/v1/webhooks", {"name": name, "url": url, **more})


def deliveries(api, name: str = "deploy", query: str = "limit=1000") -> list[dict]:
    return api.must(200, "GET", f"/api/v1/webhooks/{name}/deliveries?{query}")["data"]


def until(what, seconds: float = 30):
    """The first true value of what()."""
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, "never true"
        time.sleep(0.02)
    return found


def settled(api, count: int, name: str = "deploy") -> list[dict]:
    return until(lambda: (all_of := deliveries(api, name)) and len(all_of) >= count and all(one["status"] != "pending" for one in all_of) and all_of)


def test_a_webhook_is_told_from_its_making_on(server, api, endpoint):
    receivers = given_gate_of(server, 1)
    api.post_event(receivers[0], "before")
    made = given_webhook(api, endpoint.url, headers={"Authorization": "Bearer abc"})
    posted = api.post_event(receivers[0], "app", payload={"a": 1})
    told = endpoint.wait_for(2)
    assert [one.message["kind"] for one in told] == ["event.created", "group.complete"]
    first = told[0]
    assert first.message["data"]["events"][0]["id"] == posted["id"] and first.message["sequence"] == f"{posted['position']:020}"
    assert first.headers["webhook-id"] == first.message["id"] and first.headers["authorization"] == "Bearer abc"
    assert first.headers["content-type"].startswith("application/cloudevents+json")
    assert all(verify(made["secret"], one) for one in told)
    listed = settled(api, 2)
    assert [one["position"] for one in listed] == [posted["position"] + 1, posted["position"]]
    assert all(one["status"] == "delivered" and one["last_status"] == 204 and one["attempts"] == 1 for one in listed)


def test_filters_choose_what_is_told(server, api, endpoint):
    first, second = given_gate_of(server, 2)
    given_webhook(api, endpoint.url, filter={"artifact": "app@*", "success": True})
    given_webhook(api, endpoint.url + "/gate", "gate", filter={"group": GATE})
    api.post_event(first, "app", success=False)
    api.post_event(first, "app")
    api.post_event(second, "app")
    api.post_event(second, "other")
    given_webhook(api, endpoint.url, "last")
    api.post_event(second, "end")
    until(lambda: [one for one in endpoint.told if one.message["subject"].startswith("end@")])
    settled(api, 3)
    by_path = lambda path: [one.message["kind"] for one in endpoint.told if one.path == path and not one.message["subject"].startswith("end@")]  # noqa: E731
    assert by_path("/hook") == ["event.created", "event.created", "group.complete"]
    assert by_path("/hook/gate") == ["group.complete"]


def test_a_test_tells_what_came_of_it(server, api, endpoint):
    given_webhook(api, endpoint.url)
    done = server.run("webhook", "test", "deploy", "-o", "json", as_client=True)
    assert json.loads(done.stdout)["status"] == "delivered" and endpoint.told[0].message["kind"] == "webhook.test"
    given_webhook(api, f"http://127.0.0.1:{free_port()}/", "nobody")
    refused = server.run("webhook", "test", "nobody", as_client=True, check=False)
    assert refused.returncode == 1 and "failed" in refused.stdout, refused.stdout + refused.stderr
    assert deliveries(api, "nobody")[0]["attempts"] == 1, "a test is not tried again"


def test_G12_two_secrets_sign_while_one_is_replaced(server, api, endpoint):
    receivers = given_gate_of(server, 1)
    old = given_webhook(api, endpoint.url)["secret"]
    new = api.must(200, "POST", "/api/v1/webhooks/deploy/secret", {"keep_hours": 1})["secret"]
    api.post_event(receivers[0], "app")
    for told in endpoint.wait_for(2):
        assert verify(old, told) and verify(new, told)
        assert not verify(old, told, now=time.time() + 301), "old messages are refused by their time"
        forged = told.headers | {"webhook-id": "01JE4Q8Z5X8R4B1T6V0N2M3K7D"}
        assert not verify(new, type(told)(told.at, told.path, forged, told.body))
    api.must(200, "POST", "/api/v1/webhooks/deploy/secret", {"keep_hours": 0})
    api.post_event(receivers[0], "app2")
    last = until(lambda: [one for one in endpoint.told if one.message["subject"].startswith("app2@")])[0]
    assert not verify(new, last) and " " not in last.headers["webhook-signature"], "the replaced one signs no more"
    assert not any(secret in server.all_output() for secret in (old, new))


def test_G13_what_fails_is_tried_again_and_holds_only_its_artifact_up(server, api, endpoint):
    receivers = given_gate_of(server, 2)
    failures = {"app": 1}

    def answer(told):
        name = told.message["subject"].split("@")[0]
        failures[name] = failures.get(name, 0) - 1
        return 503 if failures[name] >= 0 else 204

    endpoint.answer = answer
    given_webhook(api, endpoint.url)
    for name in ("app", "other", "app"):
        api.post_event(receivers[0], name)
    told = endpoint.wait_for(4)
    subjects = [(one.message["subject"].split("@")[0], one.answered) for one in told]
    assert sorted(subjects[:2]) == [("app", 503), ("other", 204)], "the other artifact does not wait"
    assert subjects[2:] == [("app", 204), ("app", 204)]
    assert told[2].headers["webhook-id"] == [one for one in told if one.answered == 503][0].headers["webhook-id"]
    assert 4 < told[2].at - [one for one in told if one.answered == 503][0].at < 15, "after five seconds, a tenth more or less"
    positions = [int(one.message["sequence"]) for one in told if one.answered == 204 and one.message["subject"].startswith("app@")]
    assert positions == sorted(positions)


def test_G13_retry_after_counts(server, api, endpoint):
    receivers = given_gate_of(server, 1)
    endpoint.answer = lambda told: (429, {"Retry-After": "3600"})
    given_webhook(api, endpoint.url, filter={"success": True, "artifact": "app@*"})
    api.post_event(receivers[0], "app")
    endpoint.wait_for(1)
    waiting = until(lambda: [one for one in deliveries(api) if one["last_status"] == 429])[0]
    assert waiting["status"] == "pending" and waiting["last_error"] == "answered 429"
    due = datetime.fromisoformat(waiting["next_at"].replace("Z", "+00:00")).timestamp()
    assert 3_500 < due - time.time() < 3_700
    assert api.must(200, "GET", "/api/v1/webhooks/deploy")["failing_since"]


def test_G13_gone_ends_it_and_five_days_do(server, api, endpoint):
    receivers = given_gate_of(server, 1)
    endpoint.answer = lambda told: 410
    given_webhook(api, endpoint.url)
    api.post_event(receivers[0], "app")
    gone = until(lambda: not (one := api.must(200, "GET", "/api/v1/webhooks/deploy"))["enabled"] and one)
    assert gone["disabled_reason"] == "it answered 410 Gone"
    endpoint.answer = lambda told: 500
    given_webhook(api, endpoint.url, "slowly")
    make_it_fail_since(server, "slowly", 6)
    api.post_event(receivers[0], "app2")
    dead = until(lambda: not (one := api.must(200, "GET", "/api/v1/webhooks/slowly"))["enabled"] and one)
    assert dead["disabled_reason"].startswith("every attempt has failed for 5 days; the last one: answered 500")
    rows = until(lambda: len(found := api.must(200, "GET", "/api/v1/audit?action=webhook_disabled")["data"]) == 2 and found)
    assert {row["target"] for row in rows} == {"deploy", "slowly"}
    # Enabled again, it is told of what it has not taken.
    endpoint.answer = lambda told: 204
    before = len(endpoint.told)
    api.must(204, "PATCH", "/api/v1/webhooks/slowly", {"enabled": True})
    waiting = [one for one in deliveries(api, "slowly") if one["status"] == "pending"]
    assert waiting and len(endpoint.told) == before


def make_it_fail_since(server, name: str, days: int):
    if server.store == "postgres":
        psql(server.database_url, f"update webhooks set failing_since = now() - interval '{days} days' where name = '{name}'")
        return
    with sqlite3.connect(server.database_file, timeout=30) as database:
        database.execute("update webhooks set failing_since = ? where name = ?", (int((time.time() - days * 86_400) * 1e6), name))


def test_a_replay_sends_the_same_messages_again(server, api, endpoint):
    receivers = given_gate_of(server, 1)
    for number in range(20):
        api.post_event(receivers[0], f"app{number % 4}")
    given_webhook(api, endpoint.url, filter={"artifact": "app*"})
    replayed = json.loads(server.run("webhook", "replay", "deploy", "--after", "0", "--artifact", "app1@*", "-o", "json", as_client=True).stdout)
    assert replayed["queued"] == 10, "five events, each with its gate"
    told = endpoint.wait_for(10)
    assert {one.message["subject"].split("@")[0] for one in told} == {"app1"}
    positions = [int(one.message["sequence"]) for one in told]
    assert positions == sorted(positions), "one artifact, one order"
    settled(api, 10)
    assert json.loads(server.run("webhook", "replay", "deploy", "--after", "0", "--artifact", "app1@*", "-o", "json", as_client=True).stdout)["queued"] == 10
    again = endpoint.wait_for(20)
    assert [one.headers["webhook-id"] for one in again[10:]] == [one.headers["webhook-id"] for one in told], "a receiver drops them by their ids"
    assert [one.body for one in again[10:]] == [one.body for one in told], "byte for byte"


def test_G08_private_addresses_are_refused_when_saved(make_server):
    server = make_server("sqlite").start()
    api = Api(server.port, server.admin_key)
    for host in (
        "127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "192.0.0.1", "198.18.0.1", "224.0.0.1", "240.0.0.1",
        "[::1]", "[fc00::1]", "[fd12::1]", "[fe80::1]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "localhost", "localhost.", "a.localhost",
        "2130706433", "0x7f000001", "017700000001", "127.1", "0x7f.1", "user:pass@example.com",
    ):
        refused = api.post("/api/v1/webhooks", {"name": "n", "url": f"https://{host}/"})
        assert refused.status == 400 and refused.json["field"] == "url", (host, refused.text)
    for url in ("http://example.com/", "file:///etc/passwd", "gopher://example.com/", "https://example.com:25/", "https://example.com:22/", "https://example.com/#x", "//example.com/", "https:///"):
        refused = api.post("/api/v1/webhooks", {"name": "n", "url": url})
        assert refused.status == 400 and refused.json["field"] == "url", (url, refused.text)


def test_G08_G09_what_a_name_leads_to_is_checked_when_it_is_dialled(make_server, endpoint, tmp_path):
    """The name is public when the webhook is saved, and leads to loopback when it is told: DNS rebinding."""
    hosts = tmp_path / "hosts"
    hosts.write_text("198.51.100.7 rebind.example.com\n")
    library = glob.glob("/usr/lib/*/libnss_wrapper.so")[0]
    # The library of a sanitized binary must stay the first.
    environment = {"LD_PRELOAD": library, "NSS_WRAPPER_HOSTS": str(hosts), "NSS_WRAPPER_DISABLE_DEEPBIND": "1", "ASAN_OPTIONS": "verify_asan_link_order=0"}
    server = make_server("sqlite", settings=SETTINGS.replace("127.0.0.0/8", "127.0.0.2"), **environment).start()
    api = Api(server.port, server.admin_key)
    given_webhook(api, f"http://rebind.example.com:{endpoint.port}/")
    hosts.write_text("127.0.0.1 rebind.example.com\n")
    refused = server.run("webhook", "test", "deploy", "-o", "json", as_client=True, check=False)
    assert refused.returncode == 1 and "127.0.0.1" in json.loads(refused.stdout)["last_error"], refused.stdout + refused.stderr
    assert endpoint.told == [], "nothing was dialled"


def test_https_is_believed_only_by_its_authority_and_for_its_name(make_server, tmp_path):
    """As in production: https alone, of an authority of one's own."""
    ours, other = make_certificate(tmp_path / "ours"), make_certificate(tmp_path / "other")
    strict = SETTINGS.replace("allow_http: true", f"ca_file: {ours[0]}")
    server = make_server("sqlite", settings=strict).start()
    api = Api(server.port, server.admin_key)
    receivers = given_gate_of(server, 1)
    good, forged, misnamed = Endpoint(certificate=ours), Endpoint(certificate=other), Endpoint(certificate=ours, host="127.0.0.2")
    assert api.post("/api/v1/webhooks", {"name": "n", "url": good.url.replace("https", "http")}).json["field"] == "url"
    secret = given_webhook(api, good.url, filter={"artifact": "app*"})["secret"]
    given_webhook(api, forged.url, "forged", filter={"type": "none"})
    given_webhook(api, misnamed.url, "misnamed", filter={"type": "none"})
    api.post_event(receivers[0], "app")
    assert all(verify(secret, one) for one in good.wait_for(2))
    for name in ("forged", "misnamed"):
        refused = json.loads(server.run("webhook", "test", name, "-o", "json", as_client=True, check=False).stdout)
        assert refused["status"] == "failed" and refused["last_status"] is None and "SSL" in refused["last_error"], refused
    assert forged.told == misnamed.told == []
    for endpoint in (good, forged, misnamed):
        endpoint.close()


def test_a_position_beyond_all_is_no_reason_to_fail(server, api, endpoint):
    receivers = given_gate_of(server, 1)
    api.post_event(receivers[0], "app")
    given_webhook(api, endpoint.url)
    for body in ({"after": 2**63 - 1}, {"after": 2**63 - 1, "until": 2**63 - 1}, {"after": 3, "until": 1}):
        answer = api.must(200, "POST", "/api/v1/webhooks/deploy/replay", body)
        assert answer["queued"] == 0 and answer["has_more"] is False, body
    for body in ({"after": 2**63}, {"after": -1}, {"after": 1.5}, {"after": "0"}, {"after": None}):
        assert api.post("/api/v1/webhooks/deploy/replay", body).status == 400, body


def test_G10_G11_hostile_answers_are_failures_that_cost_nothing(server, api, endpoint):
    endpoint.answer = lambda told: (302, {"Location": f"http://127.0.0.1:{endpoint.port}/elsewhere"})
    given_webhook(api, endpoint.url)
    assert server.run("webhook", "test", "deploy", as_client=True, check=False).returncode == 1
    assert deliveries(api)[0]["last_error"] == "answered 302"
    assert [one.path for one in endpoint.told] == ["/hook"], "never followed"

    def trickle(peer):
        peer.recv(65_536)
        peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while True:
            peer.sendall(b"x")
            time.sleep(0.2)

    def flood(peer):
        peer.recv(65_536)
        peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
        while True:
            peer.sendall(b"x" * 65_536)

    def silent(peer):
        time.sleep(60)

    for name, behave in (("trickle", trickle), ("flood", flood), ("silent", silent)):
        with Listener(behave) as listener:
            given_webhook(api, f"http://127.0.0.1:{listener.port}/", name)
            began = time.monotonic()
            done = server.run("webhook", "test", name, "-o", "json", as_client=True, check=False)
            assert time.monotonic() - began < 15, "two seconds by the configuration, and what the command needs"
            assert (json.loads(done.stdout)["status"] == "delivered") == (name == "flood"), "a status is an answer, however long the body"


def test_R01_kill_9_loses_nothing_and_keeps_the_order(server, api, endpoint):
    """Ten times in the middle of deliveries: each message comes, of each artifact in order, repeats with the same id."""
    receivers = given_gate_of(server, 1)
    given_webhook(api, endpoint.url, filter={"artifact": "app*"})
    posted: list[int] = []
    for cycle in range(10):
        for number in range(20):
            posted.append(api.post_event(receivers[0], f"app{number % 5}")["position"])
        server.kill()
        api.close()
        server.start()
        api.port = server.port
    wanted = {position for one in posted for position in (one, one + 1)}
    # An attempt that was cut off counts as lost after a while.
    until(lambda: {int(one.message["sequence"]) for one in endpoint.told} >= wanted, 180)
    seen: dict[str, int] = {}
    for one in list(endpoint.told):
        subject, position = one.message["subject"], int(one.message["sequence"])
        assert position in wanted, "a message that nobody committed"
        last = seen.get(subject, 0)
        if position > last:
            seen[subject] = position
    ids = {}
    for one in endpoint.told:
        assert ids.setdefault(int(one.message["sequence"]), one.headers["webhook-id"]) == one.headers["webhook-id"]
    firsts: dict[str, list[int]] = {}
    for one in endpoint.told:
        order = firsts.setdefault(one.message["subject"], [])
        position = int(one.message["sequence"])
        if position not in order:
            order.append(position)
    assert all(order == sorted(order) for order in firsts.values()), "repeats dropped, one order"


def test_two_nodes_share_the_work_and_one_feeds(make_server, pg, endpoint):
    first = make_server("postgres", settings=SETTINGS).start()
    second = second_node(make_server, first, SETTINGS)
    api = Api(first.port, first.admin_key)
    receivers = given_gate_of(first, 1)
    given_webhook(api, endpoint.url, filter={"artifact": "app*"})
    apis = [api, Api(second.port, first.admin_key)]
    posted = [apis[number % 2].post_event(receivers[0], f"app{number % 7}")["position"] for number in range(100)]
    second.kill()
    posted += [api.post_event(receivers[0], f"app{number % 7}")["position"] for number in range(50)]
    wanted = {position for one in posted for position in (one, one + 1)}
    until(lambda: {int(one.message["sequence"]) for one in endpoint.told} >= wanted, 180)
    firsts: dict[str, list[int]] = {}
    for one in endpoint.told:
        order = firsts.setdefault(one.message["subject"], [])
        if int(one.message["sequence"]) not in order:
            order.append(int(one.message["sequence"]))
    assert all(order == sorted(order) for order in firsts.values())
    assert len(endpoint.told) - len(wanted) <= 8, "at most what was under way on the node that was killed comes again"
