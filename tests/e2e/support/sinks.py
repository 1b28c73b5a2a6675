"""The journal as it should be on a topic, and waiting until it is."""

import re
import time

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MESSAGE_KINDS = (1, 2, 5, 6, 8, 9)  # of journal rows


def ulid_text(stored: bytes | str) -> str:
    number = int.from_bytes(stored, "big") if isinstance(stored, bytes) else int(stored.replace("-", ""), 16)
    return "".join(ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))


def journal_of(server) -> list[tuple[int, str]]:
    """Position and id of every row that is a message."""
    rows = server.query(f"select position, id from journal where kind in {MESSAGE_KINDS} order by position")
    return [(int(position), ulid_text(identity)) for position, identity in rows]


def position_of(server) -> int:
    rows = server.query("select position from sinks where name = 'kafka'")
    return int(rows[0][0]) if rows else 0


def wait_until(is_so, seconds: float, what: str):
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, f"{what}: not within {seconds} s"
        time.sleep(0.02)


def wait_until_delivered(server, seconds: float = 60) -> float:
    """Until the sink's position is at the end of the journal; how long it took."""
    began = time.monotonic()
    end = int(server.query("select max(position) from journal")[0][0])
    wait_until(lambda: position_of(server) >= end, seconds, f"row {end} is not delivered")
    return time.monotonic() - began


def wait_for_messages(kafka, topic: str, count: int, seconds: float = 60):
    until = time.monotonic() + seconds
    while True:
        messages = kafka.messages(topic) if topic in kafka.topics() else []
        if len(messages) >= count:
            return messages
        assert time.monotonic() < until, f"{len(messages)} of {count} messages arrived"
        time.sleep(0.2)


def metric(server, name: str, **labels: str) -> float:
    """A value of /metrics, which needs system_read."""
    wanted = ",".join(f'{key}="{value}"' for key, value in labels.items())
    text = server_metrics(server)
    found = re.search(rf"^{re.escape(name)}(?:\{{{re.escape(wanted)}\}})? (\S+)$", text, re.MULTILINE)
    assert found, f"no {name} in the metrics"
    return float(found.group(1))


def server_metrics(server) -> str:
    from .api import Api

    api = Api(server.port, server.admin_key)
    text = api.get("/metrics").text
    api.close()
    return text


def health_of(server) -> dict:
    """What /health/detailed says of Kafka."""
    from .api import Api

    api = Api(server.port, server.admin_key)
    checks = api.must(200, "GET", "/health/detailed")["checks"]
    api.close()
    return checks["kafka"]
