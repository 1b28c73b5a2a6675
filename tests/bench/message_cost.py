#!/usr/bin/env python3
"""What messages cost and how fast they go, on a broker of its own: creates with a topic and without, measured in turn; the lag
at half of that load; a backlog that drains while creates go on, as fast as they can and at 200 a second; and the relay beside
Kafka's ProducerPerformance, with messages of the same size, acks=all, on the same broker. Last, live streams: memory and lag with
many listeners. Needs build/release/xzepr, wrk, kcat, Maven; PostgreSQL from --pg or XZEPR_TEST_PG.

  python3 tests/bench/message_cost.py                   every row
  python3 tests/bench/message_cost.py --only streams    rows whose name holds the word
"""

import argparse
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from bench import ROOT, Bench, Row, cpu_seconds, cpu_seconds_of, free_port, say  # noqa: E402
from support.api import Api  # noqa: E402
from support.sinks import metric, position_of, server_metrics  # noqa: E402
from support.streams import Stream  # noqa: E402

LISTENERS = 5000
PACED_RATE, PACED_CLIENTS = 200, 4
WARM_UP_SECONDS, WARM_UP_ROUNDS_MAX = 4, 15
MESSAGE_BYTES = 1300  # as one of the events created here becomes
TOOLS_POM = """<project><modelVersion>4.0.0</modelVersion><groupId>xzepr</groupId><artifactId>tools</artifactId><version>1</version><dependencies>
<dependency><groupId>org.apache.kafka</groupId><artifactId>kafka-tools</artifactId><version>4.1.1</version></dependency>
</dependencies></project>"""


class Broker:
    def __init__(self, folder: Path):
        self.folder = folder
        self.port = free_port()
        self.script("start")

    def script(self, verb: str):
        ports = {"KAFKA_PORT": str(self.port), **{name: str(free_port()) for name in ("KAFKA_SASL_PORT", "KAFKA_TLS_PORT", "KAFKA_SASL_TLS_PORT", "KAFKA_CONTROLLER_PORT")}}
        subprocess.run([ROOT / "tests/services/kafka.sh", verb, self.folder], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                       env={**os.environ, **ports})

    def cpu_seconds(self) -> float:
        return cpu_seconds_of(int((self.folder / "pid").read_text()))

    def compiling_seconds(self) -> float:
        """Of what its JVM's compilers have taken so far."""
        tasks = (self.folder / "pid").read_text().strip()
        names = {task: (task / "comm").read_text() for task in Path(f"/proc/{tasks}/task").iterdir()}
        return sum(cpu_seconds_of(f"{tasks}/task/{task.name}") for task, name in names.items() if "Compiler" in name)

    def settings(self, topic: str) -> str:
        return f"kafka: {{brokers: ['127.0.0.1:{self.port}'], topic: {topic}}}\n"

    def tool(self, name: str, *arguments) -> str:
        libs = self.folder / "tools"
        if not libs.exists():
            (self.folder / "pom.xml").write_text(TOOLS_POM)
            subprocess.run(["mvn", "-B", "-q", "-f", self.folder / "pom.xml", "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies",
                            "-DincludeScope=runtime", f"-DoutputDirectory={libs}"], check=True, stdout=subprocess.DEVNULL)
        done = subprocess.run(["java", "-Xmx512m", "-cp", f"{libs}/*", f"org.apache.kafka.tools.{name}", *map(str, arguments)], capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"message_cost: {name}: {done.stdout}{done.stderr}")
        return done.stdout

    def make_topic(self, topic: str):
        """Nobody makes one by asking for it, and ProducerPerformance waits for it without end."""
        self.tool("TopicCommand", "--bootstrap-server", f"127.0.0.1:{self.port}", "--create", "--if-not-exists", "--topic", topic, "--partitions", 1)

    def produce(self, count: int, size: int) -> float:
        """Messages a second of Kafka's own tool."""
        said = self.tool("ProducerPerformance", "--topic", "performance", "--num-records", count, "--record-size", size, "--throughput", -1,
                         "--producer-props", f"bootstrap.servers=127.0.0.1:{self.port}", "acks=all")
        return float(re.findall(r"([\d.]+) records/sec", said)[-1])

    def warm_up(self):
        """As a broker is that has run for a while: what the tool does often is compiled."""
        self.make_topic("performance")
        for _ in range(3):
            self.produce(200_000, MESSAGE_BYTES)
        self.tool("TopicCommand", "--bootstrap-server", f"127.0.0.1:{self.port}", "--delete", "--topic", "performance")
        self.make_topic("performance")


def lag_within(server, seconds: float) -> tuple[float, float]:
    """How many messages were delivered within that time of their commit, and how many at all."""
    text = server_metrics(server)
    return (float(re.search(rf'xzepr_sink_lag_seconds_bucket{{sink="kafka",le="{seconds:g}"}} (\S+)', text)[1]),
            float(re.search(r'xzepr_sink_lag_seconds_count{sink="kafka"} (\S+)', text)[1]))


def newest(server) -> int:
    return int(server.query("select max(position) from journal")[0][0])


class MessageCost(Bench):
    def wait_delivered(self, server, seconds: float = 600) -> float:
        end, began = newest(server), time.monotonic()
        while position_of(server) < end:
            if time.monotonic() - began > seconds:
                raise SystemExit("message_cost: the sink does not catch up")
            time.sleep(0.05)
        return time.monotonic() - began

    def warm_up(self, server, broker: Broker):
        """Until the broker has compiled what our messages make it do, as one that has run for a day: in its first minute its
        compilers take more of the machine than the messages do."""
        for _ in range(WARM_UP_ROUNDS_MAX):
            before = broker.compiling_seconds()
            self.create(server, 64, WARM_UP_SECONDS)
            self.wait_delivered(server)
            if broker.compiling_seconds() - before < WARM_UP_SECONDS / 50:
                return

    def compare(self, store: str, broker: Broker):
        """Whatever the sink has left to do when a round ends is waited for, and counted where CPU time is."""
        if not self.wanted(f"{store} create"):
            return
        with_it, without = self.server(store, broker.settings(f"create-{store}")), self.server(store)
        self.create(without, 64, 4)
        self.warm_up(with_it, broker)
        row = Row(f"create, {store}, 64 connections: with a topic / without", at_least=0.9, aim=1)
        spent = {name: [] for name in ("server without", "server with", "its broker", "left behind")}

        def measured(server, name: str) -> float:
            before, before_broker = cpu_seconds(server), broker.cpu_seconds()
            rate = self.create(server, 64)
            if server is with_it:
                spent["left behind"].append((newest(server) - position_of(server)) / rate)
                self.wait_delivered(server)
                spent["its broker"].append((broker.cpu_seconds() - before_broker) / (rate * self.arguments.seconds))
            spent[name].append((cpu_seconds(server) - before) / (rate * self.arguments.seconds))
            return rate

        self.paired(row, lambda: measured(with_it, "server with"), lambda: measured(without, "server without"))
        cost = {name: statistics.median(values) * 1e6 for name, values in spent.items()}
        print(f"| {store}: CPU for a create, of the server without a topic, with one, and of the broker | {cost['server without']:.1f}, {cost['server with']:.1f}, {cost['its broker']:.1f} µs; "
              f"behind at the end of a round by {cost['left behind'] / 1e6:.2f} s |", flush=True)
        self.lag(store, with_it, statistics.median(row.ours) / 2)
        with_it.remove()
        without.remove()

    def lag(self, store: str, server, rate: float):
        """Creates at that rate, in batches of a tenth of a second."""
        within, total = lag_within(server, 0.25)
        api, began, sent = Api(server.port, server.admin_key), time.monotonic(), 0
        while time.monotonic() - began < self.arguments.seconds * 2:
            items = [{"event_receiver": "scan", "name": f"lag-{sent}-{i}", "version": "1", "release": "1", "platform_id": "p", "package": "d",
                      "payload": {"critical_count": 0, "scanner": "grype", "passed": True}} for i in range(int(rate / 10))]
            api.must(200, "POST", "/api/v1/events/batch", items)
            sent += len(items)
            time.sleep(max(0.0, began + sent / rate - time.monotonic()))
        self.wait_delivered(server)
        after_within, after_total = lag_within(server, 0.25)
        share = (after_within - within) / (after_total - total)
        print(f"| {store}: messages within 250 ms of their commit at {rate:,.0f} a second (asked 99 %) | {100 * share:.2f} % of {after_total - total:,.0f} |", flush=True)

    def paced(self, server, seconds: float) -> float:
        """Creates at the rate that P7 speaks of; ms within which 99 % are answered, from when they were due."""
        late, began = [], time.monotonic()

        def create(which: int):
            api = Api(server.port, server.admin_key)
            for number in range(which, int(seconds * PACED_RATE), PACED_CLIENTS):
                due = began + number / PACED_RATE
                time.sleep(max(0.0, due - time.monotonic()))
                api.must(201, "POST", "/api/v1/events", {"event_receiver": "scan", "name": f"paced-{number}", "version": "1", "release": "1", "platform_id": "p",
                                                         "package": "d", "payload": {"critical_count": 0, "scanner": "grype", "passed": True}})
                late.append((time.monotonic() - due) * 1000)
            api.close()

        clients = [threading.Thread(target=create, args=(which,)) for which in range(PACED_CLIENTS)]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
        return sorted(late)[int(len(late) * 0.99)]

    def fall_behind(self, server, broker: Broker) -> tuple[int, int]:
        """A backlog that has just begun to drain: how many messages, and the last one's position."""
        self.wait_delivered(server)
        broker.script("stop")
        self.fill(server, self.arguments.backlog)
        behind = newest(server) - position_of(server)
        broker.script("start")
        while metric(server, "xzepr_sink_driving", sink="kafka") < 1:
            time.sleep(0.05)
        end, first = newest(server), position_of(server)
        while position_of(server) == first:  # it backs off for up to 4 s
            time.sleep(0.01)
        return behind, end

    def drain(self, store: str, broker: Broker):
        if not self.wanted(f"{store} drain"):
            return
        server = self.server(store, broker.settings(f"drain-{store}"))
        self.wait_delivered(server)
        self.create(server, 8)

        def full_speed(seconds: int) -> tuple[float, float]:
            return self.create(server, 8, seconds), self.p99_ms

        def as_asked(seconds: int) -> tuple[float, float]:
            return PACED_RATE, self.paced(server, seconds)

        for load in (full_speed, as_asked):
            normal = load(self.arguments.seconds)
            behind, end = self.fall_behind(server, broker)
            began, meanwhile = time.monotonic(), []
            worker = threading.Thread(target=lambda load=load, meanwhile=meanwhile: meanwhile.extend(load(3)))
            worker.start()
            while position_of(server) < end:
                time.sleep(0.05)
            took = time.monotonic() - began
            worker.join()
            print(f"| {store}: {behind:,} messages drain (asked: 120,000 in 60 s) | {took:.1f} s, {behind / took:,.0f} a second; "
                  f"creates meanwhile {meanwhile[0]:,.0f} a second, 99 % in {meanwhile[1]:.2f} ms; before {normal[0]:,.0f}, {normal[1]:.2f} ms, "
                  f"{meanwhile[1] / normal[1]:.2f} times (asked: at most twice) |", flush=True)
        server.remove()

    def relay(self, store: str, broker: Broker):
        """A journal that was written before there was a topic."""
        if not self.wanted(f"{store} relay"):
            return
        row = Row(f"relay, {store} / ProducerPerformance", at_least=0.5, aim=1)
        count = self.arguments.backlog

        def ours() -> float:
            self.prefix += 1
            server = self.server(store)
            self.fill(server, count)
            server.stop()
            with open(server.config, "a") as config:
                config.write(broker.settings(f"relay-{store}-{self.prefix}"))
            server.start()
            while position_of(server) == 0:
                time.sleep(0.01)
            first, began = position_of(server), time.monotonic()
            end = newest(server)
            while position_of(server) < end:
                time.sleep(0.02)
            rate = (end - first) / (time.monotonic() - began)
            server.remove()
            return rate

        self.paired(row, ours, lambda: broker.produce(count, MESSAGE_BYTES))

    def streams(self):
        if not self.wanted("streams"):
            return
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        server = self.server("sqlite")
        api = Api(server.port, server.admin_key)
        keys = [server.make_key(f"listener-{number}", "event_viewer") for number in range(LISTENERS // 1000)]
        before = server.memory()
        held = [Stream(server.port, keys[number % len(keys)]) for number in range(LISTENERS)]
        idle = server.memory()
        lags = []
        for number in range(20):
            began = time.monotonic()
            api.must(201, "POST", "/api/v1/events", {"event_receiver": "scan", "name": f"a-{number}", "version": "1", "release": "1", "platform_id": "p", "package": "d",
                                                     "payload": {"critical_count": 0, "scanner": "grype", "passed": True}})
            held[(number * 251) % LISTENERS].take(number + 1)
            lags.append((time.monotonic() - began) * 1000)
            if number == 0:
                for stream in held:
                    stream.peer.settimeout(60)
        print(f"| {LISTENERS:,} streams on one node (asked 300 MiB) | {(idle - before) / 1_048_576:.0f} MiB for them, {server.memory() / 1_048_576:.0f} MiB in all after 20 messages to each; "
              f"create to message {statistics.median(lags):.0f} ms, at most {max(lags):.0f} ms |", flush=True)
        for stream in held:
            stream.close()
        server.remove()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    def run(self):
        print(f"load average {os.getloadavg()[0]:.2f}, {os.cpu_count()} cores, {self.arguments.rounds} rounds of {self.arguments.seconds} s\n", flush=True)
        stores = ["sqlite"] + (["postgres"] if self.arguments.pg else [])
        broker = Broker(self.folder / "kafka")
        try:
            broker.warm_up()
            for store in stores:
                self.compare(store, broker)
                self.drain(store, broker)
                self.relay(store, broker)
            self.streams()
        finally:
            broker.script("stop")
        print("\n| work | ours a second | theirs | ratio (spread) | at least | aim |\n| --- | --- | --- | --- | --- | --- |")
        for row in self.rows:
            print(row.text())
        shutil.rmtree(self.folder, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pg", default=os.environ.get("XZEPR_TEST_PG", ""), help="PostgreSQL to measure on (default: XZEPR_TEST_PG)")
    parser.add_argument("--seconds", type=int, default=6)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--backlog", type=int, default=120_000, help="messages that wait")
    parser.add_argument("--only", default="")
    MessageCost(parser.parse_args()).run()


if __name__ == "__main__":
    main()
