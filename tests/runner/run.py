#!/usr/bin/env python3
"""Runs tests/cases/**/*.case against one server of one store. Last line: `N passed, N failed`.

    run.py --binary build/dev/xzepr --store sqlite
    run.py --binary build/dev/xzepr --store postgres --url postgres://user:password@host/database [PATTERN]
"""

import argparse
import http.client
import json
import re
import secrets
import sys
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import case_file
from case_file import As, Case, CaseError, ExpectHeader, ExpectJournal, ExpectStatus, ExpectText, GivenGroup, GivenReceiver, Request
from match import Unknown, Variables, differences
from server import ROOT, Server, ServerFault

CASES = ROOT / "tests/cases"
ROLE_OF = {"writer": "event_manager", "admin": "admin", "viewer": "event_viewer", "user": "user", "user2": "user"}
REQUEST_SECONDS = 40


class Failed(Exception):
    """An expectation that does not hold."""


@dataclass
class Answer:
    status: int
    headers: list[tuple[str, str]]
    text: str

    def header(self, name: str) -> str | None:
        found = [value for key, value in self.headers if key.lower() == name.lower()]
        return ", ".join(found) if found else None


class Client:
    """One connection per caller, kept alive; opened again when the server closed it."""

    def __init__(self, server: Server):
        self.server = server
        self.connections: dict[str, http.client.HTTPConnection] = {}
        self.keys: dict[str, str] = {}

    def key_of(self, caller: str) -> str | None:
        if caller == "anonymous":
            return None
        if caller not in self.keys:
            self.keys[caller] = self.server.make_key(caller, ROLE_OF[caller])
        return self.keys[caller]

    def send(self, caller: str, method: str, path: str, body: bytes | None, headers: list[tuple[str, str]]) -> Answer:
        all_headers = self._headers(caller, body, headers)
        for attempt in (1, 2):
            connection = self.connections.get(caller)
            fresh = connection is None
            if fresh:
                connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=REQUEST_SECONDS)
                self.connections[caller] = connection
            try:
                return self._exchange(connection, method, path, body, all_headers)
            except (http.client.HTTPException, OSError):
                self.connections.pop(caller).close()
                if fresh or attempt == 2:
                    raise
        raise AssertionError("not reached")

    def _headers(self, caller: str, body: bytes | None, wanted: list[tuple[str, str]]) -> list[tuple[str, str]]:
        made = {"X-API-Key": self.key_of(caller), "Content-Type": "application/json" if body is not None else None}
        given = {name.lower() for name, _ in wanted}
        kept = [(name, value) for name, value in made.items() if value is not None and name.lower() not in given]
        return kept + [(name, value) for name, value in wanted if value != "<absent>"]

    @staticmethod
    def _exchange(connection, method, path, body, headers) -> Answer:
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in headers:
            connection.putheader(name, value.encode("utf-8"))
        if body is not None or method in ("POST", "PUT", "PATCH"):
            connection.putheader("Content-Length", str(len(body or b"")))
        connection.endheaders(body)
        response = connection.getresponse()
        text = response.read().decode("utf-8", errors="surrogateescape")
        return Answer(response.status, response.getheaders(), text)


@dataclass
class Context:
    client: Client
    server: Server
    variables: Variables = field(default_factory=Variables)
    caller: str = "writer"
    journal_mark: int = 0


def check_status(context: Context, expected: ExpectStatus, answer: Answer) -> list[str]:
    faults = [] if answer.status == expected.status else [f"expected status {expected.status}, found {answer.status}"]
    if expected.body is None or faults:
        return faults
    try:
        found = json.loads(answer.text)
    except ValueError:
        return [f"the body is no JSON: {answer.text[:300]!r}"]
    return differences(json.loads(expected.body), found, context.variables)


def check_expectation(context: Context, expected, answer: Answer) -> list[str]:
    if isinstance(expected, ExpectStatus):
        return check_status(context, expected, answer)
    if isinstance(expected, ExpectHeader):
        found = answer.header(expected.name)
        if expected.value == "<absent>":
            return [] if found is None else [f"expected no header {expected.name}, found {found}"]
        if found is None:
            return [f"no header {expected.name}; there are {', '.join(name for name, _ in answer.headers)}"]
        return differences(expected.value, found, context.variables, f"header {expected.name}")
    assert isinstance(expected, ExpectText)
    if expected.pattern is None:
        return [] if answer.text == "" else [f"expected an empty body, found {answer.text[:300]!r}"]
    pattern = context.variables.fill(expected.pattern)
    return [] if re.search(pattern, answer.text) else [f"expected a body like {pattern}, found {answer.text[:300]!r}"]


def send(context: Context, request: Request) -> Answer:
    fill = context.variables.fill
    body = fill(request.body).encode("utf-8", "surrogateescape") if isinstance(request.body, str) else request.body
    headers = [(name, fill(value)) for name, value in request.headers]
    if request.padded_to:
        body = body.ljust(request.padded_to)
    return context.client.send(context.caller, request.method, fill(request.path), body, headers)


def run_request(context: Context, request: Request):
    until = time.monotonic() + request.within
    while True:
        before = Variables(context.variables)
        answer = send(context, request)
        faults = []
        for expected in request.expectations:
            faults += [f"line {expected.line}: {fault}" for fault in check_expectation(context, expected, answer)]
        if not faults:
            return
        context.variables = before
        if time.monotonic() >= until:
            shown = answer.text if len(answer.text) <= 1500 else answer.text[:1500] + "..."
            faults.append(f"line {request.line}: {request.method} {context.variables.fill(request.path)[:200]} as {context.caller}: {answer.status} {shown}")
            raise Failed("\n".join(faults))
        time.sleep(0.05)


def uuid_of(ulid: str) -> str:
    """The same 128 bits in the spelling of a UUID."""
    number = 0
    for character in ulid:
        number = number * 32 + "0123456789ABCDEFGHJKMNPQRSTVWXYZ".index(character)
    return str(uuid.UUID(int=number))


def make(context: Context, line: int, path: str, body: dict) -> str:
    answer = context.client.send("writer", "POST", path, json.dumps(body).encode(), [])
    if answer.status not in (200, 201):
        raise Failed(f"line {line}: POST {path}: {answer.status} {answer.text[:600]}")
    return json.loads(answer.text)["id"]


def run_given(context: Context, step: GivenReceiver | GivenGroup):
    name = f"{step.name}-{context.variables['case']}"
    body = {"name": name, "type": f"case.{step.name}", "version": "1.0.0", "description": "made for a case"}
    if isinstance(step, GivenReceiver):
        body["schema"] = json.loads(context.variables.fill(step.schema))
        made = make(context, step.line, "/api/v1/receivers", body)
    else:
        body["event_receiver_ids"] = [context.variables[receiver] for receiver in step.receivers]
        made = make(context, step.line, "/api/v1/groups", body)
    context.variables[step.name] = made
    context.variables[step.name + ".name"] = name
    context.variables[step.name + ".uuid"] = uuid_of(made)
    context.journal_mark = context.server.journal_rows()


def run_journal(context: Context, step: ExpectJournal):
    rows = context.server.journal_rows()
    more = rows - context.journal_mark
    context.journal_mark = rows
    if more != step.more:
        raise Failed(f"line {step.line}: expected {step.more} more journal rows, found {more}")


def run_case(context: Context, case: Case):
    name = context.variables["case"] = secrets.token_hex(5)
    context.variables["nvrpp"] = f'"name": "app-{name}", "version": "1.0.0", "release": "1", "platform_id": "amd64", "package": "deb"'
    context.variables["artifact"] = f"app-{name}@1.0.0%2B1/amd64/deb"
    context.journal_mark = context.server.journal_rows()
    for step in case.steps:
        if isinstance(step, As):
            context.caller = step.name
        elif isinstance(step, (GivenReceiver, GivenGroup)):
            run_given(context, step)
        elif isinstance(step, ExpectJournal):
            run_journal(context, step)
        else:
            run_request(context, step)


def verdict(client: Client, server: Server, path: Path) -> str:
    """"" when the case holds, else why not."""
    try:
        run_case(Context(client, server), case_file.parse(path.relative_to(ROOT), path.read_text(encoding="utf-8")))
        return ""
    except (Failed, CaseError, Unknown, KeyError, ServerFault) as fault:
        return f"{type(fault).__name__}: {fault}" if isinstance(fault, (KeyError, Unknown)) else str(fault)
    except (http.client.HTTPException, OSError) as fault:
        return f"no answer: {type(fault).__name__}: {fault}"


def sanitizer_reports(server: Server) -> list[str]:
    return re.findall(r"^.*(?:ERROR: \w+Sanitizer|runtime error:|WARNING: ThreadSanitizer).*$", server.all_output(), re.MULTILINE)


class Runner:
    def __init__(self, options: argparse.Namespace):
        self.options = options
        self.passed = self.failed = 0
        self.server = self.client = None

    def count(self, name: str, fault: str):
        if fault:
            self.failed += 1
            print(f"FAIL  {name}\n      " + fault.replace("\n", "\n      "), flush=True)
        else:
            self.passed += 1
            if self.options.verbose:
                print(f"PASS  {name}", flush=True)

    def open(self):
        self.server = Server(self.options.binary, self.options.store, self.options.url).start()
        self.client = Client(self.server)

    def close(self):
        server, self.server = self.server, None
        if server is None:
            return
        try:
            self.count("the server stops cleanly", "" if server.stop() == 0 else f"exit {server.process.returncode}\n{server.output()[-3000:]}")
            self.count("no sanitizer said anything", "\n".join(sanitizer_reports(server)))
            if self.options.keep:
                print(f"kept: {server.folder}")
        except ServerFault as fault:
            self.count("the server stops cleanly", str(fault))
        finally:
            if not self.options.keep:
                server.remove()

    def run(self, paths: list[Path]) -> int:
        try:
            self.open()
            for path in paths:
                self.count(str(path.relative_to(CASES)), verdict(self.client, self.server, path))
                if not self.server.is_running():
                    print(f"      the server ended with {self.server.process.returncode}:\n{self.server.output()[-3000:]}")
                    self.close()
                    self.open()
        except ServerFault as fault:
            self.count("a server to ask", str(fault))
        finally:
            self.close()
        print(f"{self.passed} passed, {self.failed} failed")
        return 1 if self.failed else 0


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    parser.add_argument("--store", choices=("sqlite", "postgres"), required=True)
    parser.add_argument("--url", default="", help="postgres: a database whose neighbours may be created")
    parser.add_argument("--keep", action="store_true", help="leave the server's folder for a look")
    parser.add_argument("-v", "--verbose", action="store_true", help="name the cases that pass, too")
    parser.add_argument("pattern", nargs="?", default="", help="only cases whose path holds this")
    options = parser.parse_args()
    if options.store == "postgres" and not options.url:
        parser.error("--store postgres needs --url")
    paths = [path for path in sorted(CASES.rglob("*.case")) if options.pattern in str(path)]
    return Runner(options).run(paths)


if __name__ == "__main__":
    sys.exit(main())
