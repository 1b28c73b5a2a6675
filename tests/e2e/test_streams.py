"""Live streams: every change reaches who listens and may hear of it, from any position (P10, D04, G15-G19, R32, R36)."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from support.api import Api
from support.streams import Socket, Stream, sequences, within
from support.visitor import Visitor
from support.tokens import PASSWORD, make_user
from support.world import GATE, given_gate_of

CUT_SECONDS = 5


@pytest.fixture
def server(make_server, store):
    return make_server(store).start()


@pytest.fixture
def api(server) -> Api:
    return Api(server.port, server.admin_key)


def kinds(messages: list[dict]) -> list[str]:
    return [message["kind"] for message in messages]


def test_what_was_and_what_comes(server, api):
    receivers = given_gate_of(server, 1)
    lines, events, socket = Stream(server.port, server.admin_key, after=0), Stream(server.port, server.admin_key, "sse", after=0), Socket(server.port, server.admin_key, after=0)
    past = ["receiver.created", "group.created"]
    for reader in (lines, events, socket):
        assert kinds(reader.take(2)) == past
    posted = api.post_event(receivers[0], "app", payload={"a": 1})
    for reader in (lines, events, socket):
        event, complete = reader.take(2)
        assert (event["kind"], complete["kind"]) == ("event.created", "group.complete")
        assert event["data"]["events"][0]["id"] == posted["id"] and event["data"]["events"][0]["payload"] == {"a": 1}
        assert int(event["sequence"]) == posted["position"] and int(complete["sequence"]) == posted["position"] + 1
        assert event["subject"] == "app@1.0.0+1/amd64/deb" and complete["type"] == "test.gate"
    assert events.ids[-1] == f"1.{posted['position'] + 1}"
    now = Stream(server.port, server.admin_key)
    later = api.post_event(receivers[0], "app2")
    assert int(now.next()["sequence"]) == later["position"]


def test_a_gate_that_closes_is_told(server, api):
    receivers = given_gate_of(server, 1)
    start = api.post_event(receivers[0], "app")["position"]
    reader = Stream(server.port, server.admin_key, after=start, group=GATE)
    assert reader.next()["kind"] == "group.complete"
    failed = api.must(201, "POST", "/api/v1/events", api.event(receivers[0], "app", success=False))
    closed = reader.next()
    assert closed["kind"] == "gate.closed" and closed["success"] is False and int(closed["sequence"]) == failed["position"] + 1
    assert closed["data"]["event_receiver_groups"][0]["name"] == GATE


def test_filters_choose(server, api):
    first, second = given_gate_of(server, 2)
    api.post_event(first, "app", success=False)
    api.post_event(first, "app")
    api.post_event(second, "app")
    api.post_event(second, "other")

    def chosen(**query) -> list[str]:
        return kinds(Stream(server.port, server.admin_key, after=0, follow="false", **query).rest())

    assert chosen(artifact="app@*") == ["event.created"] * 3 + ["group.complete"]
    assert chosen(artifact="*@1.0.?+1/amd64/deb", success="false") == ["event.created"]
    assert chosen(type="test.gate") == ["group.created", "group.complete"] == chosen(group=GATE)
    assert chosen(artifact="nothing*") == []
    assert Api(server.port, server.admin_key).get("/api/v1/stream?group=nowhere").status == 404
    for query in ("after=x", "after=-1", "success=1", "colour=red"):
        assert api.get(f"/api/v1/stream?{query}").status == 400, query


def test_a_position_that_is_not_there_says_where_to_go_on(server, api):
    given_gate_of(server, 1)
    for place in ("3", "99", "7.1"):
        refused = api.get(f"/api/v1/stream?after={place}")
        assert (refused.status, refused.json["code"]) == (410, "position_gone") and "after=1.2" in refused.json["hint"]
    assert api.get("/api/v1/stream?after=0&follow=false", headers={"Last-Event-ID": "1.99"}).status == 410
    assert len(api.get("/api/v1/stream?after=0&follow=false", headers={"Last-Event-ID": "1.1"}).text.splitlines()) == 1


def test_P10_a_reader_that_comes_back_misses_and_repeats_nothing(server, api):
    receivers = given_gate_of(server, 2)
    start = api.post_event(receivers[0], "first")["position"]
    count, done = 400, threading.Event()

    def post(worker: int):
        poster = Api(server.port, server.admin_key)
        for number in range(count // 4):
            poster.post_event(receivers[(worker + number) % 2], f"app-{worker}-{number % 5}", success=number % 7 != 0)

    with ThreadPoolExecutor(5) as pool:
        writers = [pool.submit(post, worker) for worker in range(4)]
        pool.submit(lambda: ([writer.result() for writer in writers], done.set()))
        seen, place = [], f"1.{start}"
        newest = None
        while newest is None or int(place.split(".")[1]) < newest:
            if done.is_set() and newest is None:
                newest = int(json.loads(api.get("/api/v1/stream?after=0&follow=false").text.splitlines()[-1])["sequence"])
            reader = Stream(server.port, server.admin_key, "sse", headers={"Last-Event-ID": place}, timeout=1)
            for _ in range(37):  # and then the connection breaks
                try:
                    message = reader.next()
                except TimeoutError:
                    break
                seen.append(int(message["sequence"]))
                place = reader.ids[-1]
            reader.close()
    everything = sequences(Stream(server.port, server.admin_key, after=start, follow="false").rest())
    assert seen == everything and len(everything) >= count


def test_another_node_hears_it_at_once(make_server, pg):
    first = make_server("postgres").start()
    second = make_server("postgres")
    second.database_url, second.admin_key = first.database_url, first.admin_key
    second.config.write_text(first.config.read_text().replace(f"port: {first.port}", f"port: {second.port}"))
    second.start()
    receivers = given_gate_of(first, 1)
    reader = Stream(second.port, first.admin_key, after=2)
    poster, slowest = Api(first.port, first.admin_key), 0.0
    for number in range(20):
        began = time.monotonic()
        poster.post_event(receivers[0], f"app-{number}")
        assert reader.next()["kind"] == "event.created"
        slowest = max(slowest, time.monotonic() - began)
        assert reader.next()["kind"] == "group.complete"
    assert slowest < CUT_SECONDS


# --- who may hear what ----------------------------------------------------------------------------------------------


def test_D04_one_hears_of_what_one_sees_and_no_longer_than_one_may(server, api):
    mine, other = given_gate_of(server, 2)
    key = server.make_key("ute", "user")
    user = Api(server.port, key).must(200, "GET", "/api/v1/auth/me")["user_id"]
    group = api.must(201, "POST", "/api/v1/groups", {"name": "hers", "type": "t", "version": "1", "event_receiver_ids": [mine]})["id"]
    start = api.post_event(mine, "before")["position"]
    readers = [Stream(server.port, key, after=start), Socket(server.port, key, after=start)]
    api.must(204, "POST", f"/api/v1/groups/{group}/members", {"user_id": user})
    api.post_event(other, "not-hers")
    seen = api.post_event(mine, "hers")
    for reader in readers:
        heard = [reader.next(), reader.next(), reader.next()]
        assert kinds(heard) == ["group.modified", "event.created", "group.complete"]
        assert heard[1]["data"]["events"][0]["id"] == seen["id"]
    api.must(204, "DELETE", f"/api/v1/groups/{group}/members/{user}")
    time.sleep(0.5)  # the catalogue is looked at four times a second
    api.post_event(mine, "no-longer-hers")
    for reader in readers:
        reader.peer.settimeout(1)
        with pytest.raises(TimeoutError):
            reader.next()


@pytest.mark.parametrize("how", ["revoked", "disabled", "demoted"])
def test_D04_G18_a_stream_ends_with_its_credential(server, api, how):
    given_gate_of(server, 1)
    key = server.make_key("vera", "event_viewer")
    me = Api(server.port, key).must(200, "GET", "/api/v1/auth/me")
    events, lines, socket = Stream(server.port, key, "sse"), Stream(server.port, key), Socket(server.port, key)
    began = time.monotonic()
    if how == "revoked":
        api.must(204, "DELETE", f"/api/v1/api-keys/{me['api_key_id']}")
    elif how == "disabled":
        api.must(200, "PATCH", "/api/v1/users/vera", {"enabled": False})
    else:
        api.must(200, "PATCH", "/api/v1/users/vera", {"roles": ["user"]})
    code, close = ("permission_denied", 4403) if how == "demoted" else ("credentials_invalid", 4401)
    assert events.next() == {"event": "error", "data": f'{{"code":"{code}"}}'}
    assert lines.next() is None
    assert socket.next()["close"] == close
    assert time.monotonic() - began < CUT_SECONDS


def test_a_stream_ends_when_its_key_does(server, api):
    given_gate_of(server, 1)
    end = time.time() + 2
    key = api.must(201, "POST", "/api/v1/api-keys", {"name": "short", "expires_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(end + 1))})["key"]
    socket = Socket(server.port, key)
    assert socket.next()["close"] == 4401 and time.time() < end + 1 + CUT_SECONDS


def test_nobody_listens_without_the_right(server):
    assert Stream(server.port, "").status == 401
    assert Socket(server.port).status == 401
    assert Socket(server.port, "xzepr_" + "0" * 36).status == 401


def ticket_of(api: Api) -> str:
    made = api.must(200, "POST", "/api/v1/stream/ticket")
    assert set(made) == {"ticket", "expires_at"} and len(made["ticket"]) == 43
    return made["ticket"]


def test_G16_a_ticket_opens_one_socket(server, api):
    receivers = given_gate_of(server, 1)
    key = server.make_key("vera", "event_viewer")
    ticket = ticket_of(Api(server.port, key))
    socket = Socket(server.port, ticket=ticket)
    assert socket.status == 101
    posted = api.post_event(receivers[0], "app")
    assert int(socket.next()["sequence"]) == posted["position"]
    assert Socket(server.port, ticket=ticket).status == 401, "used"
    assert Socket(server.port, ticket="0" * 43).status == 401
    second = ticket_of(Api(server.port, key))
    assert Socket(server.port, key, ticket=second).status == 400, "B30: two credentials are none"
    assert Stream(server.port, "", ticket=second).status == 401, "for sockets only"
    assert Socket(server.port, ticket=second, after=0, artifact="app@*").take(2)[0]["kind"] == "event.created"


def test_G16_of_many_with_one_ticket_one_comes_in(server, api):
    for _ in range(5):
        ticket = ticket_of(api)
        with ThreadPoolExecutor(8) as pool:
            assert sorted(pool.map(lambda _: Socket(server.port, ticket=ticket).status, range(8))) == [101] + [401] * 7


def test_G16_a_ticket_has_no_more_rights_than_its_maker(server, api):
    key = server.make_key("vera", "event_viewer")
    own = Api(server.port, key)
    opened, waiting = Socket(server.port, ticket=ticket_of(own)), ticket_of(own)
    user = next(user for user in api.must(200, "GET", "/api/v1/users")["data"] if user["username"] == "vera")
    api.must(200, "PATCH", f"/api/v1/users/{user['id']}", {"enabled": False})
    assert opened.next()["close"] == 4401, "G18"
    assert Socket(server.port, ticket=waiting).status == 401


def test_G16_a_page_opens_a_socket_with_a_ticket(server):
    make_user(server, "ada", "event_viewer")
    visitor = Visitor(server.url)
    assert visitor.go("/api/v1/auth/session", "POST", {"username": "ada", "password": PASSWORD}).status == 200
    assert visitor.go("/api/v1/stream/ticket", "POST").status == 403, "G03: another site's page has no token to show"
    made = visitor.change("POST", "/api/v1/stream/ticket")
    assert made.status == 200
    cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in visitor.own.items())}
    opened = Socket(server.port, headers=cookie, ticket=json.loads(made.text)["ticket"])
    assert opened.status == 101, "the ticket is meant, not the cookie, so it needs no origin"
    assert visitor.change("POST", "/api/v1/auth/logout").status == 204
    assert opened.next()["close"] == 4401


def test_G16_no_log_has_a_ticket(make_server, store):
    server = make_server(store)
    server.config.write_text(server.config.read_text().replace('metrics_listen: ""', 'metrics_listen: "", log_level: trace'))
    api = Api(server.start().port, server.admin_key)
    used, spent, refused, unused = (ticket_of(api) for _ in range(4))
    assert Socket(server.port, ticket=used).status == 101
    for _ in range(2):
        Socket(server.port, ticket=spent)
    assert Socket(server.port, server.admin_key, ticket=refused).status == 400
    for path in ("stream", "stream/ws", "events", "nowhere"):
        for said in (api.get(f"/api/v1/{path}?ticket={unused}"), Api(server.port).get(f"/api/v1/{path}?ticket={unused}&colour=red")):
            assert unused not in said.text, path
    server.stop()
    text = server.all_output()
    assert "/api/v1/stream/ws" in text
    assert not [ticket for ticket in (used, spent, refused, unused) if ticket in text]


def test_G15_a_page_of_another_site_opens_no_socket(server):
    make_user(server, "ada", "event_viewer")
    visitor = Visitor(server.url)
    assert visitor.go("/api/v1/auth/session", "POST", {"username": "ada", "password": PASSWORD}).status == 200
    cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in visitor.own.items())}
    own = {"Origin": server.url}
    assert Socket(server.port, headers=cookie).status == 403, "no origin"
    for origin in ("https://evil.example", "null", f"http://127.0.0.1:{server.port}.evil.example"):
        assert Socket(server.port, headers={**cookie, "Origin": origin}).status == 403, origin
    assert Socket(server.port, headers={**cookie, **own, "Sec-Fetch-Site": "cross-site"}).status == 403
    opened = Socket(server.port, headers={**cookie, **own})
    assert opened.status == 101
    assert visitor.change("POST", "/api/v1/auth/logout").status == 204
    assert opened.next()["close"] == 4401, "B23: a logout leaves no socket open"


def test_G19_a_user_has_a_bounded_number_of_streams(make_server):
    server = make_server("sqlite").start()
    key = server.make_key("vera", "event_viewer")
    held = [Stream(server.port, key) for _ in range(1000)]
    assert {stream.status for stream in held} == {200}
    refused = Api(server.port, key).get("/api/v1/stream")
    assert refused.status == 429 and refused.json["code"] == "stream_limit" and refused.headers["Retry-After"]
    assert Stream(server.port, server.admin_key).status == 200, "another user"
    held.pop().close()
    assert within(5, lambda: Api(server.port, key).get("/api/v1/stream?after=0&follow=false").status == 200)
    for stream in held:
        stream.close()


# --- bad clients, and the end -----------------------------------------------------------------------------------------


def test_G17_a_socket_takes_nothing_that_is_no_frame(make_server):
    server = make_server("sqlite").start()

    def closes_with(*frames) -> int:
        socket = Socket(server.port, server.admin_key)
        for frame in frames:
            socket.send(*frame[:2], **(frame[2] if len(frame) > 2 else {}))
        answer = socket.next()
        with pytest.raises((EOFError, ConnectionError)):
            socket.frame()
        return answer["close"]

    assert closes_with((1, b"hello")) == 1008, "this stream is not talked to"
    assert closes_with((1, b"x", {"masked": False})) == 1002
    assert closes_with((2, b"x")) == 1003
    assert closes_with((1, b"\xff")) == 1007
    assert closes_with((1, b"x" * 70_000)) == 1009
    assert closes_with((3, b"")) == 1002
    assert closes_with(*[(1 if i == 0 else 0, b"", {"final": False}) for i in range(1100)]) == 1008
    assert closes_with((8, b"\x03\xe8bye")) == 1000
    socket = Socket(server.port, server.admin_key)
    for number in range(2000):  # a flood of pings is answered, not gathered
        socket.send(9, str(number).encode())
    assert within(5, lambda: socket.frame()[0] == 10)
    assert Api(server.port).get("/health").status == 200


def test_R36_a_reader_that_reads_nothing_holds_up_nobody(server, api, is_long):
    receivers = given_gate_of(server, 1)
    slow = [Stream(server.port, server.admin_key, receive_buffer=4096) for _ in range(50)]
    quick = Stream(server.port, server.admin_key)
    before = server.memory()
    payload = {"text": "x" * 20_000}
    for number in range(150):
        api.post_event(receivers[0], f"app-{number}", payload=payload)
        assert kinds(quick.take(2)) == ["event.created", "group.complete"]
    # 50 readers that are 300 messages behind: 6 MB a reader, if they were buffered.
    assert server.memory() - before < 96 * 1_048_576
    for stream in slow:
        stream.close()


def test_R32_streams_end_in_good_order_when_the_server_stops(server, api):
    receivers = given_gate_of(server, 1)
    events, lines, socket = Stream(server.port, server.admin_key, "sse"), Stream(server.port, server.admin_key), Socket(server.port, server.admin_key)
    last = api.post_event(receivers[0], "app")["position"] + 1
    for reader in (events, lines, socket):
        reader.take(2)
    stopper = threading.Thread(target=server.stop)
    stopper.start()
    assert events.next() is None and lines.next() is None
    assert socket.next() == {"close": 1001, "reason": f"after=1.{last}"}
    stopper.join()
