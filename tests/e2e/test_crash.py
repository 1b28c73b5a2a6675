"""The process dies, the disk fills, the answer is traced: what was answered stays, what was not may be tried again."""

import random
import re
import subprocess
import time

import pytest

from support.api import Api
from support.world import GATE, gate_faults, given_gate_of, given_ledger

FLOOR = 200  # events a second before the fault: less proves nothing


def test_R01_kill_9_at_random_times_loses_nothing_and_doubles_nothing(make_server, store, is_long):
    seed = 1
    chance = random.Random(seed)
    server = make_server(store).start()
    ledger = given_ledger([server], given_gate_of(server, 3), seed)
    running = 0.0
    for _ in range(200 if is_long else 20):
        ledger.start(16)
        began = time.monotonic()
        time.sleep(chance.uniform(0.2, 2.0 if is_long else 1.2))
        running += time.monotonic() - began
        server.kill()
        ledger.stop()
        server.start()
    rate = ledger.count("acked") / running
    print(f"seed {seed}: {ledger.count('acked')} acked, {ledger.count('unknown')} unknown, {rate:.0f}/s")
    ledger.check()
    assert gate_faults(server) == []
    assert rate >= FLOOR, f"invalid run: {rate:.0f} events a second"


def trace_of(server, requests: int) -> list[str]:
    """The system calls of a server while one client creates `requests` events, one after the other."""
    path = server.folder / "trace"
    tracer = subprocess.Popen(
        ["strace", "-f", "-yy", "-s", "2000", "-e", "trace=fdatasync,fsync,sendto,sendmsg,write,writev,recvfrom,recvmsg,read", "-o", str(path), "-p", str(server.process.pid)],
        stderr=subprocess.PIPE, text=True,
    )
    assert "attached" in tracer.stderr.readline()
    api = Api(server.port, server.admin_key)
    receiver = api.make_receiver("traced")
    for number in range(requests):
        api.post_event(receiver, f"app-{number}")
    api.close()
    tracer.terminate()
    tracer.wait()
    return path.read_text(errors="replace").splitlines()


DURABLE = {"sqlite": re.compile(r"(fdatasync|fsync)\(\d+<[^>]*-wal>"), "postgres": re.compile(r'(recvfrom|recvmsg|read)(\(| resumed>).*COMMIT')}
ANSWER = re.compile(r'(sendto|sendmsg|write|writev)\(.*HTTP/1\.1 201 ')
RESUMED_SYNC = re.compile(r"<\.\.\. (fdatasync|fsync) resumed>")


def test_R02_every_201_follows_a_sync_of_its_own(make_server, store, is_long):
    requests = 2000 if is_long else 300
    server = make_server(store).start()
    answers = lazy = syncs = 0
    for line in trace_of(server, requests):
        if DURABLE[store].search(line) or (store == "sqlite" and RESUMED_SYNC.search(line)):
            syncs += 1
        elif ANSWER.search(line):
            answers += 1
            lazy += syncs == 0
            syncs = 0
    assert answers >= requests
    assert lazy == 0, f"{lazy} of {answers} answers were sent before a sync"


@pytest.fixture
def small_disk(tmp_path):
    folder = tmp_path / "small"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", folder], check=True)
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_R07_a_full_disk_refuses_writes_serves_reads_and_heals(make_server, small_disk):
    server = make_server("sqlite")
    (server.folder / "data").symlink_to(small_disk)
    server.start()
    receivers = given_gate_of(server, 2)
    api = Api(server.port, server.admin_key)
    first = api.post_event(receivers[0], "before")
    filler = small_disk / "filler"
    with open(filler, "wb", buffering=0) as out:  # a buffer would fail once more when it is closed
        try:
            while True:
                out.write(b"x" * 65536)
        except OSError:
            pass
    refused, number = None, 0
    while refused is None and number < 5000:
        answer = api.post("/api/v1/events", api.event(receivers[0], f"full-{number}", payload={"text": "y" * 20000}))
        number += 1
        if answer.status != 201:
            refused = answer
    assert refused is not None and refused.status == 503, refused
    assert refused.json["code"] == "storage_full", refused.text
    assert int(refused.headers["Retry-After"]) >= 1
    assert api.get(f"/api/v1/events/{first['id']}").status == 200
    assert api.get("/health/live").status == 200
    filler.unlink()
    began = time.monotonic()
    while api.post("/api/v1/events", api.event(receivers[1], "after")).status != 201:
        assert time.monotonic() - began < 5, "no recovery within 5 s after space returned"
        time.sleep(0.05)
    stored = sum(1 for _ in api.every("/api/v1/events"))
    assert stored == 1 + (number - 1) + 1
    assert gate_faults(server) == []
    api.close()


def test_the_gate_that_opened_before_a_kill_is_open_after_it(make_server, store):
    server = make_server(store).start()
    receivers = given_gate_of(server, 2)
    api = Api(server.port, server.admin_key)
    for receiver in receivers:
        last = api.post_event(receiver, "app")
    assert [gate["state"] for gate in last["gates"]] == ["open"]
    server.kill()
    api.close()
    server.start()
    status = api.must(200, "GET", f"/api/v1/groups/{GATE}/status?artifact=app@1.0.0%2B1/amd64/deb")
    assert status["state"] == "open" and status["first_opened_at"], status
    api.close()
