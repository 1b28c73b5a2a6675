"""One real server for tests, on either store: started, asked, killed, started again on the same data."""

import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 60  # a sanitized binary on a busy machine; a sound one needs far less than one second


class ServerFault(Exception):
    """The server did not do what every test relies on: start, answer, stop."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def psql(url: str, sql: str) -> str:
    done = subprocess.run(["psql", "-qtAX", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", sql], capture_output=True, text=True)
    if done.returncode != 0:
        raise ServerFault(f"psql: {done.stderr.strip()}")
    return done.stdout.strip()


class Psql:
    """One psql kept open, since a process per question costs more than the question."""

    END = "-- end of answer --"

    def __init__(self, url: str):
        self.process = subprocess.Popen(
            ["psql", "-qtAX", "-d", url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def ask(self, sql: str) -> list[str]:
        self.process.stdin.write(f"{sql};\n\\echo '{self.END}'\n")
        self.process.stdin.flush()
        lines = []
        while (line := self.process.stdout.readline()) and line.rstrip("\n") != self.END:
            lines.append(line.rstrip("\n"))
        if not line or (lines and lines[0].startswith(("ERROR:", "psql:"))):
            raise ServerFault(f"psql: {' '.join(lines)}")
        return lines

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def new_database(url: str) -> str:
    """A fresh database beside the one that `url` names; its own URL."""
    name = "xzepr_" + secrets.token_hex(6)
    psql(url, f"create database {name}")
    return urlsplit(url)._replace(path="/" + name).geturl()


def drop_database(url: str, database_url: str):
    psql(url, f"drop database if exists {urlsplit(database_url).path[1:]} with (force)")


class Server:
    """`store` is "sqlite" or "postgres"; for the latter `admin_url` names a database whose neighbours may be made."""

    def __init__(self, binary: str | Path, store: str, admin_url: str = "", settings: str = "", environment: dict | None = None):
        self.binary = str(Path(binary).resolve())
        self.store = store
        self.admin_url = admin_url
        self.folder = Path(tempfile.mkdtemp(prefix="xzepr-server-"))
        self.port = free_port()
        self.database_url = new_database(admin_url) if store == "postgres" else ""
        self.environment = {**os.environ, **(environment or {})}
        for name in ("XZEPR_URL", "XZEPR_API_KEY"):
            self.environment.pop(name, None)
        self.config = self._write_config(settings)
        self.process: subprocess.Popen | None = None
        self.admin_key = ""
        self.wrapper: list[str] = []  # for example strace and its flags
        self.starts = 0
        self.psql: Psql | None = None

    # --- what it is ---------------------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def database_file(self) -> Path:
        return self.folder / "data/xzepr.db"

    def _write_config(self, settings: str) -> Path:
        database = self.database_url or f"sqlite:{self.database_file}"
        path = self.folder / "config.yaml"
        path.write_text(
            "server:\n"
            "  host: 127.0.0.1\n"
            f"  port: {self.port}\n"
            "  tls_terminated_upstream: true\n"
            "database:\n"
            f"  url: {json.dumps(database)}\n"
            "security:\n"
            "  rate_limit: {anonymous_rpm: 1000000000, authenticated_rpm: 1000000000, admin_rpm: 1000000000, per_endpoint: {}}\n"
            'telemetry: {metrics_listen: ""}\n' + settings
        )
        return path

    def output(self, name: str = "stderr") -> str:
        path = self.folder / f"{name}.{self.starts}"
        return path.read_text(errors="replace") if path.exists() else ""

    def all_output(self) -> str:
        return "".join(path.read_text(errors="replace") for path in sorted(self.folder.glob("std*.*")))

    # --- its life -----------------------------------------------------------------------------------------------

    def run(self, *arguments: str, check: bool = True, as_client: bool = False, **keywords) -> subprocess.CompletedProcess:
        """One call of the command line; `as_client` gives it the server's address and the admin key."""
        environment = dict(self.environment)
        if as_client:
            environment |= {"XZEPR_URL": self.url, "XZEPR_API_KEY": self.admin_key}
        done = subprocess.run(
            [self.binary, *arguments], capture_output=True, text=True, env=environment, cwd=self.folder, timeout=120, **keywords
        )
        if check and done.returncode != 0:
            raise ServerFault(f"xzepr {' '.join(arguments)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def _prepare(self):
        """Migrates and makes the first admin key, as an operator does."""
        self.database_file.parent.mkdir(exist_ok=True)
        self.run("migrate", "up", "--config", str(self.config))
        said = self.run("admin", "bootstrap", "--config", str(self.config)).stdout
        key = re.search(r"xzepr_[0-9A-Za-z]+", said)
        if not key:
            raise ServerFault(f"admin bootstrap printed no key: {said!r}")
        self.admin_key = key.group(0)

    def start(self) -> "Server":
        if not self.admin_key:
            self._prepare()
        self.starts += 1
        with open(self.folder / f"stdout.{self.starts}", "w") as out, open(self.folder / f"stderr.{self.starts}", "w") as err:
            self.process = subprocess.Popen(
                [*self.wrapper, self.binary, "serve", "--config", str(self.config)],
                stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=self.environment, cwd=self.folder,
            )
        self.wait_ready()
        return self

    def wait_ready(self, seconds: float = START_SECONDS) -> float:
        """Until /health/ready answers 200; how long it took."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            if self.process.poll() is not None:
                raise ServerFault(f"the server ended with {self.process.returncode}:\n{self.output()[-4000:]}{self.output('stdout')[-2000:]}")
            if self._answers_ready():
                return time.monotonic() - began
            time.sleep(0.01)
        raise ServerFault(f"not ready after {seconds} s:\n{self.output()[-4000:]}")

    def _answers_ready(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as connection:
                connection.sendall(b"GET /health/ready HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                return connection.recv(64).startswith(b"HTTP/1.1 200")
        except OSError:
            return False

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def memory(self) -> int:
        """Bytes resident now."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1024

    def kill(self):
        """kill -9, as a crash of the process."""
        if self.is_running():
            self.process.send_signal(signal.SIGKILL)
        if self.process:
            self.process.wait()

    def stop(self, seconds: float = 40) -> int:
        """SIGTERM; the exit code."""
        if self.process is None:
            return 0
        if self.is_running():
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise ServerFault(f"still alive {seconds} s after SIGTERM:\n{self.output()[-4000:]}") from None

    def remove(self):
        """Ends it and drops its data."""
        self.kill()
        if self.psql:
            self.psql.close()
        if self.database_url:
            drop_database(self.admin_url, self.database_url)
        shutil.rmtree(self.folder, ignore_errors=True)

    # --- who may call -------------------------------------------------------------------------------------------

    def make_key(self, user: str, role: str, **more) -> str:
        """A key of a user with one role; the user is made when missing."""
        body = json.dumps({"name": f"{user}-{role}", "username": user, "roles": [role], **more}).encode()
        request = urllib.request.Request(
            f"{self.url}/api/v1/api-keys", body, {"Content-Type": "application/json", "X-API-Key": self.admin_key}
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.load(answer)["key"]
        except urllib.error.HTTPError as refused:
            raise ServerFault(f"no key for {user}: {refused.code} {refused.read().decode()}") from None

    # --- what it stored -----------------------------------------------------------------------------------------

    def query(self, sql: str) -> list[tuple]:
        """Reads the store directly, past the server. Column values are text on PostgreSQL."""
        if self.store == "sqlite":
            import sqlite3

            connection = sqlite3.connect(f"file:{self.database_file}?mode=ro", uri=True, timeout=10)
            try:
                return connection.execute(sql).fetchall()
            finally:
                connection.close()
        if self.psql is None or self.psql.process.poll() is not None:
            self.psql = Psql(self.database_url)
        try:
            return [tuple(line.split("|")) for line in self.psql.ask(sql)]
        except (ServerFault, OSError):
            self.psql.close()
            self.psql = None
            raise

    def journal_rows(self) -> int:
        return int(self.query("select count(*) from journal")[0][0])
