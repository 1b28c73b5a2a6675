"""The last two events of a gate arrive at the same instant, through two nodes: it opens every time, and never on a failure."""

import asyncio
import json
import time

from support.api import Api
from support.world import gate_faults, given_gate_of
from test_postgres_faults import second_node

CLIENTS = 64


class Client:
    """One kept-alive connection that posts events, in the manner of a pipeline."""

    def __init__(self, port: int, key: str):
        self.port, self.key = port, key

    async def open(self) -> "Client":
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        return self

    async def post(self, event: dict) -> dict:
        body = json.dumps(event).encode()
        self.writer.write(
            f"POST /api/v1/events HTTP/1.1\r\nHost: x\r\nX-API-Key: {self.key}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
        )
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
        length = next(int(line.split(":")[1]) for line in head.split("\r\n") if line.lower().startswith("content-length:"))
        answer = json.loads(await self.reader.readexactly(length))
        assert head.startswith("HTTP/1.1 201"), answer
        return answer


def event_of(receiver: str, number: int, success: bool) -> dict:
    return {"event_receiver_id": receiver, "name": f"app-{number}", "version": "1", "release": "1", "platform_id": "amd64", "package": "deb", "success": success}


def is_failing(number: int) -> bool:
    return number % 10 == 9


async def race(nodes: list, receivers: list[str], total: int) -> list[int]:
    """Each pair of clients, one per node, posts the two events of an artifact at once; returns where the gate did wrong."""
    numbers = iter(range(total))
    wrong = []

    async def pair():
        one, two = [await Client(node.port, node.admin_key).open() for node in nodes]
        for number in numbers:
            answers = await asyncio.gather(one.post(event_of(receivers[0], number, True)), two.post(event_of(receivers[1], number, not is_failing(number))))
            states = [gate["state"] for answer in answers for gate in answer["gates"]]
            if ("open" in states) == is_failing(number):
                wrong.append(number)

    await asyncio.gather(*(pair() for _ in range(CLIENTS // 2)))
    return wrong


def test_the_last_two_events_through_two_nodes_open_the_gate_every_time(make_server, pg, is_long):
    total = 10_000
    first = make_server("postgres").start()
    second = second_node(make_server, first)
    receivers = given_gate_of(first, 2)
    began = time.monotonic()
    wrong = asyncio.run(race([first, second], receivers, total))
    print(f"{total} races in {time.monotonic() - began:.1f} s")
    assert wrong == []
    failing = sum(is_failing(number) for number in range(total))
    rows = first.query("select count(*) from journal where kind = 2")
    assert int(rows[0][0]) == total - failing
    states = dict(first.query("select state, count(*) from gates group by state"))
    assert {int(state): int(count) for state, count in states.items()} == {3: total - failing, 2: failing}
    assert gate_faults(first) == []


def test_the_last_two_events_on_one_node(make_server, store):
    server = make_server(store).start()
    assert asyncio.run(race([server, server], given_gate_of(server, 2), 1000)) == []
    assert gate_faults(server) == []


def wait_until(condition, seconds: float = 10):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.02)


def test_a_group_edited_on_one_node_counts_at_once_on_the_other(make_server, pg):
    first = make_server("postgres").start()
    second = second_node(make_server, first)
    one, two = Api(first.port, first.admin_key), Api(second.port, second.admin_key)
    receivers = given_gate_of(first, 2)
    group = one.must(200, "GET", "/api/v1/groups/release-ready")["id"]
    artifact = "artifact=app@1.0.0%2B1/amd64/deb"
    for number in range(20):
        both = number % 2 == 0
        one.must(204, "PUT", f"/api/v1/groups/{group}", {"event_receiver_ids": receivers if both else receivers[:1]})
        answer = two.post_event(receivers[0], f"edited-{number}")
        assert [gate["state"] for gate in answer["gates"]] == ["pending" if both else "open"], number
    two.post_event(receivers[0], "app")
    assert two.must(200, "GET", f"/api/v1/groups/{group}/status?{artifact}")["state"] == "open"
    wait_until(lambda: not one.must(200, "GET", f"/api/v1/groups/{group}/status?{artifact}")["evaluating"])
    one.close()
    two.close()


def test_a_receiver_disabled_or_made_on_the_other_node_counts_at_once(make_server, pg):
    first = make_server("postgres").start()
    second = second_node(make_server, first)
    one, two = Api(first.port, first.admin_key), Api(second.port, second.admin_key)
    for number in range(20):
        receiver = one.make_receiver(f"fresh-{number}")
        two.post_event(receiver, "app")
        one.must(204, "PATCH", f"/api/v1/receivers/{receiver}", {"enabled": False})
        refused = two.post("/api/v1/events", two.event(receiver, "app"))
        assert refused.status == 409 and refused.json["code"] == "receiver_disabled", refused
    one.close()
    two.close()


def test_changes_and_events_at_once_never_break_a_gate(make_server, store):
    """Events flow while the group is edited and a receiver is switched off and on: every answer is sound, and so is the journal."""
    import threading

    server = make_server(store).start()
    receivers = given_gate_of(server, 3)
    stop, odd = threading.Event(), []

    def post(index: int):
        api, number = Api(server.port, server.admin_key), 0
        while not stop.is_set():
            number += 1
            answer = api.post("/api/v1/events", api.event(receivers[(index + number) % 3], f"busy-{number % 20}", success=number % 5 != 0))
            if answer.status not in (201, 409):
                odd.append(answer)
        api.close()

    threads = [threading.Thread(target=post, args=(index,)) for index in range(8)]
    for thread in threads:
        thread.start()
    api = Api(server.port, server.admin_key)
    for number in range(40):
        api.must(204, "PATCH", f"/api/v1/receivers/{receivers[2]}", {"enabled": number % 2 == 1})
        api.must(204, "PUT", "/api/v1/groups/release-ready", {"description": f"edit {number}"})
    stop.set()
    for thread in threads:
        thread.join()
    assert odd == []
    assert gate_faults(server) == []
    api.close()
