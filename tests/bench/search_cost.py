#!/usr/bin/env python3
"""What each way to keep an index for searches costs a create: creates over 64 connections, with it and without, measured
in turn in one run. Needs build/release/xzepr and wrk; PostgreSQL from --pg or XZEPR_TEST_PG.

  python3 tests/bench/search_cost.py                   every row
  python3 tests/bench/search_cost.py --only sqlite     rows whose name holds the word
  python3 tests/bench/search_cost.py --find            also how long searches take with 300,000 events
"""

import argparse
import os
import shutil
import sqlite3
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from bench import Bench, Row, psql, say  # noqa: E402

ON = ""
OFF = "search: {index: false}\n"

# The same words as columns and values, filed by the statement that inserts the event: what a create would pay at once.
SQLITE_WORDS = """
CREATE VIRTUAL TABLE try_words USING fts5 (name, version, package, description, content = '', columnsize = 0, detail = none);
CREATE TRIGGER try_words AFTER INSERT ON events BEGIN
  INSERT INTO try_words (rowid, name, version, package, description) VALUES (new.position, new.name, new.version, new.package, new.description);
END;"""
SQLITE_PAYLOAD = """
CREATE TABLE try_payload (place TEXT, value, position INTEGER, PRIMARY KEY (place, value, position)) WITHOUT ROWID;
CREATE TRIGGER try_payload AFTER INSERT ON events BEGIN
  INSERT INTO try_payload SELECT fullkey, atom, new.position FROM json_tree(new.payload) WHERE atom IS NOT NULL;
END;"""
POSTGRES_WORDS = """CREATE INDEX try_words ON events USING gin (to_tsvector('simple', name || ' ' || version || ' ' || package || ' ' || description))"""
POSTGRES_PAYLOAD = "CREATE INDEX try_payload ON events USING gin (payload jsonb_path_ops)"


class SearchCost(Bench):
    def database(self, store: str, settings: str, *statements: str):
        """A server whose database has these statements run on it before its first event."""
        server = self.server(store, settings)
        for sql in statements:
            if store == "postgres":
                psql(server.database_url, sql)
                continue
            connection = sqlite3.connect(server.database_file, timeout=10)
            connection.executescript(sql)
            connection.close()
        return server

    def compare(self, store: str, name: str, settings: str, *statements: str):
        if not self.wanted(f"{store} {name}"):
            return
        with_it, without = self.database(store, settings, *statements), self.database(store, OFF)
        self.create(with_it, 64, 2)
        self.create(without, 64, 2)
        row = Row(f"create, {store}, 64 connections: {name} / no index", at_least=0.95, aim=1)
        self.paired(row, lambda: self.create(with_it, 64), lambda: self.create(without, 64))
        with_it.remove()
        without.remove()

    def find(self, store: str, name: str, settings: str, settle: bool):
        if not self.wanted(f"{store} {name}"):
            return
        server = self.server(store, settings)
        self.fill(server, 300_000)
        if settle:
            self.wait_until_filed(server, store)
        for path in ("q=fill%20grype&limit=50", "q=fill%203", "q=300&limit=50", "payload./critical_count=0", "payload./critical_count=7"):
            times = []
            for _ in range(5):
                began = time.perf_counter()
                self.get(server, f"/api/v1/events?{path}")
                times.append((time.perf_counter() - began) * 1000)
            print(f"| {store}, {name}: {path} | {statistics.median(times):.1f} ms |", flush=True)
        server.remove()

    def wait_until_filed(self, server, store: str):
        began = time.monotonic()
        while time.monotonic() - began < 600:
            if int(server.query("SELECT position FROM search_index")[0][0]) >= 300_000:
                say(f"  {store}: 300,000 events were filed within {time.monotonic() - began:.0f} s of the last one")
                return
            time.sleep(0.2)
        raise SystemExit("search_cost: the index does not catch up")

    def run(self):
        print(f"load average {os.getloadavg()[0]:.2f}, {os.cpu_count()} cores, {self.arguments.rounds} rounds of {self.arguments.seconds} s\n", flush=True)
        stores = ["sqlite"] + (["postgres"] if self.arguments.pg else [])
        words = {"sqlite": SQLITE_WORDS, "postgres": POSTGRES_WORDS}
        payload = {"sqlite": SQLITE_PAYLOAD, "postgres": POSTGRES_PAYLOAD}
        for store in stores:
            self.compare(store, "nothing, twice", OFF)
            self.compare(store, "filed by the job", ON)
            self.compare(store, "words at once", OFF, words[store])
            self.compare(store, "payload at once", OFF, payload[store])
        for store in stores if self.arguments.find else []:
            self.find(store, "found with the index", ON, settle=True)
            self.find(store, "found without", OFF, settle=False)
        print("\n| work | creates a second | without | ratio (spread) | at least | aim |\n| --- | --- | --- | --- | --- | --- |")
        for row in self.rows:
            print(row.text())
        shutil.rmtree(self.folder, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pg", default=os.environ.get("XZEPR_TEST_PG", ""), help="PostgreSQL to measure on (default: XZEPR_TEST_PG)")
    parser.add_argument("--seconds", type=int, default=6)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="")
    parser.add_argument("--find", action="store_true", help="also measure searches")
    SearchCost(parser.parse_args()).run()


if __name__ == "__main__":
    main()
