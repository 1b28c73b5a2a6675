"""Every change reaches a topic: what is said, under which key, in which order, and over which kind of connection."""

import time

import pytest

from support.api import Api
from support.kafka import faults_of, repeats
from support.sinks import health_of, journal_of, metric, wait_for_messages, wait_until, wait_until_delivered
from test_postgres_faults import second_node

KINDS = ["receiver.created", "receiver.created", "group.created", "event.created", "event.created", "group.complete", "receiver.modified",
         "group.modified"]


def make_changes(server) -> tuple[list[str], str]:
    """One message of each kind; the two receivers and the group."""
    api = Api(server.port, server.admin_key)
    receivers = [api.make_receiver(f"stage-{number}", type=f"dev.stage.{number}") for number in range(2)]
    group = api.make_group("ready", receivers)
    for receiver in receivers:
        api.post_event(receiver, "app", payload={"n": 1.5, "text": "é\"\n"})
    api.must(204, "PATCH", f"/api/v1/receivers/{receivers[0]}", {"enabled": False})
    api.must(204, "PATCH", f"/api/v1/groups/{group}", {"enabled": False})
    api.close()
    return receivers, group


def test_every_change_arrives_once_under_its_key(kafka, topic, settings, make_server, store):
    server = make_server(store, settings()).start()
    receivers, group = make_changes(server)
    messages = wait_for_messages(kafka, topic, len(KINDS))
    assert faults_of(messages, journal_of(server)) == [] and repeats(messages) == 0
    by_sequence = sorted(messages, key=lambda message: message.body["sequence"])
    assert [message.body["kind"] for message in by_sequence] == KINDS
    assert {message.headers for message in messages} == {"content-type=application/cloudevents+json; charset=UTF-8"}
    event, complete = by_sequence[4], by_sequence[5]
    artifact = event.body["data"]["events"][0]["artifact_id"]
    assert event.key == complete.key == artifact and event.partition == complete.partition
    assert complete.body["type"] == "test.gate" and event.body["type"] == "dev.stage.1"
    assert [one["event_receiver_id"] for one in complete.body["data"]["events"]] == receivers[::-1]
    assert complete.body["data"]["event_receiver_groups"][0]["id"] == group
    assert event.body["data"]["events"][0]["payload"] == {"n": 1.5, "text": "é\"\n"}
    assert by_sequence[0].key == receivers[0] and by_sequence[7].key == group
    assert by_sequence[7].body["data"]["event_receiver_groups"][0]["enabled"] is False


def test_watchers_of_before_find_the_names_that_they_know(kafka, topic, settings, make_server):
    server = make_server("sqlite", settings("profile: compat")).start()
    make_changes(server)
    messages = wait_for_messages(kafka, topic, len(KINDS))
    event = next(message.body for message in messages if message.body["kind"] == "event.created")
    assert event["platform_id"] == "amd64" and event["api_version"] == "v1" and "platformid" not in event


def test_what_was_stored_before_there_was_kafka_arrives_too(kafka, topic, settings, make_server):
    server = make_server("sqlite").start()
    make_changes(server)
    server.stop()
    server.config.write_text(server.config.read_text() + settings())
    server.start()
    messages = wait_for_messages(kafka, topic, len(KINDS))
    assert faults_of(messages, journal_of(server)) == []


def test_a_server_that_stops_has_sent_everything_and_sends_nothing_twice(kafka, topic, settings, make_server, store):
    server = make_server(store, settings()).start()
    api = Api(server.port, server.admin_key)
    receiver = api.make_receiver("build")
    for cycle in range(3):
        for number in range(50):
            api.post_event(receiver, f"app-{cycle}-{number % 7}")
        assert server.stop() == 0
        messages = kafka.messages(topic)
        assert len(messages) == 1 + 50 * (cycle + 1)
        server.start()
        api.close()
    wait_until_delivered(server)
    time.sleep(1)
    messages = kafka.messages(topic)
    assert faults_of(messages, journal_of(server)) == [] and repeats(messages) == 0


@pytest.mark.parametrize("compression", ["none", "gzip", "snappy", "lz4", "zstd"])
def test_messages_that_go_together_are_compressed_as_configured(kafka, topic, settings, make_server, compression):
    server = make_server("sqlite", settings(f"compression: {compression}")).start()
    api = Api(server.port, server.admin_key)
    receiver = api.make_receiver("build")
    wait_for_messages(kafka, topic, 1)
    api.must(200, "POST", "/api/v1/events/batch", [api.event(receiver, f"app-{number}") for number in range(300)])
    api.close()
    messages = wait_for_messages(kafka, topic, 301)
    assert faults_of(messages, journal_of(server)) == [] and repeats(messages) == 0
    said = sum(len(message.raw) for message in messages)
    print(f"{kafka.stored_bytes(topic):,} bytes for {said:,}")
    assert (kafka.stored_bytes(topic) < said / 2) == (compression != "none")


SASL = {"username": "xzepr", "password": "xzepr-secret"}


def check_arrival(kafka, topic, make_server, configuration: str):
    server = make_server("sqlite", configuration).start()
    make_changes(server)
    messages = wait_for_messages(kafka, topic, len(KINDS))
    assert faults_of(messages, journal_of(server)) == []


def test_over_tls_the_broker_is_known_by_its_certificate(kafka, topic, settings, make_server):
    check_arrival(kafka, topic, make_server, settings(address=kafka.tls_address, protocol="tls", ca_file=str(kafka.ca_file)))


def test_a_broker_with_a_certificate_of_somebody_else_is_not_talked_to(kafka, topic, settings, make_server):
    server = make_server("sqlite", settings(address=kafka.tls_address, protocol="tls")).start()
    make_changes(server)
    wait_until(lambda: "certificate" in health_of(server)["message"], 20, "health does not say what is wrong")
    assert topic not in kafka.topics()


@pytest.mark.parametrize("is_over_tls", [False, True], ids=["plain", "tls"])
@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])
def test_each_way_to_log_in(request, topic, settings, make_server, mechanism, is_over_tls):
    kafka = request.getfixturevalue("kafka" if mechanism == "PLAIN" else "older_kafka")
    address = kafka.sasl_tls_address if is_over_tls else kafka.sasl_address
    security = {"protocol": "sasl_tls", "ca_file": str(kafka.ca_file)} if is_over_tls else {"protocol": "sasl_plaintext"}
    check_arrival(kafka, topic, make_server, settings(address=address, mechanism=mechanism, **SASL, **security))


def test_two_nodes_send_each_message_once(kafka, topic, settings, make_server):
    """What one node commits, the other one, which drives, finds by itself, soon."""
    first = make_server("postgres", settings()).start()
    second = second_node(make_server, first, settings())
    api = Api(second.port, first.admin_key)
    receiver = api.make_receiver("build")
    began = time.monotonic()
    for number in range(100):
        api.post_event(receiver, f"app-{number % 9}")
    posted = time.monotonic()
    wait_until_delivered(first)
    print(f"delivered {time.monotonic() - posted:.2f} s after the last of {posted - began:.2f} s")
    messages = wait_for_messages(kafka, topic, 101)
    assert faults_of(messages, journal_of(first)) == [] and repeats(messages) == 0
    drivers = [metric(node, "xzepr_sink_driving", sink="kafka") for node in (first, second)]
    assert sorted(drivers) == [0, 1]
