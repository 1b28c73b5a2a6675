"""R37: clients that drip bytes are cut, and nobody else notices."""

import selectors
import socket
import time

from support.api import Api

HEAD = b"POST /api/v1/events HTTP/1.1\r\nHost: localhost\r\n"
BODY = HEAD + b"Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n"
BATCH = BODY.replace(b"/events ", b"/events/batch ")


class Drips:
    """`count` connections: a third inside the head, a third inside a body, a third inside a streamed one."""

    def __init__(self, port: int, count: int):
        self.waiting = selectors.DefaultSelector()
        for number in range(count):
            one = socket.create_connection(("127.0.0.1", port), timeout=10)
            one.sendall((HEAD, BODY, BATCH)[number % 3])
            one.setblocking(False)
            self.waiting.register(one, selectors.EVENT_READ)

    def left(self) -> list[socket.socket]:
        return [key.fileobj for key in self.waiting.get_map().values()]

    def drip(self):
        """One byte each; those that the server has ended are let go."""
        for key, _ in self.waiting.select(0):
            try:
                ended = not key.fileobj.recv(65536)
            except OSError:
                ended = True
            if ended:
                self._let_go(key.fileobj)
        for one in self.left():
            try:
                one.send(b"x")
            except OSError:
                self._let_go(one)

    def _let_go(self, one: socket.socket):
        self.waiting.unregister(one)
        one.close()

    def close(self):
        for one in self.left():
            self._let_go(one)


def test_r37_dripping_clients_are_cut_and_live_traffic_goes_on(server, is_long):
    api = Api(server.port, server.admin_key)
    receiver = api.make_receiver("build")
    drips = Drips(server.port, 2_000 if is_long else 300)
    try:
        # Head: 10 s. Bodies: 10 s, and no less than 1 KiB a second from then on.
        until = time.monotonic() + 20
        number, slowest = 0, 0.0
        while drips.left():
            assert time.monotonic() < until, f"{len(drips.left())} dripping clients are still there"
            drips.drip()
            for _ in range(20):
                began = time.monotonic()
                api.post_event(receiver, f"live-{number}")
                slowest = max(slowest, time.monotonic() - began)
                number += 1
            time.sleep(0.5)
        assert number >= 100 and slowest < 5, (number, slowest)
    finally:
        drips.close()
        api.close()
