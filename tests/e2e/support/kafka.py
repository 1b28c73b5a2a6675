"""A Kafka broker of the tests' own, behind a link on which things go wrong, and what is on a topic."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from server import ROOT, free_port
from support.toxiproxy import Toxiproxy

PARTITIONS = 3  # of each topic


@dataclass
class Message:
    key: str
    partition: int
    offset: int
    headers: str
    body: dict
    raw: str


class Kafka:
    """PLAINTEXT goes through a link: the broker names the link's port as its own, so clients stay behind it."""

    def __init__(self, toxiproxy: Toxiproxy, version: str = ""):
        self.version = version
        self.folder = Path(tempfile.mkdtemp(prefix="xzepr-kafka-"))
        self.ports = [free_port() for _ in range(5)]
        self.link = toxiproxy.link(self.ports[0])
        self.start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.link.port}"

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
        ports = dict(zip(names, map(str, self.ports), strict=True)) | {"KAFKA_ADVERTISED_PORT": str(self.link.port)}
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
        self.link.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def configure(self, topic: str, setting: str):
        """For example max.message.bytes=3000."""
        cache = Path(os.environ.get("XZEPR_CACHE") or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "xzepr")
        jars = next(cache.glob(f"kafka-{self.version or '4.*'}/libs"))
        subprocess.run(["java", "-cp", f"{jars}/*", "kafka.admin.ConfigCommand", "--bootstrap-server", f"127.0.0.1:{self.ports[0]}", "--alter",
                        "--entity-type", "topics", "--entity-name", topic, "--add-config", setting], check=True, capture_output=True, timeout=120)

    # --- topics, past the link: the other listeners do not go through it --------------------------------------------

    def _kcat(self, *arguments: str, timeout: int = 60) -> str:
        login = ("security.protocol=SASL_PLAINTEXT", "sasl.mechanisms=PLAIN", "sasl.username=xzepr", "sasl.password=xzepr-secret")
        command = ["kcat", "-b", self.sasl_address, *(word for one in login for word in ("-X", one)), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=timeout).stdout

    def topics(self) -> set[str]:
        return {topic["topic"] for topic in json.loads(self._kcat("-L", "-J"))["topics"]}

    def count(self, topic: str) -> int:
        """Of the messages that ever arrived; cheaper than to read them."""
        wanted = [word for partition in range(PARTITIONS) for word in ("-t", f"{topic}:{partition}:-1")]
        return sum(int(line.rpartition("offset ")[2]) for line in self._kcat("-Q", *wanted).splitlines())

    def stored_bytes(self, topic: str) -> int:
        """Of the topic's partitions, as the broker keeps them."""
        return sum(file.stat().st_size for file in (self.folder / "data/data").glob(f"{topic}-?/*.log"))

    def messages(self, topic: str) -> list[Message]:
        """All of them, each partition in its order."""
        said = self._kcat("-C", "-t", topic, "-o", "beginning", "-e", "-q", "-f", "%k\x1f%p\x1f%o\x1f%h\x1f%s\x1e", timeout=600)
        found = []
        for line in said.split("\x1e")[:-1]:
            key, partition, offset, headers, raw = line.split("\x1f")
            found.append(Message(key, int(partition), int(offset), headers, json.loads(raw), raw))
        return found


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
