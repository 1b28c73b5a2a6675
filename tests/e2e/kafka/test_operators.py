"""What an operator sees of sinks, and does about dead letters: by the command line, on both stores."""

import json

from support.api import Api
from support.kafka import faults_of
from support.sinks import journal_of, wait_until, wait_until_delivered


def change_store(server, sql: str):
    """Writes past a server that does not run, or does."""
    if server.store == "sqlite":
        import sqlite3

        with sqlite3.connect(server.database_file, timeout=30) as database:
            database.execute(sql)
    else:
        from server import psql

        psql(server.database_url, sql)


def told(server, *arguments: str) -> list[dict]:
    return [json.loads(line) for line in server.run(*arguments, "-o", "ndjson", as_client=True).stdout.splitlines()]


def test_a_dead_letter_is_found_shown_and_sent_again(kafka, topic, settings, make_server, store):
    server = make_server(store).start()
    api = Api(server.port, server.admin_key)
    receiver = api.make_receiver("poisoned")
    for number in range(3):
        api.post_event(receiver, f"app-{number}")
    api.close()
    server.stop()
    change_store(server, "update event_receiver_revisions set resource_version = resource_version + 100")
    server.config.write_text(server.config.read_text() + settings())
    server.start()
    wait_until_delivered(server)
    assert topic not in kafka.topics() or kafka.messages(topic) == []

    sink, webhooks = told(server, "sink", "list")
    assert webhooks["name"] == "webhooks" and webhooks["dead_letters"] == 0
    assert sink["name"] == "kafka" and sink["dead_letters"] == 4 and sink["pending"] == 0
    letters = told(server, "sink", "dead-letters", "list")
    assert [letter["kind"] for letter in letters] == ["event.created"] * 3 + ["receiver.created"]
    assert {letter["cause"] for letter in letters} == {"unrenderable"}
    shown = json.loads(server.run("sink", "dead-letters", "show", letters[0]["id"], "-o", "json", as_client=True).stdout)
    assert shown == letters[0]

    # While the cause is there it fails once more.
    server.run("sink", "dead-letters", "resend", letters[0]["id"], as_client=True)
    wait_until(lambda: told(server, "sink", "dead-letters", "list")[0]["tries"] == letters[0]["tries"] + 1, 20, "it is not tried again")
    change_store(server, "update event_receiver_revisions set resource_version = resource_version - 100")
    for letter in reversed(letters):
        server.run("sink", "dead-letters", "resend", letter["id"], as_client=True)
    wait_until(lambda: told(server, "sink", "dead-letters", "list") == [], 20, "dead letters are left")
    assert faults_of(kafka.messages(topic), journal_of(server)) == []
    unknown = server.run("sink", "dead-letters", "resend", letters[0]["id"], as_client=True, check=False)
    assert unknown.returncode == 5 and "dead_letter_unknown" in unknown.stderr
