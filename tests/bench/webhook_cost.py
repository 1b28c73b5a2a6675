#!/usr/bin/env python3
"""What webhooks cost and how fast they go, both sides of a ratio in turn in one run: how late nine good endpoints are told
beside one that never answers, and without it (G14); creates with a webhook that is told of everything, and without; deliveries
a second to one endpoint and to eight. Needs build/release/xzepr, wrk; PostgreSQL from --pg or XZEPR_TEST_PG.

  python3 tests/bench/webhook_cost.py                   every row
  python3 tests/bench/webhook_cost.py --only late       rows whose name holds the word
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import shutil
import statistics
import sys
import time
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from bench import Bench, Row, cpu_seconds, cpu_seconds_of, say  # noqa: E402
from support.api import Api  # noqa: E402

GOOD = 9
TIMEOUT_MS = 15_000


def settings(concurrency: int = 4) -> str:
    return f"webhooks: {{allow_http: true, private_networks: [127.0.0.0/8], ports: [], concurrency: {concurrency}, timeout_ms: {TIMEOUT_MS}}}\n"


ANSWER = b"HTTP/1.1 204 No Content\r\n\r\n"


class Notes:
    """Of all endpoints of a process: how many messages came, the last when, how late, and who waits for an answer while it is held."""

    def __init__(self, keeps_lags: bool):
        self.keeps_lags = keeps_lags
        self.held = None
        self.clear()

    def clear(self):
        self.count, self.last, self.lags = 0, 0.0, []

    def told(self, body: bytes, transport):
        self.count += 1
        self.last = time.time()
        if self.keeps_lags:
            message = json.loads(body)
            if message["kind"] == "event.created":
                self.lags.append(self.last - datetime.fromisoformat(message["time"].replace("Z", "+00:00")).timestamp())
        if self.held is None:
            transport.write(ANSWER)
        else:
            self.held.append(transport)

    def go(self):
        waiting, self.held = self.held, None
        for transport in waiting:
            transport.write(ANSWER)


class Listener(asyncio.Protocol):
    """Keeps the connection. One request at a time."""

    def __init__(self, notes: Notes):
        self.notes = notes
        self.text = b""

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.text += data
        while (end := self.text.find(b"\r\n\r\n")) >= 0:
            at = self.text.lower().index(b"content-length:", 0, end + 2)
            length = int(self.text[at + 15:self.text.index(b"\r\n", at)])
            if len(self.text) < end + 4 + length:
                return
            body, self.text = self.text[end + 4:end + 4 + length], self.text[end + 4 + length:]
            self.notes.told(body, self.transport)


def listen(pipe, count: int, keeps_lags: bool):
    """In a process of its own: `count` endpoints. "take" is answered with (messages, time of the last, lags in seconds) since the last time."""
    notes = Notes(keeps_lags)

    async def serve():
        loop = asyncio.get_running_loop()
        servers = [await loop.create_server(lambda: Listener(notes), "127.0.0.1", 0) for _ in range(count)]
        pipe.send([server.sockets[0].getsockname()[1] for server in servers])
        asked = asyncio.Event()
        loop.add_reader(pipe.fileno(), asked.set)
        while True:
            await asked.wait()
            asked.clear()
            while pipe.poll():
                word = pipe.recv()
                if word == "end":
                    return
                if word == "hold":
                    notes.held = []
                elif word == "go":
                    notes.go()
                pipe.send((notes.count, notes.last, notes.lags))
                if word == "take":
                    notes.clear()

    asyncio.run(serve())


class Endpoints:
    def __init__(self, count: int, keeps_lags: bool = False):
        self.pipe, theirs = multiprocessing.Pipe()
        self.process = multiprocessing.Process(target=listen, args=(theirs, count, keeps_lags), daemon=True)
        self.process.start()
        self.urls = [f"http://127.0.0.1:{port}/hook" for port in self.pipe.recv()]

    def ask(self, word: str) -> tuple[int, float, list[float]]:
        self.pipe.send(word)
        return self.pipe.recv()

    def close(self):
        self.pipe.send("end")
        self.process.join()


def never_answers(pipe):
    async def serve():
        server = await asyncio.start_server(lambda reader, writer: reader.read(), "127.0.0.1", 0)
        pipe.send(server.sockets[0].getsockname()[1])
        await asyncio.Event().wait()

    asyncio.run(serve())


class WebhookCost(Bench):
    def hook(self, server, name: str, url: str, **more):
        return Api(server.port, server.admin_key).must(201, "POST", "/api/v1/webhooks", {"name": name, "url": url, **more})

    def pending(self, server) -> int:
        return int(server.query("select count(*) from webhook_deliveries where status = 0")[0][0])

    def late(self, store: str):
        """Two servers, each with nine good endpoints; of one of them a tenth never answers. Batches come ten times a second."""
        if not self.wanted(f"{store} late"):
            return
        ours, dead = multiprocessing.Pipe()
        silent = multiprocessing.Process(target=never_answers, args=(dead,), daemon=True)
        silent.start()
        silent_url = f"http://127.0.0.1:{ours.recv()}/hook"
        sides = {}
        for name in ("without", "with"):
            server, endpoints = self.server(store, settings()), Endpoints(GOOD, keeps_lags=True)
            for number, url in enumerate(endpoints.urls):
                self.hook(server, f"good-{number}", url)
            if name == "with":
                self.hook(server, "dead", silent_url)
            sides[name] = (server, endpoints)
            self.steady(server, 2)
            endpoints.ask("take")
        lags = {"without": [], "with": []}
        say(f"measuring: {store} late")
        for number in range(self.arguments.rounds * 2):
            for name in (("without", "with") if number % 2 else ("with", "without")):
                server, endpoints = sides[name]
                sent = self.steady(server, self.arguments.seconds)
                time.sleep(1)
                lags[name].append(endpoints.ask("take")[2])
                if len(lags[name][-1]) != sent * GOOD:
                    say(f"  {name}: {len(lags[name][-1])} of {sent * GOOD} came")
        p50, p99 = ({name: statistics.quantiles((lag for one in of_side for lag in one), n=100)[n] * 1000 for name, of_side in lags.items()} for n in (49, 98))
        of_rounds = sorted(statistics.quantiles(a, n=100)[98] / statistics.quantiles(b, n=100)[98] for a, b in zip(lags["with"], lags["without"]))
        waiting = self.pending(sides["with"][0])
        print(f"| {store}: 99 % of nine good endpoints are told of an event within, beside one that never answers / without it (asked: at most 1.10) "
              f"| {p99['with']:.1f} / {p99['without']:.1f} ms, {p99['with'] / p99['without']:.2f} (rounds {of_rounds[0]:.2f}–{of_rounds[-1]:.2f}); "
              f"half within {p50['with']:.1f} / {p50['without']:.1f} ms; {waiting:,} wait for the silent one |", flush=True)
        for server, endpoints in sides.values():
            server.remove()
            endpoints.close()
        silent.terminate()

    def steady(self, server, seconds: float) -> int:
        """Creates at --rate, in batches of a tenth of a second; how many."""
        api, began, sent = Api(server.port, server.admin_key), time.monotonic(), 0
        self.prefix += 1
        while time.monotonic() - began < seconds:
            items = [{"event_receiver": "scan", "name": f"lag-{self.prefix}-{sent + i}", "version": "1", "release": "1", "platform_id": "p", "package": "d",
                      "payload": {"critical_count": 0, "scanner": "grype", "passed": True}} for i in range(max(1, self.arguments.rate // 10))]
            api.must(200, "POST", "/api/v1/events/batch", items)
            sent += len(items)
            time.sleep(max(0.0, began + sent / self.arguments.rate - time.monotonic()))
        return sent

    def creates(self, store: str):
        """What is left to deliver when a round ends is waited for."""
        if not self.wanted(f"{store} create"):
            return
        endpoints = Endpoints(1)
        with_it, without = self.server(store, settings()), self.server(store, settings())
        self.hook(with_it, "all", endpoints.urls[0])
        listener = endpoints.process.pid
        for server in (with_it, without):
            self.create(server, 64, 2)
        self.wait_delivered(with_it)
        row = Row(f"create, {store}, 64 connections: with a webhook / without", at_least=0.9, aim=1)
        spent = {"with": [], "without": [], "listener": [], "left": []}

        def measured(server) -> float:
            name = "with" if server is with_it else "without"
            before, before_listener = cpu_seconds(server), cpu_seconds_of(listener)
            rate = self.create(server, 64)
            if server is with_it:
                spent["left"].append(self.pending(server))
                self.wait_delivered(server)
                spent["listener"].append((cpu_seconds_of(listener) - before_listener) / (rate * self.arguments.seconds))
            spent[name].append((cpu_seconds(server) - before) / (rate * self.arguments.seconds))
            return rate

        self.paired(row, lambda: measured(with_it), lambda: measured(without))
        cost = {name: statistics.median(values) * 1e6 for name, values in spent.items()}
        print(f"| {store}: CPU for a create, of the server without a webhook, with one, and of the endpoint | {cost['without']:.1f}, {cost['with']:.1f}, {cost['listener']:.1f} µs; "
              f"{statistics.median(spent['left']):,.0f} deliveries left at the end of a round |", flush=True)
        with_it.remove()
        without.remove()
        endpoints.close()

    def wait_delivered(self, server, seconds: float = 600):
        """Until all that was committed was fed and delivered."""
        began = time.monotonic()
        while int(server.query("select (select max(position) from journal) - (select position from sinks where name = 'webhooks')")[0][0]) > 0 or self.pending(server) > 0:
            if time.monotonic() - began > seconds:
                raise SystemExit("webhook_cost: the deliveries do not catch up")
            time.sleep(0.2)

    def deliveries(self, store: str):
        """A replay of what is stored, from its start to its end."""
        if not self.wanted(f"{store} deliveries"):
            return
        for concurrency in (4, 32):
            server, endpoints = self.server(store, settings(concurrency)), Endpoints(8)
            self.fill_each(server, self.arguments.backlog)
            rates = {1: [], 8: []}
            for number in range(self.arguments.rounds):
                for count in ((1, 8) if number % 2 else (8, 1)):
                    names = [f"hook-{number}-{count}-{i}" for i in range(count)]
                    for name, url in zip(names, endpoints.urls):
                        self.hook(server, name, url)
                    rates[count].append(self.replayed(server, names, endpoints))
            print(f"| {store}: deliveries a second, {concurrency} at once: to one endpoint, to eight | {statistics.median(rates[1]):,.0f}, {statistics.median(rates[8]):,.0f} |", flush=True)
            server.remove()
            endpoints.close()

    def replayed(self, server, names: list[str], endpoints: Endpoints) -> float:
        """Deliveries a second of a backlog that is queued while nobody answers."""
        api, queued = Api(server.port, server.admin_key), 0
        endpoints.ask("take")
        endpoints.ask("hold")
        for name in names:
            body = {"after": 0, "until": self.arguments.backlog // len(names)}
            while True:
                step = api.must(200, "POST", f"/api/v1/webhooks/{name}/replay", body)
                queued += step["queued"]
                if not step["has_more"]:
                    break
                body["after"] = step["position"]
        began = time.time()
        before = endpoints.ask("go")[0]
        while endpoints.ask("look")[0] < queued:
            time.sleep(0.05)
            if time.time() - began > 600:
                raise SystemExit("webhook_cost: the replay does not end")
        _, last, _ = endpoints.ask("take")
        return (queued - before) / (last - began)

    def fill_each(self, server, total: int):
        """Events of as many artifacts: none waits for another."""
        for first in range(0, total, 5000):
            items = [{"event_receiver": "scan", "name": f"fill-{i}", "version": "1", "release": "1", "platform_id": "p", "package": "d",
                      "payload": {"critical_count": 0, "scanner": "grype", "passed": True}} for i in range(first, min(first + 5000, total))]
            self.post(server, "/api/v1/events/batch", items)

    def run(self):
        print(f"load average {os.getloadavg()[0]:.2f}, {os.cpu_count()} cores, {self.arguments.rounds} rounds of {self.arguments.seconds} s\n", flush=True)
        for store in self.arguments.stores.split(","):
            self.late(store)
            self.creates(store)
            self.deliveries(store)
        if self.rows:
            print("\n| work | ours a second | theirs | ratio (spread) | at least | aim |\n| --- | --- | --- | --- | --- | --- |")
        for row in self.rows:
            print(row.text())
        shutil.rmtree(self.folder, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pg", default=os.environ.get("XZEPR_TEST_PG", ""), help="PostgreSQL to measure on (default: XZEPR_TEST_PG)")
    parser.add_argument("--stores", default="sqlite,postgres" if os.environ.get("XZEPR_TEST_PG") else "sqlite")
    parser.add_argument("--seconds", type=int, default=6)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rate", type=int, default=50, help="events a second while it is measured how late they are told")
    parser.add_argument("--backlog", type=int, default=8_000, help="deliveries that wait")
    parser.add_argument("--only", default="")
    WebhookCost(parser.parse_args()).run()


if __name__ == "__main__":
    main()
