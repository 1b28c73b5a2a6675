"""Messages on a real broker. One broker serves all tests; each has a topic of its own."""

import secrets

import pytest
from support.kafka import PARTITIONS, Kafka


@pytest.fixture(scope="session")
def kafka(toxiproxy):
    broker = Kafka(toxiproxy)
    yield broker
    broker.remove()


@pytest.fixture(scope="session")
def older_kafka(toxiproxy):
    """Debian's librdkafka logs in by SCRAM only at brokers that do not look at the client's nonce again: before 3.7.2."""
    broker = Kafka(toxiproxy, "3.7.1")
    yield broker
    broker.remove()


@pytest.fixture
def topic(kafka):
    kafka.link.set("pass")
    yield "events-" + secrets.token_hex(4)
    kafka.link.set("pass")


@pytest.fixture
def settings(kafka, topic):
    """settings(more="", address=...) -> what a server's configuration says of Kafka."""

    def make(more: str = "", address: str = "", **security: str) -> str:
        lines = ["kafka:", f"  brokers: ['{address or kafka.address}']", f"  topic: {topic}", "  producer_timeout_ms: 2000",
                 f"  partitions: {PARTITIONS}"]
        if security:
            lines += ["  security:", *(f"    {name}: '{value}'" for name, value in security.items())]
        return "\n".join([*lines, *(f"  {line}" for line in more.splitlines())]) + "\n"

    return make
