"""A small client of the REST interface: one connection kept alive, one thread at a time."""

import http.client
import json
from dataclasses import dataclass

NVRPP = {"version": "1.0.0", "release": "1", "platform_id": "amd64", "package": "deb"}


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    text: str

    @property
    def json(self):
        return json.loads(self.text)


class Api:
    def __init__(self, port: int, key: str = "", timeout: float = 40):
        self.port, self.key, self.timeout = port, key, timeout
        self.connection: http.client.HTTPConnection | None = None

    def close(self):
        if self.connection:
            self.connection.close()
            self.connection = None

    def send(self, method: str, path: str, body=None, headers: dict | None = None) -> Answer:
        """`body`: bytes as they are, anything else as JSON. A connection that breaks raises; the next call opens another."""
        payload = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
        sent = {"X-API-Key": self.key} if self.key else {}
        if payload is not None:
            sent["Content-Type"] = "application/json"
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
        try:
            self.connection.request(method, path, payload, {**sent, **(headers or {})})
            response = self.connection.getresponse()
            return Answer(response.status, response.headers, response.read().decode())
        except (http.client.HTTPException, OSError):
            self.close()
            raise

    def get(self, path: str, **keywords) -> Answer:
        return self.send("GET", path, **keywords)

    def post(self, path: str, body=None, **keywords) -> Answer:
        return self.send("POST", path, body, **keywords)

    def must(self, status: int, method: str, path: str, body=None, **keywords):
        """The answer's JSON (or None), which must have this status."""
        answer = self.send(method, path, body, **keywords)
        assert answer.status == status, f"{method} {path}: {answer.status} {answer.text[:800]}"
        return answer.json if answer.text else None

    # --- what most tests need -----------------------------------------------------------------------------------

    def make_receiver(self, name: str, schema: dict | bool | None = None, **more) -> str:
        body = {"name": name, "type": "test.receiver", "version": "1.0.0", "schema": {"type": "object"} if schema is None else schema, **more}
        answer = self.post("/api/v1/receivers", body)
        assert answer.status in (200, 201), answer.text
        return answer.json["id"]

    def make_group(self, name: str, receivers: list[str], **more) -> str:
        body = {"name": name, "type": "test.gate", "version": "1.0.0", "event_receiver_ids": receivers, **more}
        answer = self.post("/api/v1/groups", body)
        assert answer.status in (200, 201), answer.text
        return answer.json["id"]

    def event(self, receiver: str, name: str, **more) -> dict:
        return {"event_receiver_id": receiver, "name": name, **NVRPP, **more}

    def post_event(self, receiver: str, name: str, **more) -> dict:
        return self.must(201, "POST", "/api/v1/events", self.event(receiver, name, **more))

    def every(self, path: str):
        """Every item of a list, page by page."""
        separator = "&" if "?" in path else "?"
        after = ""
        while True:
            page = self.must(200, "GET", f"{path}{separator}limit=1000{after}")
            yield from page["data"]
            if not page["pagination"]["has_more"]:
                return
            after = "&after=" + page["pagination"]["next"]
