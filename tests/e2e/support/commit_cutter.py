"""A TCP proxy before PostgreSQL that cuts a connection just before the reply to a COMMIT passes: the server has
committed, and its client cannot know."""

import socket
import struct
import threading

from .listener import Listener, run_both


class CommitCutter:
    def __init__(self, host: str, port: int):
        self.upstream = (host, port)
        self.cuts = 0
        self._armed = threading.Event()
        self._listener = Listener(self._serve)
        self.port = self._listener.port

    def arm(self):
        """The next COMMIT's reply is not delivered."""
        self._armed.set()

    def is_armed(self) -> bool:
        return self._armed.is_set()

    def close(self):
        self._listener.close()

    def _serve(self, client: socket.socket):
        with socket.create_connection(self.upstream) as server:
            run_both(lambda: self._forward(client, server), lambda: self._watch(client, server), client, server)

    def _forward(self, client: socket.socket, server: socket.socket):
        while data := client.recv(65536):
            server.sendall(data)

    def _watch(self, client: socket.socket, server: socket.socket):
        """Backend messages are a type byte, a length of 4 bytes that counts itself, and a body."""
        buffer = b""
        while data := server.recv(65536):
            buffer += data
            passed, cut = self._split(buffer)
            if cut:
                return
            client.sendall(buffer[:passed])
            buffer = buffer[passed:]

    def _split(self, buffer: bytes) -> tuple[int, bool]:
        """How much holds whole messages, and whether the connection must be cut now."""
        at = 0
        # The answer to SSLRequest or GSSENCRequest is one bare letter.
        if buffer in (b"N", b"S"):
            return 1, False
        while len(buffer) - at >= 5:
            length = struct.unpack_from(">I", buffer, at + 1)[0] + 1
            if len(buffer) - at < length:
                break
            if buffer[at : at + 1] == b"C" and buffer[at + 5 : at + length] == b"COMMIT\0" and self._armed.is_set():
                self._armed.clear()
                self.cuts += 1
                return at, True
            at += length
        return at, False
