"""The search index is kept by a job: it catches up after what was missed, goes on where it was killed, and an answer never
depends on how far it is."""

import time

import pytest
from server import psql
from support.api import Api

FORGET = {
    "sqlite": ["INSERT INTO event_terms (event_terms) VALUES ('delete-all')", "UPDATE search_index SET position = 0"],
    "postgres": ["DELETE FROM event_terms", "UPDATE search_index SET position = 0"],
}


def forget_index(server):
    """As right after the migration that brings the index: events are there, and nothing is filed."""
    if server.store == "postgres":
        return psql(server.database_url, ";".join(FORGET["postgres"]))
    import sqlite3

    connection = sqlite3.connect(server.database_file)
    for statement in FORGET["sqlite"]:
        connection.execute(statement)
    connection.commit()
    connection.close()


def positions(server) -> tuple[int, int]:
    return tuple(int(number) for number in server.query("SELECT s.position, h.position FROM search_index s, journal_head h")[0])


def wait_until_filed(server):
    until = time.monotonic() + 60
    while time.monotonic() < until:
        filed, head = positions(server)
        if filed >= head:
            return
        time.sleep(0.05)
    raise AssertionError(f"filed up to {filed} of {head}")


def terms_filed(server) -> int:
    """Entries under a word that every event has."""
    if server.store == "postgres":
        return int(server.query("SELECT count(*) FROM event_terms WHERE terms @@ 'common'::tsquery")[0][0])
    return server.query("SELECT count(*) FROM event_terms WHERE event_terms MATCH 'common'")[0][0]


def post_many(api, receiver: str, count: int):
    items = [
        {"event_receiver_id": receiver, "name": f"app-{i % 7}", "version": str(i), "release": "1", "platform_id": "any", "package": "deb",
         "description": "common" + (" needle" if i == 17 else ""), "payload": {"number": i, "even": i % 2 == 0}}
        for i in range(count)
    ]
    api.must(200, "POST", "/api/v1/events/batch", items)


def answers(api) -> list:
    """What a few searches find, as totals and ids in order; on a connection of its own."""
    api.close()
    found = []
    for query in ("q=needle", "q=common+app&payload./number=300.0", "payload./number=4", "q=common+need", "q=common&payload./even=true&limit=7"):
        body = api.must(200, "GET", f"/api/v1/events?{query}&count=exact")
        found.append((body["pagination"]["total"], [event["id"] for event in body["data"]]))
    return found


@pytest.fixture
def filled(make_server, store):
    server = make_server(store, settings="search: {index: false}\n")
    server.start()
    api = Api(server.port, server.admin_key)
    post_many(api, api.make_receiver("scan"), 900)
    yield server, api
    api.close()


def test_answers_are_the_same_without_and_with_the_index(filled):
    server, api = filled
    without = answers(api)
    assert [total for total, _ in without] == [1, 1, 1, 1, 450]
    assert positions(server)[0] == 0
    server.stop()
    server.config.write_text(server.config.read_text().replace("index: false", "index: true"))
    server.start()
    assert answers(api) == without
    wait_until_filed(server)
    assert answers(api) == without
    assert terms_filed(server) == 900


def test_filing_goes_on_after_a_kill_and_files_each_event_once(filled):
    server, api = filled
    before = answers(api)
    server.config.write_text(server.config.read_text().replace("index: false", "index: true"))
    for _ in range(5):
        server.kill()
        server.start()
        assert answers(api) == before
    wait_until_filed(server)
    assert terms_filed(server) == 900
    server.stop()
    forget_index(server)
    server.start()
    assert answers(api) == before
    wait_until_filed(server)
    assert terms_filed(server) == 900
    assert answers(api) == before


def test_what_is_posted_is_found_at_once(make_server, store):
    server = make_server(store)
    server.start()
    api = Api(server.port, server.admin_key)
    receiver = api.make_receiver("scan")
    for number in range(30):
        event = api.post_event(receiver, f"fresh{number}")
        found = api.must(200, "GET", f"/api/v1/events?q=fresh{number}")["data"]
        assert [one["id"] for one in found] == [event["id"]], number
    api.close()
