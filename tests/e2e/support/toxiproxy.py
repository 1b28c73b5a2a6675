"""A toxiproxy of the tests' own, and links: addresses before a service, on which things go wrong when a test says so."""

import http.client
import itertools
import json
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from server import ROOT, free_port
from support.sinks import wait_until

COUNT = itertools.count()
BOTH = ("upstream", "downstream")  # what clients send, what the service answers

# Fault -> the toxic, where it sits, and its attributes. Times are in milliseconds, the slicer's delay in microseconds.
TOXICS = {
    "drop": ("timeout", BOTH, {"timeout": 0}),  # all that is sent is thrown away, and nobody hears why
    "lose": ("timeout", ("downstream",), {"timeout": 0}),  # the service hears and acts, its answers are thrown away
    "reset": ("reset_peer", ("downstream",), {"timeout": 50}),  # instead of an answer the connection ends
    "tear": ("limit_data", ("upstream",), {"bytes": 4000}),  # each connection ends after so much, in the middle of a request
    "slow": ("latency", BOTH, {"latency": 200, "jitter": 150}),
    "slices": ("slicer", BOTH, {"average_size": 64, "size_variation": 32, "delay": 200}),
    "late": ("latency", ("downstream",), {"latency": 2000, "jitter": 0}),
}


class Toxiproxy:
    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="xzepr-toxiproxy-"))
        self.port = free_port()
        self._script("start")

    def _script(self, verb: str):
        with open(self.folder / f"{verb}.log", "w") as log:
            subprocess.run([ROOT / "tests/services/toxiproxy.sh", verb, self.folder / "data"], check=True, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                           env={**os.environ, "TOXIPROXY_PORT": str(self.port)})

    def ask(self, method: str, path: str, body: dict | None = None) -> dict | None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, None if body is None else json.dumps(body))
            answer = connection.getresponse()
            said = answer.read()
        finally:
            connection.close()
        assert answer.status < 300, f"toxiproxy: {method} {path}: {answer.status} {said.decode()}"
        return json.loads(said) if said else None

    def link(self, port: int) -> "Link":
        """Before the service on `port`, which need not run yet."""
        return Link(self, port)

    @property
    def _pid(self) -> int:
        return int((self.folder / "data/pid").read_text())

    def freeze(self):
        """Done when the last of its threads stands still."""
        os.kill(self._pid, signal.SIGSTOP)
        tasks = Path(f"/proc/{self._pid}/task")
        wait_until(lambda: all((task / "stat").read_text().rpartition(")")[2].startswith(" T ") for task in tasks.iterdir()), 10, "toxiproxy does not stop")

    def thaw(self):
        os.kill(self._pid, signal.SIGCONT)

    def close(self):
        self._script("stop")
        shutil.rmtree(self.folder, ignore_errors=True)


class Link:
    """Faults are those of TOXICS, and
      refuse  nobody gets through, those who are through are cut
      stall   nothing gets through, and nobody hears why; it arrives later. toxiproxy is stopped, all its links with it.
    All but a stall end with a cut, since the proxy is made anew. toxiproxy 2.12 can take a toxic away from a living
    connection, but waits for ever when the connection ends just then."""

    def __init__(self, toxiproxy: Toxiproxy, upstream: int):
        self.toxiproxy = toxiproxy
        self.name = f"link-{next(COUNT)}"
        self.upstream = upstream
        self.port = 0
        self.fault = "pass"
        self._make()

    def _make(self):
        made = self.toxiproxy.ask("POST", "/proxies", {"name": self.name, "listen": f"127.0.0.1:{self.port}", "upstream": f"127.0.0.1:{self.upstream}"})
        self.port = int(made["listen"].rpartition(":")[2])

    def set(self, fault: str):
        """In place of the one before; "pass" is none."""
        self._heal()
        self.fault = fault
        if fault == "refuse":
            self.toxiproxy.ask("PATCH", f"/proxies/{self.name}", {"enabled": False})
        elif fault == "stall":
            self.toxiproxy.freeze()
        elif fault != "pass":
            kind, streams, attributes = TOXICS[fault]
            for stream in streams:
                self.toxiproxy.ask("POST", f"/proxies/{self.name}/toxics", {"type": kind, "stream": stream, "attributes": attributes})

    def _heal(self):
        if self.fault == "stall":
            self.toxiproxy.thaw()
        elif self.fault != "pass":
            self.toxiproxy.ask("DELETE", f"/proxies/{self.name}")
            self._make()
        self.fault = "pass"

    def close(self):
        self._heal()
        self.toxiproxy.ask("DELETE", f"/proxies/{self.name}")
