"""The ledger: what clients sent, and what they were told. After a fault it is compared with what the store holds.

Each request has an Idempotency-Key of its own and ends in one of three classes: acked (2xx), refused (4xx), unknown
(no answer, or 5xx). Afterwards every unknown is sent again with its key; then each acked event must be there exactly
once, no refused one may be, and nothing else either (reliability rows R01 and the like).
"""

import http.client
import itertools
import json
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from .api import Api

ACKED, REFUSED, UNKNOWN = "acked", "refused", "unknown"


@dataclass
class Entry:
    key: str
    name: str
    body: dict
    kind: str = UNKNOWN
    event_id: str = ""
    position: int = 0
    status: int = 0


@dataclass
class Ledger:
    """Writers in threads against one or several servers; `ports` and `key` may be changed between rounds."""

    receivers: list[str]
    key: str
    ports: list[int]
    seed: int = 0
    artifacts: int = 50
    entries: list[Entry] = field(default_factory=list)

    def __post_init__(self):
        self.prefix = f"ledger-{self.seed}-{random.SystemRandom().randrange(1 << 40):x}"
        self._count = itertools.count()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    # --- load ---------------------------------------------------------------------------------------------------

    def _next(self, chance: random.Random) -> Entry:
        number = next(self._count)
        name = f"{self.prefix}-{chance.randrange(self.artifacts)}"
        body = {
            "event_receiver_id": chance.choice(self.receivers), "name": name, "version": "1", "release": "1",
            "platform_id": "amd64", "package": "deb", "success": chance.random() < 0.8, "payload": {"n": number},
        }
        if chance.random() < 0.02:
            body["surprise"] = True  # refused: an unknown field
        entry = Entry(f"{self.prefix}-{number}", name, body)
        with self._lock:
            self.entries.append(entry)
        return entry

    def _send(self, api: Api, entry: Entry):
        try:
            answer = api.post("/api/v1/events", entry.body, headers={"Idempotency-Key": entry.key})
        except (http.client.HTTPException, OSError):
            return
        entry.status = answer.status
        if answer.status in (200, 201):
            told = json.loads(answer.text)
            entry.kind, entry.event_id, entry.position = ACKED, told["id"], told["position"]
        elif 400 <= answer.status < 500 and answer.status != 429:
            entry.kind = REFUSED

    def _write(self, index: int, pause: float):
        chance = random.Random(self.seed * 1000 + index)
        api = Api(self.ports[index % len(self.ports)], self.key)
        while not self._stop.is_set():
            entry = self._next(chance)
            self._send(api, entry)
            if entry.kind == UNKNOWN:
                self._stop.wait(0.02)
            if pause:
                self._stop.wait(pause)
        api.close()

    def start(self, writers: int = 16, pause: float = 0):
        """Each of them waits for `pause` seconds after each answer."""
        self._stop.clear()
        self._threads = [threading.Thread(target=self._write, args=(index, pause), daemon=True) for index in range(writers)]
        for thread in self._threads:
            thread.start()

    def stop(self):
        self._stop.set()
        for thread in self._threads:
            thread.join(60)
            assert not thread.is_alive(), "a writer did not come back"

    # --- afterwards ---------------------------------------------------------------------------------------------

    def count(self, kind: str) -> int:
        return sum(entry.kind == kind for entry in self.entries)

    def resolve(self, seconds: float = 60):
        """Sends every unknown again with its key until each is answered."""
        api = Api(self.ports[0], self.key)
        until = time.monotonic() + seconds
        for entry in [entry for entry in self.entries if entry.kind == UNKNOWN]:
            while entry.kind == UNKNOWN:
                assert time.monotonic() < until, f"{entry.key} is still unknown (last status {entry.status})"
                self._send(api, entry)
                if entry.kind == UNKNOWN:
                    time.sleep(0.05)
        api.close()

    def faults(self, stored: list[dict]) -> list[str]:
        """Compares with the events that the store holds (id, name, payload n), one line per broken promise."""
        acked = {entry.event_id: entry for entry in self.entries if entry.kind == ACKED}
        ours = [event for event in stored if event["name"].startswith(self.prefix + "-")]
        numbers = Counter(event["payload"]["n"] for event in ours)
        there = {event["id"] for event in ours}
        found = [f"lost: {entry.key} was acked as {event_id}" for event_id, entry in acked.items() if event_id not in there]
        found += [f"twice: payload {number} is stored {count} times" for number, count in numbers.items() if count > 1]
        found += [f"phantom: {event['id']} was never acked" for event in ours if event["id"] not in acked]
        positions = Counter(entry.position for entry in acked.values())
        found += [f"position {position} was told {count} times" for position, count in positions.items() if count > 1]
        return found

    def check(self):
        """Resolves, reads everything back, and asserts that no promise was broken."""
        self.resolve()
        api = Api(self.ports[0], self.key)
        found = self.faults(list(api.every("/api/v1/events")))
        api.close()
        assert not found, f"seed {self.seed}: {len(found)} broken promises:\n" + "\n".join(found[:20])
