"""Kafka is down, flaps, loses its answers, refuses; servers and brokers are killed: reliability rows R20 to R24, and the
ledger against the topic (P4, P5, P6)."""

import random
import secrets
import signal
import sqlite3
import time

import pytest

from support.api import Api
from support.kafka import faults_of, repeats
from support.sinks import health_of, journal_of, metric, position_of, wait_for_messages, wait_until, wait_until_delivered
from support.world import given_gate_of, given_ledger
from test_postgres_faults import second_node

FLAPS = ("refuse", "stall", "drop", "reset", "slow", "slices", "tear")
AT_RISK = 256 + 64 + 128  # on the way, not noted, and one more read: src/journal/relay.hpp


def check_topic(kafka, topic, server, dead: frozenset = frozenset()) -> list:
    wait_until_delivered(server)
    messages = kafka.messages(topic)
    found = faults_of(messages, journal_of(server), dead)
    assert not found, f"{len(found)} broken promises:\n" + "\n".join(found[:20])
    return messages


def pending(server) -> float:
    return metric(server, "events_journal_pending", sink="kafka")


def test_R20_a_broker_that_is_down_costs_nothing_but_time(kafka, topic, settings, make_server, store, is_long):
    kafka.link.set("refuse")
    server = make_server(store, settings()).start()
    ledger = given_ledger([server], given_gate_of(server, 3), 20)
    wait_until(lambda: health_of(server)["status"] == "degraded", 20, "health does not say that Kafka is away")
    ledger.start(4, pause=0.02 if is_long else 0)  # P7 asks for 120,000 rows in 60 s, at 200 a second
    time.sleep(600 if is_long else 30)
    ledger.stop()
    ledger.resolve()
    assert ledger.count("unknown") == 0
    rows = server.journal_rows()
    wait_until(lambda: abs(pending(server) - rows) <= 1, 10, "the lag is not what waits")
    assert position_of(server) == 0
    kafka.link.set("pass")
    began = time.monotonic()
    messages = check_topic(kafka, topic, server)
    took = time.monotonic() - began
    print(f"{rows} rows waited, delivered {took:.1f} s after the broker came back, {repeats(messages)} repeats")
    assert took < 60
    ledger.check()
    wait_until(lambda: pending(server) == 0, 10, "something still waits")
    wait_until(lambda: health_of(server)["status"] == "healthy", 10, "health does not recover")


def test_R21_a_flapping_connection_leaves_no_gap_and_no_inversion(kafka, topic, settings, make_server, store, is_long):
    server = make_server(store, settings()).start()
    ledger = given_ledger([server], given_gate_of(server, 3), 21)
    ledger.start(4)
    for flap in range(50 if is_long else len(FLAPS)):
        time.sleep(1.5)
        kafka.link.set(FLAPS[flap % len(FLAPS)])
        time.sleep(1.5)
        kafka.link.set("pass")
    began = time.monotonic()
    first = position_of(server)
    wait_until(lambda: position_of(server) > first, 5, "the relay did not begin again")
    print(f"goes on {time.monotonic() - began:.1f} s after the last flap")
    ledger.stop()
    ledger.check()
    messages = check_topic(kafka, topic, server)
    print(f"{len(messages)} messages, {repeats(messages)} repeats, {metric(server, 'xzepr_sink_interruptions_total', sink='kafka'):.0f} new producers")


def test_R22_lost_acknowledgements_repeat_messages_at_most(kafka, topic, settings, make_server, store):
    server = make_server(store, settings()).start()
    ledger = given_ledger([server], given_gate_of(server, 3), 22)
    lost = 0
    for _ in range(5):
        wait_until_delivered(server)
        arrived = kafka.count(topic)
        kafka.link.set("lose")
        # All that was sent before is acknowledged: the answer to whatever arrives from now on is lost.
        ledger.start(4)
        wait_until(lambda before=arrived: kafka.count(topic) > before, 20, "nothing arrives while answers are lost")
        time.sleep(0.5)
        lost += kafka.count(topic) - arrived
        kafka.link.set("pass")
        time.sleep(1)
        ledger.stop()
    ledger.check()
    messages = check_topic(kafka, topic, server)
    print(f"{len(messages)} messages, {repeats(messages)} repeats, the answers to {lost} were lost")


def test_R23_a_row_that_cannot_be_rendered_is_a_dead_letter_and_all_else_arrives(kafka, topic, settings, make_server):
    server = make_server("sqlite").start()
    api = Api(server.port, server.admin_key)
    poisoned, sound = api.make_receiver("poisoned"), api.make_receiver("sound")
    for number in range(20):
        api.post_event(poisoned if number == 7 else sound, f"app-{number % 3}")
    api.close()
    server.stop()
    with sqlite3.connect(server.database_file) as database:
        database.execute("delete from event_receiver_revisions where body like '%poisoned%'")
    server.config.write_text(server.config.read_text() + settings())
    server.start()
    wait_until_delivered(server)
    letters = server.query("select position, cause, tries from dead_letters order by position")
    assert [cause for _, cause, _ in letters] == [2, 2]  # the receiver itself, and its event
    check_topic(kafka, topic, server, frozenset(int(position) for position, _, _ in letters))
    assert metric(server, "xzepr_sink_dead_letters_total", sink="kafka") == 2
    assert "a row became a dead letter" in server.output()


def test_R23_a_message_that_the_topic_does_not_take_is_a_dead_letter_and_all_else_flows(kafka, topic, settings, make_server, store):
    server = make_server(store, settings()).start()
    api = Api(server.port, server.admin_key)
    receiver = api.make_receiver("build")
    wait_for_messages(kafka, topic, 1)
    kafka.configure(topic, "max.message.bytes=300000")  # more than a batch of small ones
    large = {"text": secrets.token_urlsafe(300_000)}  # nothing that compresses
    api.post_event(receiver, "app-large", payload=large)
    began = time.monotonic()
    for number in range(30):
        api.post_event(receiver, f"app-{number % 3}")
    api.close()
    wait_until_delivered(server)
    print(f"all else {time.monotonic() - began:.1f} s after the large one")
    ((position, cause, tries),) = server.query("select position, cause, tries from dead_letters")
    assert (int(position), int(cause), int(tries)) == (2, 1, 3)
    check_topic(kafka, topic, server, frozenset({2}))
    assert metric(server, "xzepr_sink_dead_letters_total", sink="kafka") == 1


@pytest.mark.parametrize("login", ["guest", "nobody"])
def test_R23_without_rights_the_sink_stops_says_so_and_buries_nothing(kafka, topic, settings, make_server, login):
    security = {"protocol": "sasl_plaintext", "mechanism": "PLAIN", "username": login, "password": "guest-secret"}
    server = make_server("sqlite", settings(address=kafka.sasl_address, **security)).start()
    api = Api(server.port, server.admin_key)
    receiver = api.make_receiver("build")
    for number in range(10):
        api.post_event(receiver, f"app-{number}")
    wait_until(lambda: metric(server, "xzepr_sink_blocked", sink="kafka") == 1, 30, "the metric does not say that the sink is blocked")
    # An answer about health may be half a second old, and between two tries the sink looks as if it might work.
    blocked = ("degraded", "until somebody changes something")
    wait_until(lambda: blocked[1] in (health := health_of(server))["message"] and health["status"] == blocked[0], 15, "the health does not say that the sink is blocked")
    time.sleep(2)
    assert position_of(server) == 0 and server.query("select count(*) from dead_letters")[0][0] == 0
    assert pending(server) == 11
    assert topic not in kafka.topics()
    api.close()
    assert server.stop() == 0, server.output()[-3000:]
    server.config.write_text(server.config.read_text().replace(login, "xzepr").replace("guest-secret", "xzepr-secret"))
    server.start()
    check_topic(kafka, topic, server)


def test_R24_when_the_node_that_drives_dies_another_takes_over(kafka, topic, settings, make_server, is_long):
    first = make_server("postgres", settings()).start()
    nodes = [first, second_node(make_server, first, settings())]
    ledger = given_ledger(nodes, given_gate_of(first, 3), 24)
    waits = []
    for cycle in range(10 if is_long else 3):
        ledger.start(4)
        wait_until(lambda: any(metric(node, "xzepr_sink_driving", sink="kafka") for node in nodes), 20, "nobody drives")
        time.sleep(1)
        driver = next(node for node in nodes if metric(node, "xzepr_sink_driving", sink="kafka"))
        other = next(node for node in nodes if node is not driver)
        driver.kill()
        began = time.monotonic()
        wait_until(lambda node=other: metric(node, "xzepr_sink_driving", sink="kafka") == 1, 10, "nobody took over")
        waits.append(time.monotonic() - began)
        ledger.stop()
        driver.start()
    print(f"taken over after {max(waits):.1f} s at most")
    ledger.check()
    messages = check_topic(kafka, topic, first)
    print(f"{len(messages)} messages, {repeats(messages)} repeats")


def driver_of(nodes: list) -> tuple:
    """Who drives, and the other one."""
    wait_until(lambda: any(metric(node, "xzepr_sink_driving", sink="kafka") for node in nodes), 20, "nobody drives")
    return tuple(sorted(nodes, key=lambda node: -metric(node, "xzepr_sink_driving", sink="kafka")))


def test_R24_a_node_that_only_stands_by_dies_unnoticed(kafka, topic, settings, make_server, is_long):
    first = make_server("postgres", settings()).start()
    nodes = [first, second_node(make_server, first, settings())]
    ledger = given_ledger(nodes, given_gate_of(first, 3), 27)
    for _ in range(10 if is_long else 3):
        driver, other = driver_of(nodes)
        ledger.start(4)
        time.sleep(1)
        other.kill()
        time.sleep(0.5)
        assert metric(driver, "xzepr_sink_driving", sink="kafka") == 1
        ledger.stop()
        other.start()
    ledger.check()
    messages = check_topic(kafka, topic, first)
    assert repeats(messages) == 0


def test_R13_a_driver_that_is_stopped_past_its_lease_is_fenced_off(kafka, topic, settings, make_server, is_long):
    """Another node takes over. The one that wakes up still has messages on the way: they repeat, and invert nothing."""
    first = make_server("postgres", settings()).start()
    nodes = [first, second_node(make_server, first, settings())]
    ledger = given_ledger(nodes, given_gate_of(first, 3), 13)
    waits, cycles = [], 5 if is_long else 2
    for _ in range(cycles):
        driver, other = driver_of(nodes)
        ledger.start(4)
        time.sleep(1)
        driver.process.send_signal(signal.SIGSTOP)
        stopped = time.monotonic()
        try:
            wait_until(lambda node=other: metric(node, "xzepr_sink_driving", sink="kafka") == 1, 10, "nobody took over")
            waits.append(time.monotonic() - stopped)
            time.sleep(30 - waits[-1] if is_long else 2)
        finally:
            driver.process.send_signal(signal.SIGCONT)
        wait_until(lambda node=driver: metric(node, "xzepr_sink_driving", sink="kafka") == 0, 5, "two nodes drive")
        time.sleep(1)
        ledger.stop()
    print(f"taken over after {max(waits):.1f} s at most")
    ledger.check()
    messages = check_topic(kafka, topic, first)
    print(f"{len(messages)} messages, {repeats(messages)} repeats")
    assert repeats(messages) <= cycles * AT_RISK


def test_kills_of_servers_and_brokers_under_load_lose_and_invert_nothing(kafka, topic, settings, make_server, store, is_long):
    seed = 25
    chance = random.Random(seed)
    server = make_server(store, settings()).start()
    ledger = given_ledger([server], given_gate_of(server, 3), seed)
    kills, broker_every = (200, 10) if is_long else (10, 3)
    for cycle in range(kills):
        ledger.start(2 if is_long else 8)  # the whole topic is read afterwards
        time.sleep(chance.uniform(0.2, 0.8) if is_long else chance.uniform(0.5, 1.5))
        if cycle % broker_every == broker_every - 1:
            kafka.kill()
            time.sleep(1)
            kafka.start()
        server.kill()
        ledger.stop()
        server.start()
    ledger.check()
    messages = check_topic(kafka, topic, server)
    share = repeats(messages) / len(messages)
    print(f"seed {seed}: {ledger.count('acked')} acked, {len(messages)} messages, {repeats(messages)} repeats ({100 * share:.3f} %)")
    assert repeats(messages) <= kills * AT_RISK
    assert share <= 0.001


def test_messages_follow_their_commits_soon(kafka, topic, settings, make_server, store):
    """P7: the lag is measured by the server, from the commit to the acknowledgement. Whatever else the machine has to do delays
    messages as well, so there must come two seconds in which it is as promised."""
    server = make_server(store, settings()).start()
    ledger = given_ledger([server], given_gate_of(server, 3), 26)
    wait_until_delivered(server)  # P7 is of a sink that is at work, not of one that makes its topic

    def counts() -> tuple[float, float]:
        return tuple(metric(server, "xzepr_sink_lag_seconds_bucket", sink="kafka", le=le) for le in ("0.25", "+Inf"))

    def is_soon() -> bool:
        before = counts()
        ledger.start(1)
        time.sleep(2)
        ledger.stop()
        wait_until_delivered(server)
        within, total = (now - then for now, then in zip(counts(), before))
        print(f"{within:.0f} of {total:.0f} messages within 250 ms")
        return total > 100 and within / total >= 0.99

    wait_until(is_soon, 60, "never were 99 % of the messages of two seconds delivered within 250 ms of their commit")
    assert wait_for_messages(kafka, topic, 1)
