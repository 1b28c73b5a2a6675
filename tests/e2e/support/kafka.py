"""A Kafka broker of the tests' own, a gate before it that resets, stalls and loses answers, and what is on a topic."""

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from server import ROOT, free_port


@dataclass
class Message:
    key: str
    partition: int
    offset: int
    headers: str
    body: dict
    raw: str


class Kafka:
    """PLAINTEXT goes through a gate: the broker names the gate's port as its own, so clients stay behind it."""

    def __init__(self, version: str = ""):
        self.version = version
        self.folder = Path(tempfile.mkdtemp(prefix="xzepr-kafka-"))
        self.ports = [free_port() for _ in range(5)]
        self.gate = Gate(self.ports[0])
        self.start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.gate.port}"

    @property
    def sasl_address(self) -> str:
        return f"127.0.0.1:{self.ports[1]}"

    @property
    def tls_address(self) -> str:
        return f"127.0.0.1:{self.ports[2]}"

    @property
    def sasl_tls_address(self) -> str:
        return f"127.0.0.1:{self.ports[3]}"

    @property
    def ca_file(self) -> Path:
        return self.folder / "data/ca.pem"

    def _script(self, verb: str):
        names = ("KAFKA_PORT", "KAFKA_SASL_PORT", "KAFKA_TLS_PORT", "KAFKA_SASL_TLS_PORT", "KAFKA_CONTROLLER_PORT")
        ports = dict(zip(names, map(str, self.ports), strict=True)) | {"KAFKA_ADVERTISED_PORT": str(self.gate.port)}
        with open(self.folder / f"{verb}.log", "w") as log:
            if self.version:
                ports["KAFKA_VERSION"] = self.version
            subprocess.run([ROOT / "tests/services/kafka.sh", verb, self.folder / "data"], check=True, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                           env={**os.environ, **ports})

    def start(self):
        self._script("start")

    def stop(self):
        self._script("stop")

    def kill(self):
        """kill -9 of the broker."""
        pid = self.folder / "data/pid"
        os.killpg(int(pid.read_text()), signal.SIGKILL)
        pid.unlink()  # nobody may wait for it, and then it is there as a zombie

    def remove(self):
        self.stop()
        self.gate.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def configure(self, topic: str, setting: str):
        """For example max.message.bytes=3000."""
        cache = Path(os.environ.get("XZEPR_CACHE") or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "xzepr")
        jars = next(cache.glob(f"kafka-{self.version or '4.*'}/libs"))
        subprocess.run(["java", "-cp", f"{jars}/*", "kafka.admin.ConfigCommand", "--bootstrap-server", f"127.0.0.1:{self.ports[0]}", "--alter",
                        "--entity-type", "topics", "--entity-name", topic, "--add-config", setting], check=True, capture_output=True, timeout=120)

    # --- topics, past the gate --------------------------------------------------------------------------------------

    def topics(self) -> set[str]:
        done = subprocess.run(["kcat", "-b", f"127.0.0.1:{self.ports[0]}", "-L", "-J"], capture_output=True, text=True, check=True, timeout=60)
        return {topic["topic"] for topic in json.loads(done.stdout)["topics"]}

    def messages(self, topic: str) -> list[Message]:
        """All of them, each partition in its order."""
        marks = "%k\x1f%p\x1f%o\x1f%h\x1f%s\x1e"
        done = subprocess.run(
            ["kcat", "-b", f"127.0.0.1:{self.ports[0]}", "-C", "-t", topic, "-o", "beginning", "-e", "-q", "-f", marks],
            capture_output=True, text=True, check=True, timeout=600,
        )
        found = []
        for line in done.stdout.split("\x1e")[:-1]:
            key, partition, offset, headers, raw = line.split("\x1f")
            found.append(Message(key, int(partition), int(offset), headers, json.loads(raw), raw))
        return found


class Gate:
    """A TCP proxy. Modes: pass, refuse (nobody gets through, those who are through are reset), stall (nothing gets through,
    and nobody hears why; it arrives later), lose (what the broker answers is thrown away and the connection reset)."""

    def __init__(self, upstream: int):
        self.upstream = upstream
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.mode = "pass"
        self.lost = 0
        self._lock = threading.Lock()
        self._pairs: set[tuple] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def set(self, mode: str):
        self.mode = mode
        if mode == "refuse":
            self.reset()

    def reset(self):
        """Every connection that is through, now."""
        with self._lock:
            pairs = list(self._pairs)
        for pair in pairs:
            self._end(pair)

    def close(self):
        self.listener.close()
        self.reset()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            try:
                if self.mode == "refuse":
                    raise ConnectionRefusedError
                pair = (client, socket.create_connection(("127.0.0.1", self.upstream)))
            except OSError:
                client.close()
                continue
            with self._lock:
                self._pairs.add(pair)
            for source, target, is_answer in ((*pair, False), (*pair[::-1], True)):
                threading.Thread(target=self._pump, args=(pair, source, target, is_answer), daemon=True).start()

    def _end(self, pair: tuple):
        with self._lock:
            self._pairs.discard(pair)
        for one in pair:
            try:
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            one.close()

    def _pump(self, pair: tuple, source: socket.socket, target: socket.socket, is_answer: bool):
        try:
            while data := source.recv(65536):
                while self.mode == "stall":
                    time.sleep(0.01)
                if is_answer and self.mode == "lose":
                    self.lost += 1
                    break
                target.sendall(data)
        except OSError:
            pass
        self._end(pair)


def faults_of(messages: list[Message], journal: list[tuple[int, str]], dead: frozenset = frozenset()) -> list[str]:
    """Compares a topic with the journal's messages (position, id), one line per broken promise: P4, P5, P6."""
    found = []
    ids = {identity: position for position, identity in journal}
    seen: dict[str, str] = {}
    last: dict[str, int] = defaultdict(int)
    for message in messages:
        identity, position = message.body["id"], int(message.body["sequence"])
        if ids.get(identity) != position:
            found.append(f"phantom: {identity} at {position} is not in the journal")
        if identity in seen:
            if seen[identity] != message.raw:
                found.append(f"{identity} was sent again with other bytes")
            continue
        seen[identity] = message.raw
        if position < last[message.key]:
            found.append(f"inversion: {position} after {last[message.key]} of key {message.key}")
        last[message.key] = position
    found += [f"missing: {identity} at {position}" for identity, position in ids.items() if identity not in seen and position not in dead]
    return found


def repeats(messages: list[Message]) -> int:
    return len(messages) - len({message.body["id"] for message in messages})
