"""The faults that other tests put on a link do what their names say."""

import socket
import threading
import time

import pytest

from support.listener import Listener
from support.toxiproxy import TOXICS


class Echo:
    """Sends back what it gets, and keeps it."""

    def __init__(self):
        self.got = b""
        self.changed = threading.Condition()
        self.listener = Listener(self._serve)

    def _serve(self, connection: socket.socket):
        while data := connection.recv(65536):
            with self.changed:
                self.got += data
                self.changed.notify_all()
            connection.sendall(data)

    def wait_for(self, count: int):
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.got) >= count, 20), f"{len(self.got)} of {count} bytes"


@pytest.fixture
def echo():
    server = Echo()
    yield server
    server.listener.close()


@pytest.fixture
def link(toxiproxy, echo):
    made = toxiproxy.link(echo.listener.port)
    yield made
    made.close()


def connect(link) -> socket.socket:
    return socket.create_connection(("127.0.0.1", link.port), timeout=20)


def receive(client: socket.socket, count: int) -> bytes:
    got = b""
    while len(got) < count and (data := client.recv(65536)):
        got += data
    return got


def answers(client: socket.socket, text: bytes) -> bool:
    client.sendall(text)
    return receive(client, len(text)) == text


def read_to_the_end(client: socket.socket):
    try:
        while client.recv(65536):
            pass
    except ConnectionResetError:
        pass


def check_silence(client: socket.socket):
    client.settimeout(0.3)
    with pytest.raises(TimeoutError):
        client.recv(1)
    client.settimeout(20)


def test_refuse_cuts_who_is_through_and_lets_nobody_in(link):
    with connect(link) as client:
        assert answers(client, b"before")
        link.set("refuse")
        read_to_the_end(client)
    with pytest.raises(ConnectionRefusedError):
        connect(link)
    link.set("pass")
    with connect(link) as client:
        assert answers(client, b"after")


def test_stall_holds_what_is_sent_until_it_is_over(link, echo):
    with connect(link) as client:
        assert answers(client, b"before")
        link.set("stall")
        client.sendall(b"during")
        check_silence(client)
        assert echo.got == b"before"
        link.set("pass")
        assert receive(client, 6) == b"during"


@pytest.mark.parametrize("fault", ["lose", "drop"])
def test_what_is_lost_or_dropped_never_arrives(link, echo, fault):
    with connect(link) as client:
        assert answers(client, b"before")
        link.set(fault)
        client.sendall(b"during")
        if fault == "lose":
            echo.wait_for(12)
        check_silence(client)
        link.set("pass")
        read_to_the_end(client)
    assert echo.got == (b"beforeduring" if fault == "lose" else b"before")


def test_reset_is_a_reset_and_the_service_has_heard(link, echo):
    link.set("reset")
    with connect(link) as client:
        client.sendall(b"during")
        with pytest.raises(ConnectionResetError):
            client.recv(1)
    echo.wait_for(6)


def test_tear_ends_a_connection_in_the_middle(link, echo):
    most = TOXICS["tear"][2]["bytes"]
    with connect(link) as client:
        assert answers(client, b"before")
        link.set("tear")
        client.sendall(b"x" * 20_000)
        read_to_the_end(client)
    echo.wait_for(6 + most)
    assert len(echo.got) == 6 + most


@pytest.mark.parametrize(("fault", "least"), [("slow", 0.1), ("late", 2.0), ("slices", 0.0)])
def test_slow_late_and_sliced_answers_arrive_whole(link, fault, least):
    with connect(link) as client:
        assert answers(client, b"before")
        link.set(fault)
        began = time.monotonic()
        assert answers(client, bytes(range(256)) * 20)
        assert time.monotonic() - began >= least
    link.set("pass")
    with connect(link) as client:
        assert answers(client, b"after")


def test_one_fault_takes_the_place_of_another(link):
    for fault in (*TOXICS, "refuse", "stall", "refuse", "pass"):
        link.set(fault)
    with connect(link) as client:
        assert answers(client, b"after")
