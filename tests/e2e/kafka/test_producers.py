"""R21: librdkafka gives a producer up, or a broker refuses it. It is thrown away, and another one begins at the noted position.
What a broker says is forged where it must be (support/impostor.py); what comes of it is the broker's own."""

import json
import time

import pytest

from support import impostor
from support.api import Api
from support.impostor import Impostor
from support.kafka import faults_of, repeats
from support.sinks import health_of, journal_of, metric, wait_until, wait_until_delivered
from support.world import given_gate_of, given_ledger


@pytest.fixture
def between(kafka):
    """What a server says to the broker goes through it."""
    made = Impostor(kafka.address)
    yield made
    made.close()


def check_topic(kafka, topic: str, server):
    wait_until_delivered(server)
    messages = kafka.messages(topic)
    found = faults_of(messages, journal_of(server))
    assert not found, f"{len(found)} broken promises:\n" + "\n".join(found[:20])
    assert int(server.query("select count(*) from dead_letters")[0][0]) == 0
    print(f"{len(messages)} messages, {repeats(messages)} repeats")


def states_of(server) -> list[str]:
    """Of the sink, one after the other, as the log tells them."""
    lines = [line for line in server.output().splitlines() if "the sink has another state" in line]
    return [json.loads(line)["state"] for line in lines]


def check_that_it_survives(kafka, topic: str, server, provoke, provoked, times: int = 3, pause: float = 0):
    """`provoke` ends a producer under load; `provoked` counts how often that was done."""

    def interruptions() -> int:
        return int(metric(server, "xzepr_sink_interruptions_total", sink="kafka"))

    ledger = given_ledger([server], given_gate_of(server, 3), 31)
    ledger.start(4, pause)
    for number in range(1, times + 1):
        wait_until(lambda: states_of(server)[-1:] == ["running"], 20, "the sink is not at work")
        time.sleep(0.5)
        ended, told = interruptions(), len(states_of(server))
        provoke()
        wait_until(lambda number=number: provoked() == number, 20, "nothing was provoked")
        began = time.monotonic()
        wait_until(lambda told=told: states_of(server)[told + 1 :] == ["running"], 5, "the relay did not begin again")
        print(f"goes on after {time.monotonic() - began:.1f} s")
        assert interruptions() == ended + 1
    ledger.stop()
    ledger.check()
    check_topic(kafka, topic, server)


# REQUEST_TIMED_OUT may mean that the messages are stored. librdkafka before 2.3.0 goes on as if they were, so for the broker the
# next request of the partition is out of order, which is fatal. OUT_OF_ORDER_SEQUENCE_NUMBER at once is so in every version.
@pytest.mark.parametrize("error", [impostor.REQUEST_TIMED_OUT, impostor.OUT_OF_ORDER_SEQUENCE_NUMBER])
def test_R21_a_fatal_producer_error_is_survived(kafka, topic, settings, make_server, store, between, error):
    server = make_server(store, settings(address=between.address)).start()
    # A hundred a second: what is committed within 25 ms goes out together, and another request follows soon.
    check_that_it_survives(kafka, topic, server, lambda: between.keep(error, impostor.FOLLOWED), lambda: between.kept, pause=0.04)
    assert server.output().count("sequence desynchronization") == 3


@pytest.mark.parametrize("error", [impostor.UNKNOWN_SERVER_ERROR, impostor.MESSAGE_TOO_LARGE, impostor.TOPIC_AUTHORIZATION_FAILED])
def test_R21_nothing_overtakes_messages_that_a_broker_gives_back(kafka, topic, settings, make_server, store, between, error):
    server = make_server(store, settings(address=between.address)).start()
    check_that_it_survives(kafka, topic, server, lambda: between.keep(error), lambda: between.kept)


def test_R21_a_producer_that_another_fences_off_is_thrown_away(kafka, topic, settings, make_server, store, between):
    server = make_server(store, settings(address=between.address)).start()
    check_that_it_survives(kafka, topic, server, between.fence, lambda: between.fenced)


# A broker takes any sequence of a producer that it does not know. librdkafka tries again after this error, and believes meanwhile
# that what is acknowledged behind a message means that message too.
def test_R21_nothing_overtakes_the_first_message_of_a_producer(kafka, topic, settings, make_server, store, between):
    server = make_server(store, settings(address=between.address)).start()
    api = Api(server.port, server.admin_key)
    receiver = api.make_receiver("build")
    api.close()
    for number in range(1, 3):
        wait_until_delivered(server)
        server.stop()
        server.start()
        wait_until(lambda: health_of(server)["status"] == "healthy", 20, "no producer began")
        between.keep(impostor.NOT_LEADER_OR_FOLLOWER, impostor.FIRST)
        api = Api(server.port, server.admin_key)
        for _ in range(5):
            api.post_event(receiver, f"app-{number}")
            time.sleep(0.03)  # not all in one request
        api.close()
        wait_until(lambda number=number: between.kept == number, 10, "nothing was provoked")
    check_topic(kafka, topic, server)
