"""Bytes in, bytes out: what no HTTP client would send."""

import re
import socket


class Raw:
    def __init__(self, port: int, timeout: float = 10):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self.buffer = b""

    def __enter__(self) -> "Raw":
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data: bytes) -> "Raw":
        self.socket.sendall(data)
        return self

    def _fill(self) -> bool:
        try:
            more = self.socket.recv(65536)
        except (ConnectionResetError, BrokenPipeError):
            more = b""
        self.buffer += more
        return bool(more)

    def response(self) -> tuple[int, dict[str, str], bytes]:
        """The next answer: status, headers by lower-case name, body. Raises EOFError when the connection ended before it."""
        while b"\r\n\r\n" not in self.buffer:
            if not self._fill():
                raise EOFError(f"the connection ended after {self.buffer!r}")
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        lines = head.decode("latin-1").split("\r\n")
        status = int(re.match(r"HTTP/1\.[01] (\d{3})", lines[0]).group(1))
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        length = 0 if status in (204, 304) else int(headers.get("content-length", 0))
        while len(self.buffer) < length:
            if not self._fill():
                raise EOFError("the connection ended inside a body")
        body, self.buffer = self.buffer[:length], self.buffer[length:]
        return status, headers, body

    def is_closed(self) -> bool:
        """Whether the server has ended the connection and sent nothing more; waits for either."""
        try:
            return not self.buffer and not self._fill()
        except TimeoutError:
            return False


def one_request(port: int, data: bytes, timeout: float = 10) -> tuple[int, bool]:
    """The status of the first answer, and whether the connection was closed after it."""
    with Raw(port, timeout) as raw:
        raw.send(data)
        status, _, _ = raw.response()
        return status, raw.is_closed()
