"""Graceful stop, row R32: nothing answered is lost, nothing in flight fails."""

import http.client
import signal
import threading
import time

from support.api import Api
from support.ledger import ACKED, Ledger
from support.raw import Raw


def two_gates(client: Api, prefix: str) -> list[str]:
    receivers = [client.make_receiver(f"{prefix}-{n}") for n in range(3)]
    client.make_group(f"{prefix}-all", receivers)
    client.make_group(f"{prefix}-first", receivers[:1])
    return receivers


def test_r32_sigterm_answers_what_is_in_flight(server, client):
    receivers = two_gates(client, "r32")
    ledger = Ledger(receivers, server.admin_key, [server.port])
    ledger.start(8)
    until = time.monotonic() + 20
    while ledger.count(ACKED) < 200 and time.monotonic() < until:
        time.sleep(0.02)
    server.process.send_signal(signal.SIGTERM)
    code = server.process.wait(35)
    ledger.stop()
    assert code == 0, server.output()[-2000:]
    assert ledger.count(ACKED) >= 200
    server.start()
    ledger.check()


def test_r32_idle_connections_do_not_hold_the_server(server):
    idle = [Raw(server.port) for _ in range(20)]
    for raw in idle:
        raw.send(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
        assert raw.response()[0] == 200
    began = time.monotonic()
    assert server.stop() == 0
    assert time.monotonic() - began < 10
    for raw in idle:
        assert raw.is_closed()


def wait_for_gate(server, path: str):
    """A request that the server holds; how it ends does not matter here."""
    try:
        Api(server.port, server.admin_key).get(path)
    except (OSError, http.client.HTTPException):
        pass


def test_a_second_sigterm_ends_at_once(server, client):
    receiver = client.make_receiver("slow")
    client.make_group("slow-gate", [receiver])
    path = "/api/v1/groups/slow-gate/status?artifact=a@1%2B1/x/p&wait=25"
    waiting = threading.Thread(target=wait_for_gate, args=(server, path), daemon=True)
    waiting.start()
    time.sleep(0.3)
    server.process.send_signal(signal.SIGTERM)
    time.sleep(0.3)
    if server.is_running():
        server.process.send_signal(signal.SIGTERM)
    began = time.monotonic()
    server.process.wait(10)
    assert time.monotonic() - began < 5
    waiting.join(10)
