"""What webhooks are told to: HTTP servers on loopback that keep what they get and answer as a test wants."""

import base64
import hashlib
import hmac
import http.server
import json
import ssl
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

SETTINGS = "webhooks: {allow_http: true, private_networks: [127.0.0.0/8], ports: [], timeout_ms: 2000}\n"


@dataclass
class Told:
    at: float
    path: str
    headers: dict
    body: bytes
    answered: int = 0
    message: dict = field(default_factory=dict)


def verify(secret: str, told: Told, now: float | None = None, tolerance: float = 300) -> bool:
    """As the specification of Standard Webhooks has it."""
    stamp = told.headers["webhook-timestamp"]
    if abs((time.time() if now is None else now) - int(stamp)) > tolerance:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{told.headers['webhook-id']}.{stamp}.".encode() + told.body
    wanted = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return any(hmac.compare_digest(wanted, one) for one in told.headers["webhook-signature"].split(" "))


class Endpoint:
    """Answers 204; `answer(told)` may give another status, or (status, headers). With a (certificate, key) it speaks TLS."""

    def __init__(self, answer=None, certificate: tuple[Path, Path] | None = None, host: str = "127.0.0.1"):
        self.told: list[Told] = []
        self.changed = threading.Condition()
        self.answer = answer or (lambda told: 204)
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                told = Told(time.time(), self.path, {k.lower(): v for k, v in self.headers.items()}, body, message=json.loads(body))
                answered = outer.answer(told)
                status, headers = answered if isinstance(answered, tuple) else (answered, {})
                told.answered = status
                with outer.changed:
                    outer.told.append(told)
                    outer.changed.notify_all()
                try:
                    self.send_response(status)
                    for name, value in headers.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                except OSError:
                    pass

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            request_queue_size = 128
            daemon_threads = True

            def handle_error(self, *_):
                pass  # a peer that was killed

        self.server = Server((host, 0), Handler)
        self.host = host
        self.scheme = "https" if certificate else "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def port(self) -> int:
        return self.server.server_address[1]

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}/hook"

    def wait_for(self, count: int, seconds: float = 30) -> list[Told]:
        """The requests so far, once there are so many."""
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.told) >= count, seconds), f"{len(self.told)} of {count}"
            return list(self.told)

    def close(self):
        self.server.shutdown()
        self.server.server_close()
