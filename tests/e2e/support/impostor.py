"""Between a server and a broker, request by request. What is produced can be kept from the broker and answered here, as a
broker in trouble would do it, while what was sent behind it goes on; or somebody else is made to produce as the same producer."""

import select
import socket
import struct
import threading
import time
from dataclasses import dataclass

from .listener import Listener, run_both

PRODUCE = 0
PATIENCE = 0.3  # then a request that is kept is answered, whether another came or not
FEW = 4  # librdkafka sends nothing behind a request of more messages

# Which request to keep.
ANY = "any"
FIRST = "a producer's first for its partition"  # answered as soon as another follows
FOLLOWED = "a later one, and another follows"  # likewise

# What a broker may answer, by its number in the protocol.
UNKNOWN_SERVER_ERROR = -1
NOT_LEADER_OR_FOLLOWER = 6
REQUEST_TIMED_OUT = 7
MESSAGE_TOO_LARGE = 10
TOPIC_AUTHORIZATION_FAILED = 29
OUT_OF_ORDER_SEQUENCE_NUMBER = 45


@dataclass
class Produce:
    """A request for one partition, which is how librdkafka makes them."""

    frame: bytes
    version: int
    correlation: int
    topic: bytes
    partition: int
    batch: int  # where it begins

    @property
    def sequence(self) -> int:
        """The number of the first message among the producer's for this partition."""
        return struct.unpack_from(">i", self.frame, self.batch + 53)[0]

    @property
    def count(self) -> int:
        return struct.unpack_from(">i", self.frame, self.batch + 57)[0]

    def is_before(self, other: "Produce") -> bool:
        return (self.topic, self.partition) == (other.topic, other.partition)

    def answer(self, error: int) -> bytes:
        assert 5 <= self.version <= 7, f"no answer for version {self.version}"
        body = struct.pack(">iih", self.correlation, 1, len(self.topic)) + self.topic
        body += struct.pack(">iihqqqi", 1, self.partition, error, -1, -1, -1, 0)
        return struct.pack(">i", len(body)) + body

    def as_newer_epoch(self) -> bytes:
        """The same messages, of a producer with the same id that began after this one."""
        frame = bytearray(self.frame)
        epoch = struct.unpack_from(">h", frame, self.batch + 51)[0]
        struct.pack_into(">hi", frame, self.batch + 51, epoch + 1, 0)
        struct.pack_into(">I", frame, self.batch + 17, crc32c(frame[self.batch + 21 :]))
        return bytes(frame)


@dataclass
class Kept:
    """A request that the broker never sees."""

    produce: Produce
    error: int
    which: str
    until: float = 0

    def is_due(self, other: Produce | None) -> bool:
        return self.which != ANY and other is not None and self.produce.is_before(other)


def parse_produce(frame: bytes) -> Produce | None:
    key, version, correlation, client = struct.unpack_from(">hhih", frame, 4)
    if key != PRODUCE:
        return None
    at = 14 + max(client, 0)
    at += 2 + max(struct.unpack_from(">h", frame, at)[0], 0) + 2 + 4  # transaction, acknowledgements, time-out
    topics, length = struct.unpack_from(">ih", frame, at)
    topic = frame[at + 6 : at + 6 + length]
    partitions, partition, _ = struct.unpack_from(">iii", frame, at + 6 + length)
    assert (topics, partitions) == (1, 1), "more than one partition at once"
    return Produce(frame, version, correlation, topic, partition, at + 6 + length + 12)


def crc32c(data: bytes) -> int:
    crc = 0xFFFFFFFF
    for byte in data:
        crc = (crc >> 8) ^ CRC_TABLE[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


def _crc_of(byte: int) -> int:
    for _ in range(8):
        byte = (byte >> 1) ^ (0x82F63B78 if byte & 1 else 0)
    return byte


CRC_TABLE = [_crc_of(byte) for byte in range(256)]


def read_frame(source: socket.socket) -> bytes:
    """With its length before it; nothing when the other side has ended."""
    data = b""
    wanted = 4
    while len(data) < wanted:
        more = source.recv(wanted - len(data))
        if not more:
            return b""
        data += more
        if len(data) == 4:
            wanted = 4 + struct.unpack(">i", data)[0]
    return data


class Line:
    """A connection of a client, and the one to the broker that goes with it."""

    def __init__(self, client: socket.socket, broker: socket.socket):
        self.client, self.broker = client, broker
        self.asked = self.answered = 0
        self._speaking = threading.Lock()

    def ask(self, frame: bytes):
        self.asked += 1
        self.broker.sendall(frame)

    def say(self, frame: bytes):
        with self._speaking:
            self.client.sendall(frame)

    def wait_for_answers(self):
        until = time.monotonic() + 2
        while self.answered < self.asked and time.monotonic() < until:
            time.sleep(0.001)


class Impostor:
    """Answers in a broker's place. Who asks the broker where it is hears that it is here."""

    def __init__(self, upstream: str):
        host, port = upstream.split(":")
        self.upstream = (host, int(port))
        self.kept = 0  # requests that were answered and that the broker never saw
        self.fenced = 0
        self._lock = threading.Lock()
        self._wanted: tuple[int, str] | None = None
        self._is_fence_wanted = False
        self._listener = Listener(self._serve)
        self.address = f"127.0.0.1:{self._listener.port}"

    def keep(self, error: int, which: str = ANY):
        """The next request to produce of this kind does not reach the broker, and is answered with `error` a while later."""
        with self._lock:
            self._wanted = (error, which)

    def fence(self):
        """Before the next request to produce another producer sends the same, with the same id and a newer epoch."""
        with self._lock:
            self._is_fence_wanted = True

    def close(self):
        self._listener.close()

    def _serve(self, client: socket.socket):
        with socket.create_connection(self.upstream) as broker:
            line = Line(client, broker)
            run_both(lambda: self._ask(line), lambda: self._answer(line), client, broker)

    def _ask(self, line: Line):
        kept: Kept | None = None
        while True:
            is_late = kept is not None and not select.select([line.client], [], [], max(kept.until - time.monotonic(), 0))[0]
            frame = b"" if is_late else read_frame(line.client)
            if not frame and not is_late:
                return
            produce = parse_produce(frame) if frame else None
            if kept and (is_late or kept.is_due(produce)):
                line.say(kept.produce.answer(kept.error))
                self._note(kept, is_late)
                kept = None
            taken = self._take_over(produce) if produce and not kept else None
            if taken:
                line.wait_for_answers()  # a broker answers in the order of requests
                kept = taken
                kept.until = time.monotonic() + PATIENCE
            elif frame:
                line.ask(frame)

    def _note(self, kept: Kept, is_late: bool):
        with self._lock:
            if kept.which == FOLLOWED and is_late:
                self._wanted = (kept.error, kept.which)  # another one, then
            else:
                self.kept += 1

    def _take_over(self, produce: Produce) -> Kept | None:
        with self._lock:
            if self._is_fence_wanted:
                self._is_fence_wanted = False
                self._fence_off(produce)
            if not self._wanted or not self._is_of_kind(produce, self._wanted[1]):
                return None
            (error, which), self._wanted = self._wanted, None
            return Kept(produce, error, which)

    @staticmethod
    def _is_of_kind(produce: Produce, which: str) -> bool:
        return which == ANY or (produce.count <= FEW and (produce.sequence == 0) == (which == FIRST))

    def _fence_off(self, produce: Produce):
        with socket.create_connection(self.upstream) as other:
            other.sendall(produce.as_newer_epoch())
            answer = read_frame(other)
        error = struct.unpack_from(">h", answer, 14 + len(produce.topic) + 8)[0]
        assert error == 0, f"the other producer is answered {error}"
        time.sleep(PATIENCE)  # more is to wait behind it
        self.fenced += 1

    def _answer(self, line: Line):
        theirs, ours = (host.encode() + struct.pack(">i", int(port)) for host, port in (self.upstream, self.address.split(":")))
        while frame := read_frame(line.broker):
            line.say(frame.replace(theirs, ours))
            line.answered += 1
