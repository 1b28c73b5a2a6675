"""PostgreSQL restarts, answers late, or goes away inside a COMMIT."""

import os
import random
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from server import psql
from support.api import Api
from support.commit_cutter import CommitCutter
from support.world import gate_faults, given_gate_of, given_ledger


@pytest.fixture
def own_postgres(root):
    """A cluster of this test's own, which it may restart. Not in pytest's folder: another run of pytest closes that to others."""
    from server import free_port

    folder = Path(tempfile.mkdtemp(prefix="xzepr-own-postgres-"))
    folder.chmod(0o755)
    script, data = root / "tests/services/postgres.sh", folder / "cluster"
    environment = {**os.environ, "PG_PORT": str(free_port())}

    def call(verb: str) -> str:
        return subprocess.run(["bash", script, verb, data], env=environment, check=True, capture_output=True, text=True).stdout

    class Cluster:
        url = f"postgres://xzepr:xzepr-secret@127.0.0.1:{environment['PG_PORT']}/xzepr"

        def start(self):
            call("start")

        def stop_at_once(self):
            """As -m immediate: SIGQUIT, no checkpoint, recovery at the next start."""
            pid = int((data / "cluster/postmaster.pid").read_text().splitlines()[0])
            subprocess.run(["kill", "-QUIT", str(pid)], check=True)
            while subprocess.run(["kill", "-0", str(pid)], capture_output=True).returncode == 0:
                time.sleep(0.02)
            subprocess.run(["bash", script, "stop", data], env=environment, capture_output=True)

    cluster = Cluster()
    cluster.start()
    yield cluster
    call("stop")
    shutil.rmtree(folder, ignore_errors=True)


def wait_for_readiness(api: Api, status: int, seconds: float):
    until = time.monotonic() + seconds
    while api.get("/health/ready").status != status:
        assert time.monotonic() < until, f"readiness is not {status} within {seconds} s"
        time.sleep(0.05)


def test_R15_postgresql_restarted_under_load_loses_nothing(own_postgres, binary, is_long):
    from server import Server

    server = Server(binary, "postgres", own_postgres.url).start()
    try:
        ledger = given_ledger([server], given_gate_of(server, 3), 15)
        for _ in range(30 if is_long else 3):
            ledger.start(16)
            time.sleep(1.0)
            own_postgres.stop_at_once()
            api = Api(server.port, server.admin_key)
            answer = api.post("/api/v1/events", api.event(ledger.receivers[0], "while-down"))
            assert answer.status == 503 and int(answer.headers["Retry-After"]) >= 1, answer
            assert api.get("/health/live").status == 200
            wait_for_readiness(api, 503, 1.5)  # the answer may be half a second old
            own_postgres.start()
            wait_for_readiness(api, 200, 5)
            api.close()
            time.sleep(0.5)
            ledger.stop()
        ledger.check()
        assert gate_faults(server) == []
    finally:
        server.remove()


def test_R13_a_node_that_is_stopped_holds_nobody_and_comes_back(make_server, pg, is_long):
    first = make_server("postgres").start()
    second = second_node(make_server, first)
    receivers = given_gate_of(first, 3)
    ledger = given_ledger([first, second], receivers, 13)
    api = Api(second.port, second.admin_key)
    for _ in range(1 if is_long else 4):
        ledger.start(16)
        time.sleep(1.0)
        first.process.send_signal(signal.SIGSTOP)
        stopped = time.monotonic()
        # Whatever the first one holds, its session is ended within a second.
        answer = api.post("/api/v1/events", api.event(receivers[0], "meanwhile"))
        assert answer.status == 201 and time.monotonic() - stopped < 5, answer
        before = ledger.count("acked")
        time.sleep(30 if is_long else 2)
        assert ledger.count("acked") > before, "the other node stood still"
        first.process.send_signal(signal.SIGCONT)
        time.sleep(0.5)
        ledger.stop()
    api.close()
    ledger.check()
    rows = [int(position) for position, in first.query("select position from journal order by position")]
    assert rows == list(range(1, len(rows) + 1))
    assert gate_faults(first) == []


def test_R17_a_reader_by_position_misses_nothing_on_two_nodes(make_server, pg, is_long):
    first = make_server("postgres").start()
    second = second_node(make_server, first)
    ledger = given_ledger([first, second], given_gate_of(first, 3), 17)
    ledger.start(16)
    last, reads = 0, 0
    until = time.monotonic() + (60 if is_long else 6)
    while time.monotonic() < until:
        rows = [int(position) for position, in first.query(f"select position from journal where position > {last} order by position")]
        assert rows == list(range(last + 1, last + 1 + len(rows))), f"after {last}: {rows[:5]}"
        last += len(rows)
        reads += 1
    ledger.stop()
    ledger.check()
    assert last > 1000 and reads > 20
    assert gate_faults(first) == []


def second_node(make_server, first, settings: str = ""):
    """Another process on the same database."""
    from server import drop_database

    second = make_server("postgres", settings)
    drop_database(second.admin_url, second.database_url)
    second.config.write_text(second.config.read_text().replace(second.database_url, first.database_url))
    second.database_url, second.admin_key = "", first.admin_key
    return second.start()


def test_R18_a_connection_cut_inside_commit_yields_exactly_one_event(make_server, pg, is_long):
    place = urlsplit(pg)
    cutter = CommitCutter(place.hostname, place.port or 5432)
    server = make_server("postgres")
    server._prepare()
    server.config.write_text(server.config.read_text().replace(f":{place.port}/", f":{cutter.port}/"))
    server.start()
    ledger = given_ledger([server], given_gate_of(server, 2), 18)
    chance = random.Random(18)
    cuts = 1000 if is_long else 50
    ledger.start(8)
    until = time.monotonic() + cuts * 2
    while cutter.cuts < cuts:
        assert time.monotonic() < until, f"{cutter.cuts} cuts in time"
        if not cutter.is_armed():
            time.sleep(chance.uniform(0.0, 0.08))
            cutter.arm()
        time.sleep(0.01)
    ledger.stop()
    ledger.check()
    assert gate_faults(server) == []
    server.kill()
    cutter.close()


def test_commits_of_one_node_wait_while_another_holds_the_head(make_server, pg):
    """The head is locked by a stranger: creates wait, reads do not, and all goes on when it lets go."""
    server = make_server("postgres").start()
    receivers = given_gate_of(server, 1)
    api = Api(server.port, server.admin_key)
    known = api.post_event(receivers[0], "known")
    holder = threading.Thread(
        target=psql, args=(server.database_url, "begin; select position from journal_head for update; select pg_sleep(1.5); commit")
    )
    holder.start()
    time.sleep(0.3)
    other = Api(server.port, server.admin_key)
    began = time.monotonic()
    assert other.get(f"/api/v1/events/{known['id']}").status == 200
    assert time.monotonic() - began < 1
    answer = api.post("/api/v1/events", api.event(receivers[0], "late"), headers={"Idempotency-Key": "late"})
    while answer.status == 503:
        answer = api.post("/api/v1/events", api.event(receivers[0], "late"), headers={"Idempotency-Key": "late"})
    assert answer.status == 201
    holder.join()
    api.close()
    other.close()
