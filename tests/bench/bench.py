#!/usr/bin/env python3
"""Prints a table of ratios, both sides measured in turn in one run on this machine. Needs the server and what it is
measured against: scripts/build release xzepr store_bench array_bench identity_bench; PostgreSQL from --pg or XZEPR_TEST_PG.

  python3 tests/bench/bench.py                 every row, about 15 minutes
  python3 tests/bench/bench.py --only create   rows whose name holds the word
  python3 tests/bench/bench.py --seconds 3     shorter measurements
"""

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / "tests/runner"))
sys.path.insert(0, str(ROOT / "tests/e2e"))
from support.tokens import PASSWORD, give_signing_key  # noqa: E402
from server import Server, free_port, new_database, drop_database, psql  # noqa: E402

SCHEMA = {
    "type": "object",
    "properties": {"critical_count": {"type": "integer", "minimum": 0}, "scanner": {"type": "string"}, "passed": {"type": "boolean"}},
    "required": ["critical_count", "scanner", "passed"],
    "additionalProperties": False,
}


@dataclass
class Row:
    work: str
    ours: list = field(default_factory=list)
    theirs: list = field(default_factory=list)
    at_least: float = 0
    aim: float = 0

    @property
    def ratios(self):
        return [a / b for a, b in zip(self.ours, self.theirs)]

    def text(self) -> str:
        ratios = sorted(self.ratios)
        return (f"| {self.work} | {statistics.median(self.ours):,.0f} | {statistics.median(self.theirs):,.0f} "
                f"| {statistics.median(ratios):.2f} ({ratios[0]:.2f}–{ratios[-1]:.2f}) | {self.at_least} | {self.aim} |")


def say(text: str):
    print(text, file=sys.stderr, flush=True)


def cpu_seconds_of(pid: int | str) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def cpu_seconds(server) -> float:
    return cpu_seconds_of(server.process.pid)


class Bench:
    def __init__(self, arguments):
        self.arguments = arguments
        self.binary = ROOT / "build/release/xzepr"
        self.folder = Path(tempfile.mkdtemp(prefix="xzepr-bench-"))
        self.rows: list[Row] = []
        self.failed: list[str] = []
        self.prefix = 0
        self.p99_ms = 0.0  # of the last measurement by wrk

    # --- the tools --------------------------------------------------------------------------------------------------

    def wrk(self, url: str, connections: int, script: str = "", arguments: list | None = None, seconds: float | None = None) -> float:
        command = ["wrk", "-t", "1", "-c", str(connections), "-d", f"{int(seconds or self.arguments.seconds)}s", "--latency"]
        if script:
            command += ["-s", str(HERE / script)]
        command += [url] + (["--", *arguments] if arguments else [])
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        bad = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
        if bad or "Socket errors" in said:
            raise SystemExit(f"bench: not every answer was good:\n{said}")
        value, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)\b", said).groups()
        self.p99_ms = float(value) * {"us": 0.001, "ms": 1, "s": 1000}[unit]
        return float(re.search(r"Requests/sec:\s+([\d.]+)", said).group(1))

    def pgbench(self, url: str, clients: int, receiver: str) -> float:
        command = ["/usr/lib/postgresql/15/bin/pgbench", "-n", "-M", "prepared", "-c", str(clients), "-j", "1", "-T", str(int(self.arguments.seconds)),
                   "-f", str(HERE / "insert_one.sql"), "-D", f"receiver={receiver}", url]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        return float(re.search(r"tps = ([\d.]+)", said).group(1))

    def paired(self, row: Row, ours, theirs):
        say(f"measuring: {row.work}")
        for _ in range(self.arguments.rounds):
            row.ours.append(ours())
            row.theirs.append(theirs())
        self.rows.append(row)
        say("  " + row.text())

    def wanted(self, name: str) -> bool:
        return not self.arguments.only or self.arguments.only in name

    # --- a server with one gate of three ----------------------------------------------------------------------------

    def server(self, store: str, settings: str = "") -> "Server":
        server = Server(self.binary, store, self.arguments.pg, settings)
        server.start()
        for name in ("scan", "build", "test"):
            self.post(server, "/api/v1/receivers", {"name": name, "type": "dev.bench." + name, "version": "1", "schema": SCHEMA})
        self.post(server, "/api/v1/groups", {"name": "gate", "type": "dev.bench.gate", "version": "1", "event_receiver_ids": ["scan", "build", "test"]})
        return server

    def post(self, server, path: str, body, key: bool = True) -> dict:
        credential = {"X-API-Key": server.admin_key} if key else {}
        request = urllib.request.Request(server.url + path, json.dumps(body).encode(), {**credential, "Content-Type": "application/json"})
        return json.load(urllib.request.urlopen(request))

    def get(self, server, path: str) -> bytes:
        return urllib.request.urlopen(urllib.request.Request(server.url + path, headers={"X-API-Key": server.admin_key})).read()

    def create(self, server, connections: int, seconds: float | None = None, credential: str = "") -> float:
        self.prefix += 1
        return self.wrk(server.url, connections, "create.lua", ["scan", credential or server.admin_key, f"{os.getpid()}-{self.prefix}"], seconds)

    def fill(self, server, total: int):
        """Posts batches until `total` events are stored, ten of each name: what a question finds does not grow with them."""
        have = 0
        while have < total:
            items = [{"event_receiver": "scan", "name": f"fill-{i // 10}", "version": f"{i % 10}", "release": "1", "platform_id": "linux/amd64", "package": "docker",
                      "payload": {"critical_count": 0, "scanner": "grype", "passed": True}} for i in range(have, min(have + 5000, total))]
            self.post(server, "/api/v1/events/batch", items)
            have += len(items)

    # --- the rows ---------------------------------------------------------------------------------------------------

    def creates_postgres(self):
        server = self.server("postgres")
        receiver = psql(server.database_url, "select id from event_receivers limit 1")
        for connections, at_least, aim in ((64, 1.2, 1.6), (256, 1.4, 1.8), (8, 0.4, 0.6)):
            clients = 8 if connections == 8 else 64
            row = Row(f"create, PostgreSQL, {connections} connections / pgbench one row by {clients} clients", at_least=at_least, aim=aim)
            self.create(server, connections, 2)
            self.paired(row, lambda: self.create(server, connections), lambda: self.pgbench(server.database_url, clients, receiver))
        server.remove()

    def creates_sqlite(self):
        bench = self.binary.parent / "store_bench"
        server = self.server("sqlite")
        self.create(server, 64, 2)

        def raw(rows: int) -> float:
            path = self.folder / f"raw-{rows}-{time.monotonic_ns()}.db"
            said = subprocess.run([bench, "raw", str(path), str(rows), str(self.arguments.seconds)], capture_output=True, text=True, check=True).stdout
            path.unlink(missing_ok=True)
            return float(said.split()[0])

        self.paired(Row("create, SQLite, 64 connections / its one-row transactions", at_least=3, aim=4), lambda: self.create(server, 64), lambda: raw(1))
        self.paired(Row("create, SQLite, 64 connections / its 500-row transactions", at_least=0.5, aim=0.65), lambda: self.create(server, 64), lambda: raw(500))
        server.remove()

    def credentials(self):
        """What a signed token costs a create, beside an API key."""
        server = self.server("sqlite")
        give_signing_key(server)
        server.stop()
        server.start()
        self.post(server, "/api/v1/users", {"username": "bench", "roles": ["event_manager"], "password": PASSWORD})
        token = self.credential(server, "token")
        self.create(server, 64, 2)
        self.paired(Row("create with an access token / with an API key, SQLite, 64 connections", at_least=0.85, aim=1), lambda: self.create(server, 64, credential=token), lambda: self.create(server, 64))
        server.remove()

    # What stands before a create: (name, identity, rate limiter, credential).
    GUARDS = (("nothing", "off", "off", ""), ("an API key", "on", "off", "key"), ("an access token", "on", "off", "token"),
              ("an access token and the rate limiter", "on", "on", "token"))

    def guarded(self, identity: str, limiter: str) -> "Server":
        server = self.server("sqlite")
        give_signing_key(server)
        server.stop()
        server.start()
        self.post(server, "/api/v1/users", {"username": "bench", "roles": ["event_manager"], "password": PASSWORD})
        server.stop()
        server.binary = str(self.binary.parent / "identity_bench")
        server.environment |= {"XZEPR_BENCH_IDENTITY": identity, "XZEPR_BENCH_LIMITER": limiter, "XZEPR_BENCH_KEY": server.admin_key}
        return server.start()

    def credential(self, server, kind: str) -> str:
        if kind == "token":
            return self.post(server, "/api/v1/auth/login", {"username": "bench", "password": PASSWORD}, key=False)["access_token"]
        return server.admin_key if kind else "-"

    def identity(self):
        """What identity and the rate limiter cost a create, beside the same server without them; all in turn, each round in another order.

        Also by the server's CPU time, which other work on the machine hardly moves."""
        servers = [(name, credential, self.guarded(identity, limiter)) for name, identity, limiter, credential in self.GUARDS]
        figures = {name: ([], []) for name, *_ in servers}
        for _, credential, server in servers:
            self.create(server, 64, 2, self.credential(server, credential))
        for number in range(self.arguments.rounds):
            for name, credential, server in servers[number % 4:] + servers[:number % 4]:
                shown, before = self.credential(server, credential), cpu_seconds(server)
                rate = self.create(server, 64, credential=shown)
                figures[name][0].append(rate)
                figures[name][1].append(rate * int(self.arguments.seconds) / (cpu_seconds(server) - before))
        for number, unit in enumerate(("", ", by CPU time")):
            for name, *_ in servers[1:]:
                work = f"create behind {name} / behind nothing, SQLite, 64 connections{unit}"
                self.rows.append(Row(work, figures[name][number], figures["nothing"][number], at_least=0.85, aim=0.95))
        for *_, server in servers:
            server.remove()

    BATCH_ITEMS, BATCH_CLIENTS = 500, 4

    def batch(self, server) -> float:
        """Events stored a second by batches over HTTP."""
        self.prefix += 1
        before = self.count(server)
        began = time.perf_counter()
        self.wrk(server.url, self.BATCH_CLIENTS, "batch.lua", ["scan", server.admin_key, f"{os.getpid()}-{self.prefix}", str(self.BATCH_ITEMS)])
        return (self.count(server) - before) / (time.perf_counter() - began)

    def count(self, server) -> int:
        return json.loads(self.get(server, "/api/v1/events?limit=1&count=exact"))["pagination"]["total"]

    def imported(self, server) -> float:
        """Events stored a second by `xzepr event import`."""
        self.prefix += 1
        file = self.folder / "events.ndjson"
        total = 20_000 * self.arguments.seconds
        file.write_text("".join(json.dumps({
            "event_receiver": "scan", "name": "bench-app", "version": f"{os.getpid()}.{self.prefix}.{i}", "release": "1", "platform_id": "linux/amd64", "package": "docker",
            "description": "built and scanned", "payload": {"critical_count": 0, "scanner": "grype 0.74", "passed": True}}) + "\n" for i in range(total)))
        began = time.perf_counter()
        subprocess.run([self.binary, "event", "import", str(file), "--url", server.url], check=True, capture_output=True, env={**os.environ, "XZEPR_API_KEY": server.admin_key})
        return total / (time.perf_counter() - began)

    def batches(self, store: str):
        server = self.server(store)
        name = {"postgres": "PostgreSQL", "sqlite": "SQLite"}[store]
        beside = self.binary.parent
        if store == "postgres":
            receiver = psql(server.database_url, "select id from event_receivers limit 1")
            command, what = [beside / "array_bench", server.database_url, receiver, str(self.BATCH_CLIENTS), str(self.BATCH_ITEMS), str(self.arguments.seconds)], "array inserts of 500 rows by 4 clients"
        else:
            command, what = [beside / "store_bench", "raw", str(self.folder / "raw.db"), str(self.BATCH_ITEMS), str(self.arguments.seconds)], "its 500-row transactions"

        def raw() -> float:
            said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            (self.folder / "raw.db").unlink(missing_ok=True)
            return float(said.split()[0])

        self.paired(Row(f"batches of 500 by 4 connections, {name} / {what}", at_least=0.5, aim=0.7), lambda: self.batch(server), raw)
        self.paired(Row(f"event import, {name} / batches of 500 by 4 connections", at_least=0.8, aim=1), lambda: self.imported(server), lambda: self.batch(server))
        server.remove()

    def reads(self, store: str, at_least: float, aim: float):
        server = self.server(store)
        self.fill(server, 10_000)
        ids = [event["id"] for _ in range(1) for event in json.loads(self.get(server, "/api/v1/events?limit=1000"))["data"]]
        body = self.get(server, f"/api/v1/events/{ids[0]}")
        paths = self.folder / f"paths-{store}"
        paths.write_text("".join(f"/api/v1/events/{id}\n" for id in ids))
        with Nginx(self.folder, body) as nginx:
            name = {"postgres": "PostgreSQL", "sqlite": "SQLite"}[store]
            self.paired(Row(f"get by id, {name}, 64 connections / nginx, same size", at_least=at_least, aim=aim),
                        lambda: self.wrk(server.url, 64, "get.lua", [str(paths), server.admin_key]), lambda: self.wrk(nginx.url, 64))
        server.remove()

    def live(self):
        server = self.server("sqlite")
        body = self.get(server, "/health/live")
        with Nginx(self.folder, body) as nginx:
            self.paired(Row("/health/live / nginx, same size", at_least=0.9, aim=1.2), lambda: self.wrk(server.url + "/health/live", 64), lambda: self.wrk(nginx.url, 64))
        server.remove()

    def growth(self, store: str):
        """Creates with gates and gate status at 10,000 and at 300,000 events, two servers asked in turn."""
        small, large = self.server(store), self.server(store)
        self.fill(small, 10_000)
        say(f"filling {store} with 300,000 events")
        self.fill(large, 300_000)
        name = {"postgres": "PostgreSQL", "sqlite": "SQLite"}[store]
        status = self.folder / "status"
        status.write_text("".join(f"/api/v1/groups/gate/status?name=fill-{i}&version=3&release=1&platform_id=linux/amd64&package=docker\n" for i in range(900)))
        listing = self.folder / "list"
        listing.write_text("/api/v1/events?name=fill-7&limit=50\n/api/v1/events?receiver=scan&limit=50\n/api/v1/events?limit=50\n")
        for path, work in ((status, "gate status"), (listing, "list of 50")):
            def ask(server):
                return self.wrk(server.url, 64, "get.lua", [str(path), server.admin_key])
            self.paired(Row(f"{work}, {name}, 300,000 events / 10,000 events", at_least=0.9, aim=1), lambda: ask(large), lambda: ask(small))
        self.paired(Row(f"create with gate, {name}, 300,000 events / 10,000 events", at_least=0.9, aim=1), lambda: self.create(large, 64), lambda: self.create(small, 64))
        small.remove()
        large.remove()

    def start_and_memory(self):
        for store in ("sqlite", "postgres"):
            server = self.server(store)
            times, memory = [], []
            for _ in range(5):
                server.stop()
                began = time.perf_counter()
                server.start()
                times.append((time.perf_counter() - began) * 1000)
                time.sleep(1)
                status = Path(f"/proc/{server.process.pid}/status").read_text()
                memory.append(int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024)
            print(f"| {store}: start to first answer | {statistics.median(times):.0f} ms ({min(times):.0f}–{max(times):.0f}) | at most 150, aim 60 |")
            print(f"| {store}: idle memory | {statistics.median(memory):.1f} MiB | at most 25, aim 15 |")
            server.remove()

    def attempt(self, name: str, job):
        """A row that fails must not take the others with it; it is told at the end, and by the exit code."""
        try:
            job()
        except (SystemExit, subprocess.CalledProcessError, urllib.error.URLError) as fault:
            say(f"{name}: {fault}")
            self.failed.append(name)

    def run(self):
        jobs = [("create postgres", self.creates_postgres), ("create sqlite", self.creates_sqlite), ("batch postgres", lambda: self.batches("postgres")), ("batch sqlite", lambda: self.batches("sqlite")), ("live", self.live), ("credentials", self.credentials), ("identity", self.identity),
                ("get postgres", lambda: self.reads("postgres", 0.3, 0.4)), ("get sqlite", lambda: self.reads("sqlite", 0.4, 0.5)),
                ("growth postgres", lambda: self.growth("postgres")), ("growth sqlite", lambda: self.growth("sqlite")), ("start memory", self.start_and_memory)]
        print(f"load average {os.getloadavg()[0]:.2f}, {os.cpu_count()} cores, {self.arguments.rounds} rounds of {self.arguments.seconds} s\n")
        for name, job in jobs:
            if self.wanted(name):
                self.attempt(name, job)
        print("\n| work | ours a second | theirs | ratio (spread) | at least | aim |\n| --- | --- | --- | --- | --- | --- |")
        for row in self.rows:
            print(row.text())
        shutil.rmtree(self.folder, ignore_errors=True)
        if self.failed:
            raise SystemExit(f"bench: not measured to the end: {', '.join(self.failed)}")


class Nginx:
    """Two workers answering `body` from memory, no log: its fastest."""

    def __init__(self, folder: Path, body: bytes):
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="nginx-", dir=folder))
        os.chmod(folder, 0o755)
        os.chmod(self.folder, 0o755)
        quoted = body.decode().replace("\\", "\\\\").replace("'", "\\'").replace("$", "")
        (self.folder / "nginx.conf").write_text(
            f"daemon off; pid {self.folder}/pid; error_log {self.folder}/error.log; worker_processes 2;\n"
            "events { worker_connections 4096; multi_accept on; }\n"
            "http { access_log off; keepalive_requests 1000000000; keepalive_timeout 600; tcp_nodelay on;\n"
            f"  server {{ listen 127.0.0.1:{self.port} reuseport; default_type application/json; location / {{ return 200 '{quoted}'; }} }} }}\n")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def __enter__(self):
        self.process = subprocess.Popen(["nginx", "-c", str(self.folder / "nginx.conf"), "-e", str(self.folder / "error.log")])
        time.sleep(0.5)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pg", default=os.environ.get("XZEPR_TEST_PG", ""), help="PostgreSQL to measure on (default: XZEPR_TEST_PG)")
    parser.add_argument("--seconds", type=int, default=6)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="")
    Bench(parser.parse_args()).run()


if __name__ == "__main__":
    main()
