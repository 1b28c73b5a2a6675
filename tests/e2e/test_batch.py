"""Batches are streamed: what came first is stored while the rest is still on its way, and memory does not grow with them."""

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from support.raw import Raw

HEAD = "POST /api/v1/events/batch HTTP/1.1\r\nHost: localhost\r\nX-API-Key: {key}\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"


def lines(receiver: str, first: int, count: int, **more) -> bytes:
    one = {"event_receiver_id": receiver, "version": "1", "release": "1", "platform_id": "amd64", "package": "deb", **more}
    return b"".join(json.dumps({**one, "name": f"n-{number}"}).encode() + b"\n" for number in range(first, first + count))


def chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def stored(client) -> int:
    return sum(1 for _ in client.every("/api/v1/events"))


def wait_until_stored(client, count: int):
    end = time.monotonic() + 30
    while stored(client) < count:
        assert time.monotonic() < end, f"{count} events were not stored while the batch was open"
        time.sleep(0.05)


def test_a_batch_is_stored_while_it_arrives(server, client):
    receiver = client.make_receiver("build")
    with Raw(server.port, timeout=30) as raw:
        raw.send(HEAD.format(key=server.admin_key).encode() + chunk(lines(receiver, 0, 600)))
        wait_until_stored(client, 500)
        raw.send(chunk(lines(receiver, 600, 100)) + chunk(b""))
        status, _, body = raw.response()
        results = json.loads(body)["data"]
        assert status == 200 and [one["status"] for one in results] == [201] * 700
        assert len({one["position"] for one in results}) == 700
        # The connection goes on.
        raw.send(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert raw.response()[0] == 200
    assert stored(client) == 700


def test_a_batch_that_breaks_off_tells_what_was_stored(server, client):
    receiver = client.make_receiver("build")
    with Raw(server.port, timeout=30) as raw:
        raw.send(HEAD.format(key=server.admin_key).encode() + chunk(lines(receiver, 0, 600)))
        wait_until_stored(client, 500)
        raw.send(b"no size\r\n")
        status, _, body = raw.response()
        problem = json.loads(body)
        assert (status, problem["code"]) == (400, "http_malformed")
        assert len(problem["data"]) == stored(client) and raw.is_closed()


def test_a_broken_batch_that_is_short_has_no_effect(server, client):
    receiver = client.make_receiver("build")
    with Raw(server.port, timeout=30) as raw:
        raw.send(HEAD.format(key=server.admin_key).encode() + chunk(lines(receiver, 0, 20)) + b"no size\r\n")
        status, _, body = raw.response()
    assert status == 400 and "data" not in json.loads(body)
    assert stored(client) == 0


def test_a_client_that_leaves_in_the_middle_stops_nobody(server, client):
    receiver = client.make_receiver("build")
    with Raw(server.port, timeout=30) as raw:
        raw.send(HEAD.format(key=server.admin_key).encode() + chunk(lines(receiver, 0, 600)))
        wait_until_stored(client, 500)
    assert client.get("/health/ready").status == 200
    assert stored(client) >= 500


def test_r11_memory_does_not_grow_with_batches(server, client):
    """Eight clients send batches of 15 MiB at once: kept whole, text and value, they would take twice as much."""
    receiver = client.make_receiver("build")
    data = lines(receiver, 0, 15, payload={"text": "x" * 1_000_000})

    def post(_) -> tuple[int, set[int]]:
        with Raw(server.port, timeout=120) as raw:
            raw.send(HEAD.format(key=server.admin_key).encode())
            for at in range(0, len(data), 65_536):
                raw.send(chunk(data[at : at + 65_536]))
            code, _, body = raw.send(chunk(b"")).response()
            return code, {one["status"] for one in json.loads(body)["data"]}

    with ThreadPoolExecutor(8) as clients:
        answers = list(clients.map(post, range(8)))
    assert answers == [(200, {201})] * 8
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    peak = int(re.search(r"VmHWM:\s+(\d+)", status).group(1)) / 1024
    assert peak < 256, f"{peak:.0f} MiB"
