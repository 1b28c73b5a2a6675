"""Clients of the live streams: server-sent events, lines, and a WebSocket of our own, which can also misbehave."""

import base64
import json
import os
import socket
import struct
import time
from urllib.parse import urlencode


def connect(port: int, receive_buffer: int = 0, timeout: float = 30) -> socket.socket:
    peer = socket.socket()
    if receive_buffer:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    peer.settimeout(timeout)
    peer.connect(("127.0.0.1", port))
    return peer


class Stream:
    """GET /api/v1/stream, read bit by bit. `mode` is "sse" or "lines"."""

    def __init__(self, port: int, key: str, mode: str = "lines", headers: dict | None = None, receive_buffer: int = 0, timeout: float = 30, **query):
        self.peer = connect(port, receive_buffer, timeout)
        self.mode, self.buffer, self.ids, self.is_ended = mode, b"", [], False
        sent = {"Host": f"127.0.0.1:{port}", "X-API-Key": key, "Accept": "text/event-stream" if mode == "sse" else "application/x-ndjson", **(headers or {})}
        lines = "".join(f"{name}: {value}\r\n" for name, value in sent.items() if value)
        self.peer.sendall(f"GET /api/v1/stream?{urlencode(query)} HTTP/1.1\r\n{lines}\r\n".encode())
        while b"\r\n\r\n" not in self.buffer:
            more = self.peer.recv(4096)
            assert more, "no answer"
            self.buffer += more
        head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        self.status = int(head.split()[1])
        self.head = head.decode()
        self.text = b""

    def close(self):
        self.peer.close()

    def _chunk(self) -> bytes:
        """One piece of the body; b"" at its end."""
        while True:
            size, found, rest = self.buffer.partition(b"\r\n")
            if found and len(rest) >= int(size, 16) + 2:
                length = int(size, 16)
                self.buffer = rest[length + 2:]
                self.is_ended = length == 0
                return rest[:length]
            more = self.peer.recv(65536)
            if not more:
                self.is_ended = True
                return b""
            self.buffer += more

    def _block(self, end: bytes) -> bytes | None:
        while end not in self.text:
            if self.is_ended:
                return None
            self.text += self._chunk()
        block, _, self.text = self.text.partition(end)
        return block

    def next(self) -> dict | None:
        """The next message; None at the end."""
        while True:
            block = self._block(b"\n\n" if self.mode == "sse" else b"\n")
            if block is None:
                return None
            if self.mode == "lines":
                if block:
                    return json.loads(block)
                continue
            fields = dict(line.split(": ", 1) for line in block.decode().split("\n") if ": " in line)
            if "id" in fields:
                self.ids.append(fields["id"])
            if fields.get("event") == "error":
                return fields
            if "data" in fields:
                return json.loads(fields["data"])

    def take(self, count: int) -> list[dict]:
        return [self.next() for _ in range(count)]

    def rest(self) -> list[dict]:
        found = []
        while (message := self.next()) is not None:
            found.append(message)
        return found


class Socket:
    """GET /api/v1/stream/ws."""

    def __init__(self, port: int, key: str = "", headers: dict | None = None, timeout: float = 30, **query):
        self.peer = connect(port, timeout=timeout)
        sent = {"Host": f"127.0.0.1:{port}", "X-API-Key": key, "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
                "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(), **(headers or {})}
        lines = "".join(f"{name}: {value}\r\n" for name, value in sent.items() if value)
        self.peer.sendall(f"GET /api/v1/stream/ws?{urlencode(query)} HTTP/1.1\r\n{lines}\r\n".encode())
        self.buffer = b""
        while b"\r\n\r\n" not in self.buffer:
            more = self.peer.recv(4096)
            assert more, "no answer"
            self.buffer += more
        head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        self.status = int(head.split()[1])

    def close(self):
        self.peer.close()

    def send(self, opcode: int, payload: bytes = b"", final: bool = True, masked: bool = True):
        size = len(payload)
        length = bytes([size]) if size < 126 else b"\x7e" + struct.pack(">H", size) if size < 65536 else b"\x7f" + struct.pack(">Q", size)
        length = bytes([length[0] | (0x80 if masked else 0)]) + length[1:]
        mask = os.urandom(4) if masked else b""
        data = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload)) if masked else payload
        self.peer.sendall(bytes([(0x80 if final else 0) | opcode]) + length + mask + data)

    def _read(self, size: int) -> bytes:
        while len(self.buffer) < size:
            more = self.peer.recv(65536)
            if not more:
                raise EOFError
            self.buffer += more
        data, self.buffer = self.buffer[:size], self.buffer[size:]
        return data

    def frame(self) -> tuple[int, bytes]:
        first, second = self._read(2)
        size = second & 0x7F
        if size == 126:
            size = struct.unpack(">H", self._read(2))[0]
        elif size == 127:
            size = struct.unpack(">Q", self._read(8))[0]
        return first & 0x0F, self._read(size)

    def next(self) -> dict:
        """The next message, or {"close": code, "reason": text}."""
        while True:
            opcode, payload = self.frame()
            if opcode == 1:
                return json.loads(payload)
            if opcode == 8:
                return {"close": struct.unpack(">H", payload[:2])[0], "reason": payload[2:].decode()}

    def take(self, count: int) -> list[dict]:
        return [self.next() for _ in range(count)]


def sequences(messages: list[dict]) -> list[int]:
    return [int(message["sequence"]) for message in messages]


def within(seconds: float, condition) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
