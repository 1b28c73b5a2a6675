"""Behaviour cases: text that a person reads and a program runs. The grammar, one step per line:

  # title                              the first line says what the case shows; further # lines are comments
  as NAME                              who calls from here on: writer (at first), admin, viewer, user, user2, anonymous
  given receiver R [SCHEMA]            writer makes a receiver; $R is its id, $R.name its name, $R.uuid its id as a UUID
  given group G of R1 R2 ...           writer makes a gate; $G is its id, $G.name its name
  METHOD PATH [JSON]                   sends a request; JSON may go on in the lines that follow, indented
    Header: value                      an indented line of that form is a header; <absent> drops a default one
    body raw <<END                     or a body that is no JSON: the lines up to END, without the last line end
    body bytes "A\\xff"                or any bytes, as a Python bytes literal's inside
    body padded to N                   spaces after the JSON until the body has N bytes
  within N s                           the next request is repeated until what it expects is so, N seconds at most
  STATUS [JSON]                        the answer's status, and what its body must hold (see match.py)
  header Name: value                   what a header of the answer must hold
  body is empty | body ~REGEX          the answer's text
  journal has N more                   journal rows since the last such line, `given` or the case's begin
  journal is empty                     the same, with N = 0

$name stands for a value caught earlier, $case for a token that no other case has, ${x*N} for N times x, $$ for a dollar.
$nvrpp stands for the five members that name the case's own artifact, $artifact for that artifact in a URL.
"""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "CONNECT", "PROPFIND")
ROLES = ("writer", "admin", "viewer", "user", "user2", "anonymous")

_HEADER = re.compile(r"([A-Za-z][A-Za-z0-9-]*):\s?(.*)")
_REQUEST = re.compile(r"([A-Z]+) (\S+)(?:\s+(.*))?")
_STATUS = re.compile(r"([1-5]\d\d)(?:\s+(.*))?")
_GROUP = re.compile(r"given group (\w+) of (\w+(?: \w+)*)")
_RECEIVER = re.compile(r"given receiver (\w+)(?:\s+(.*))?")


class CaseError(Exception):
    """The case itself is wrong: where and why."""


@dataclass
class As:
    line: int
    name: str


@dataclass
class GivenReceiver:
    line: int
    name: str
    schema: str


@dataclass
class GivenGroup:
    line: int
    name: str
    receivers: list[str]


@dataclass
class Request:
    line: int
    method: str
    path: str
    body: str | bytes | None = None
    is_json: bool = True
    headers: list[tuple[str, str]] = field(default_factory=list)
    within: float = 0.0
    padded_to: int = 0
    expectations: list = field(default_factory=list)


@dataclass
class ExpectStatus:
    line: int
    status: int
    body: str | None


@dataclass
class ExpectHeader:
    line: int
    name: str
    value: str


@dataclass
class ExpectText:
    line: int
    pattern: str | None  # None: empty


@dataclass
class ExpectJournal:
    line: int
    more: int


@dataclass
class Case:
    path: Path
    title: str
    steps: list


class _Lines:
    def __init__(self, path: Path, text: str):
        self.path = path
        self.lines = text.splitlines()
        self.at = 0

    def fail(self, why: str, line: int | None = None):
        raise CaseError(f"{self.path}:{line or self.at}: {why}")

    def next(self) -> tuple[int, str] | None:
        """The next line that is neither blank nor a comment."""
        while self.at < len(self.lines):
            self.at += 1
            line = self.lines[self.at - 1]
            if line.strip() and not line.startswith("#"):
                return self.at, line.rstrip()
        return None

    def indented(self) -> str | None:
        """The next line if it belongs to the step before it."""
        if self.at < len(self.lines) and self.lines[self.at][:1] in (" ", "\t") and self.lines[self.at].strip():
            self.at += 1
            return self.lines[self.at - 1].strip()
        return None

    def until(self, end: str) -> str:
        begin = self.at
        while self.at < len(self.lines):
            self.at += 1
            if self.lines[self.at - 1].strip() == end:
                return "\n".join(self.lines[begin : self.at - 1])
        self.fail(f"no line {end}", begin)


def _stand_in(match: re.Match) -> str:
    """JSON for what is only known when the case runs: $nvrpp is a member, $name outside a string a number."""
    if match.group(1):
        return match.group(1) * min(int(match.group(2)), 64)
    if match.group(3):
        return '"_": 0' if match.group(3) == "$nvrpp" else "0"
    return match.group(0)


def _check_json(lines: _Lines, line: int, text: str):
    """Mistakes in a case are found before it runs."""
    try:
        json.loads(re.sub(r'"(?:\\.|[^"\\])*"|\$\{([^*}]+)\*(\d+)\}|(\$[\w.]+)', _stand_in, text))
    except ValueError as wrong:
        lines.fail(f"no JSON ({wrong}): {text}", line)


def _json_with_rest(lines: _Lines, line: int, first: str | None) -> str | None:
    parts = [first] if first else []
    while (more := lines.indented()) is not None:
        parts.append(more)
    text = "\n".join(parts)
    if text:
        _check_json(lines, line, text)
    return text or None


def _request(lines: _Lines, line: int, match: re.Match, within: float) -> Request:
    request = Request(line, match.group(1), match.group(2), within=within)
    parts = [match.group(3)] if match.group(3) else []
    while (more := lines.indented()) is not None:
        header = _HEADER.fullmatch(more)
        if more.startswith("body raw <<"):
            request.body, request.is_json = lines.until(more.removeprefix("body raw <<").strip()), False
        elif literal := re.fullmatch(r'body bytes "(.*)"', more):
            request.body, request.is_json = literal.group(1).encode("latin-1").decode("unicode_escape").encode("latin-1"), False
        elif padded := re.fullmatch(r"body padded to (\d+)", more):
            request.padded_to = int(padded.group(1))
        elif header:
            request.headers.append((header.group(1), header.group(2)))
        else:
            parts.append(more)
    if parts:
        request.body = "\n".join(parts)
        _check_json(lines, line, request.body)
    return request


def _given(lines: _Lines, line: int, text: str):
    if match := _RECEIVER.fullmatch(text):
        schema = _json_with_rest(lines, line, match.group(2))
        return GivenReceiver(line, match.group(1), schema or '{"type": "object"}')
    if match := _GROUP.fullmatch(text):
        return GivenGroup(line, match.group(1), match.group(2).split())
    lines.fail("given receiver NAME [SCHEMA], or given group NAME of R1 R2", line)


def _expectation(lines: _Lines, line: int, text: str):
    if match := _STATUS.fullmatch(text):
        return ExpectStatus(line, int(match.group(1)), _json_with_rest(lines, line, match.group(2)))
    if text.startswith("header ") and (match := _HEADER.fullmatch(text.removeprefix("header "))):
        return ExpectHeader(line, match.group(1), match.group(2))
    if text == "body is empty":
        return ExpectText(line, None)
    if text.startswith("body ~"):
        return ExpectText(line, text.removeprefix("body ~"))
    return None


def _journal(text: str, line: int):
    if text == "journal is empty":
        return ExpectJournal(line, 0)
    match = re.fullmatch(r"journal has (\d+) more", text)
    return ExpectJournal(line, int(match.group(1))) if match else None


def parse(path: Path, text: str) -> Case:
    lines = _Lines(path, text)
    title = re.fullmatch(r"# (\S.*)", lines.lines[0].rstrip()) if lines.lines else None
    if not title:
        lines.fail("the first line is '# ' and what the case shows", 1)
    steps: list = []
    within = 0.0
    while (read := lines.next()) is not None:
        line, step = read
        last = steps[-1] if steps and isinstance(steps[-1], Request) else None
        if step[0] in " \t":
            lines.fail("an indented line belongs to a request, and there is none above it", line)
        if match := re.fullmatch(r"within (\d+(?:\.\d+)?) ?s", step):
            within = float(match.group(1))
        elif match := re.fullmatch(r"as (\w+)", step):
            if match.group(1) not in ROLES:
                lines.fail(f"nobody is called {match.group(1)}: {', '.join(ROLES)}", line)
            steps.append(As(line, match.group(1)))
        elif step.startswith("given "):
            steps.append(_given(lines, line, step))
        elif (match := _REQUEST.fullmatch(step)) and match.group(1) in METHODS:
            steps.append(_request(lines, line, match, within))
            within = 0.0
        elif journal := _journal(step, line):
            steps.append(journal)
        elif (expectation := _expectation(lines, line, step)) is not None:
            if last is None:
                lines.fail("an expectation without a request before it", line)
            last.expectations.append(expectation)
        else:
            lines.fail(f"cannot read '{step}'", line)
    _check_complete(lines, steps)
    return Case(path, title.group(1), steps)


def _check_complete(lines: _Lines, steps: list):
    requests = [step for step in steps if isinstance(step, Request)]
    for request in requests:
        if not any(isinstance(expectation, ExpectStatus) for expectation in request.expectations):
            lines.fail(f"{request.method} {request.path} expects no status", request.line)
    if not requests:
        lines.fail("sends nothing", 1)
