"""Every example of every --help is run as it stands, in a prepared world, and ends with 0.

What an example names is there: files in the working folder, receivers, gates, artifacts, users. Only what cannot be the
same on every machine is replaced: addresses, ids, keys, and paths outside of the working folder (REPLACED). One server
per noun, so that what one changes does not stand in another's way.
"""

import json
import os
import re
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest
from conftest import ROOT
from server import Server, free_port
from support.api import Api
from support.endpoint import SETTINGS as WEBHOOK_SETTINGS
from support.endpoint import Endpoint
from support.sinks import ALPHABET

LASTING = ("serve", "demo")  # they run until they are told to stop
PRODUCTION = """server: {{host: 127.0.0.1, port: 0, tls_terminated_upstream: true}}
database: {{url: "sqlite:{folder}/production.db"}}
jwt: {{keys: {{file: "{folder}/signing-key.pem"}}}}
telemetry: {{metrics_listen: ""}}
"""


def examples() -> list[tuple[str, str]]:
    """(noun of the help, command line) of every example in the tree's help texts; what stands behind wide space is prose."""
    found = []
    for verbs, text in re.findall(r"^\$ xzepr ?(.*?) ?--help\n(.*?)(?=^\$ xzepr |\Z)", (ROOT / "tests/golden/help.txt").read_text(), re.MULTILINE | re.DOTALL):
        block = re.search(r"^Examples:\n((?:  .*\n)+)", text, re.MULTILINE)
        assert block, f"xzepr {verbs} has no example"
        for line in block.group(1).splitlines():
            found.append(((verbs.split() or ["xzepr"])[0], re.sub(r"\s{3,}\S.*$", "", line.strip())))
    return list(dict.fromkeys(found))


EXAMPLES = examples()


class World:
    """A server with what the examples of one noun speak of, and a folder with the files that they name."""

    def __init__(self, binary: Path, folder: Path):
        self.folder, self.binary = folder, binary
        self.endpoint = Endpoint()
        self.server = Server(binary, "sqlite", settings=WEBHOOK_SETTINGS).start()
        self.api = Api(self.server.port, self.server.admin_key)
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("XZEPR")}
        self.environment |= {"PATH": f"{folder}/bin:{os.environ['PATH']}", "HOME": str(folder), "CI_JOB_ID": "4711", "MANPAGER": "cat"}
        try:
            self.write_files()
            self.tell_server()
        except BaseException:
            self.close()
            raise

    def write_files(self):
        for name in ("bin", "config", "docs", ".zfunc", ".config/fish/completions", "outside"):
            (self.folder / name).mkdir(parents=True)
        (self.folder / "bin/xzepr").symlink_to(self.binary)
        (self.folder / "bin/deploy").write_text("#!/bin/sh\necho deployed $1 $2\n")
        (self.folder / "bin/deploy").chmod(0o755)
        (self.folder / "deploy").symlink_to("bin/deploy")
        (self.folder / "examples").symlink_to(ROOT / "examples")
        (self.folder / "config/production.yaml").write_text(PRODUCTION.format(folder=self.folder))
        (self.folder / "key.txt").write_text(self.server.admin_key + "\n")
        (self.folder / "password.txt").write_text("correct horse battery\n")
        (self.folder / "deploy.log").write_text("all went well\n")
        (self.folder / "sast.schema.json").write_text('{"type": "object", "properties": {"critical_count": {"type": "integer"}}}')
        (self.folder / "report.json").write_text('{"critical_count": 3}')
        (self.folder / "payload.json").write_text('{"critical_count": 0}')
        self.write_events()

    def write_events(self):
        event = {"event_receiver": "build", "name": "imported", "version": "1", "release": "1", "platform_id": "x", "package": "p"}
        (self.folder / "events.ndjson").write_text(json.dumps(event) + "\n")

    def tell_server(self):
        run = self.run
        run("xzepr receiver create build --type dev.cdevents.build.finished")
        run("xzepr receiver create sast-scan --type org.example.sast --version 1.2 --schema sast.schema.json")
        run("xzepr receiver create smoke-test --type org.example.smoke")
        run("xzepr receiver create deploy --type org.example.deploy --version 2.0")
        run("xzepr group create ready-to-ship --receiver build --receiver sast-scan@1.2")
        run("xzepr event post build app 1.4.2 && xzepr event post sast-scan app 1.4.2 critical_count:=0")
        run("examples/dpkg/setup")
        for receiver in ("unpacked", "half-configured", "installed"):
            run(f"xzepr event post {receiver} curl 7.88.1 --release 10 --platform amd64 --package deb status={receiver}")
        for user in ("ada", "ci"):
            run(f"xzepr admin key create --user {user} --role event_manager")

    def run(self, command: str, code: int = 0, remote: bool = True) -> str:
        known = {"XZEPR_URL": self.server.url, "XZEPR_API_KEY": self.server.admin_key} if remote else {}
        done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=self.environment | known, cwd=self.folder, timeout=60, stdin=subprocess.DEVNULL)
        assert done.returncode == code, f"{command}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def prepare(self, example: str):
        """What only one example needs, so that it does not stand in the way of others."""
        self.write_events()  # one example writes to this file, another reads it
        if "production.yaml" in example:
            for left in self.folder.glob("production.db*"):
                left.unlink()
            self.run("xzepr migrate up --config config/production.yaml", remote=False)
            self.run("xzepr admin signing-key rotate --config config/production.yaml", remote=False)
        if "admin key create --config" in example:
            self.run("xzepr admin bootstrap --config config/production.yaml", remote=False)
        if "receiver delete build@0.9" in example:
            self.run("xzepr receiver create build --type dev.cdevents.build.finished --version 0.9")
        if "group delete ready-to-ship@0.9" in example:
            self.run("xzepr group create ready-to-ship --receiver build --version 0.9")
        if "members remove" in example:
            self.run("xzepr group members add ready-to-ship ada")
        if "webhook" in example:
            self.prepare_webhooks("webhook create" not in example)
        if "sink dead-letters" in example:
            self.write_dead_letter("01JE4Q8Z5X8R4B1T6V0N2M3K7D")

    def prepare_webhooks(self, is_there: bool):
        """deploy, enabled, or neither of those that examples make."""
        for webhook in list(self.api.every("/api/v1/webhooks")):
            self.api.must(204, "DELETE", f"/api/v1/webhooks/{webhook['id']}")
        if is_there:
            self.api.must(201, "POST", "/api/v1/webhooks", {"name": "deploy", "url": self.endpoint.url, "filter": {"type": "none"}})

    def write_dead_letter(self, identity: str):
        """No broker is there to refuse a message."""
        number = 0
        for digit in identity:
            number = number << 5 | ALPHABET.index(digit)
        with sqlite3.connect(self.server.database_file, timeout=30) as database:
            database.execute("insert or ignore into sinks values ('kafka', 1, '', 1, null)")
            database.execute(
                "insert or ignore into dead_letters values (?, 'kafka', 1, zeroblob(16), 1, 'key', 1, 'too large', 3, 0, null)", (number.to_bytes(16, "big"),)
            )

    def repair(self):
        """What an example has disabled is enabled again, and its gate evaluated."""
        for noun in ("receivers", "groups"):
            for one in list(self.api.every(f"/api/v1/{noun}?enabled=false")):
                self.api.must(204, "PATCH", f"/api/v1/{noun}/{one['id']}", {"enabled": True})
                if noun == "groups":
                    self.run("xzepr gate wait ready-to-ship app@1.4.2 --timeout 30s")

    def replaced(self, example: str) -> str:
        some_id = "01JE0Q3ZK4T9V7M2N8P5R6S1AB"
        if some_id in example and "key revoke" in example:
            made = self.api.must(201, "POST", "/api/v1/api-keys", {"name": "old", "username": "ada"})
            example = example.replace(some_id, made["id"])
        elif some_id in example:
            example = example.replace(some_id, next(iter(self.api.every("/api/v1/events")))["id"])
        for pattern, text in (
            ("https://xzepr.example.com", self.server.url),
            ("xzepr_...", self.server.admin_key),
            ("https://deploy.example.com/hooks/xzepr", self.endpoint.url),
            ("https://chat.example.com/in", self.endpoint.url),
            ("/etc/xzepr/", "config/"),
            ("/etc/bash_completion.d/", "outside/"),
            ("/usr/local/share/man/man1/", "outside/"),
            ("/var/log/dpkg.log", "examples/dpkg/sample.log"),
            ("/tmp/xzepr", "outside/data"),
            ("--port 9000", f"--port {free_port()}"),
        ):
            example = example.replace(pattern, text)
        return example

    def run_lasting(self, command: str):
        """Starts it, waits until it answers, and stops it as Ctrl-C does."""
        environment = self.environment | {"XZEPR__SERVER__PORT": "0"}
        with open(self.folder / "said", "w+") as said:
            process = subprocess.Popen(["bash", "-c", f"exec {command}"], env=environment, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT)
            until = time.monotonic() + 60
            while not re.search(r"REST +https?://|\"serving\"", text := (self.folder / "said").read_text()):
                assert process.poll() is None and time.monotonic() < until, text
                time.sleep(0.05)
            process.send_signal(signal.SIGINT)
            assert process.wait(40) == 0, (self.folder / "said").read_text()

    def run_following(self, command: str):
        """It follows until Ctrl-C."""
        environment = self.environment | {"XZEPR_URL": self.server.url, "XZEPR_API_KEY": self.server.admin_key}
        process = subprocess.Popen(["bash", "-c", f"exec {command}"], env=environment, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        # It catches Ctrl-C before it asks the server.
        while not int(re.search(r"SigCgt:\s*([0-9a-f]+)", Path(f"/proc/{process.pid}/status").read_text())[1], 16) & 1 << signal.SIGINT - 1:
            assert process.poll() is None, process.stderr.read()
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0, process.stderr.read()
        process.stderr.close()

    def close(self):
        self.api.close()
        self.server.remove()
        self.endpoint.close()


@pytest.fixture(scope="module")
def worlds(binary, tmp_path_factory):
    made: dict[str, World] = {}

    def of(noun: str) -> World:
        if noun not in made:
            made[noun] = World(binary, tmp_path_factory.mktemp(noun))
        return made[noun]

    yield of
    for world in made.values():
        world.close()


def test_the_examples_are_found():
    assert len(EXAMPLES) > 80
    assert {noun for noun, _ in EXAMPLES} >= {"xzepr", "serve", "event", "receiver", "group", "apply", "export", "demo", "completion"}


@pytest.mark.parametrize(("noun", "example"), EXAMPLES, ids=[f"{noun}: {example}" for noun, example in EXAMPLES])
def test_example(worlds, noun, example):
    world = worlds(noun)
    world.prepare(example)
    command = world.replaced(example)
    if re.match(rf"xzepr ({'|'.join(LASTING)})\b", example):
        return world.run_lasting(command)
    if re.match(r"xzepr (watch|event tail)\b", example) and "--count" not in example:
        return world.run_following(command)
    # On the database's own machine nothing is asked of a server.
    world.run(command, remote="production.yaml" not in example)
    if noun != "apply":  # which prunes what the other examples speak of
        world.repair()
