"""The command line against a real server: exit codes, outputs, three-line errors, and what a pipeline relies on."""

import json
import os
import subprocess
import threading
import time

import pytest
from server import free_port
from support.api import Api


@pytest.fixture(scope="module")
def running(binary):
    from server import Server

    server = Server(binary, "sqlite").start()
    api = Api(server.port, server.admin_key)
    build = api.make_receiver("build", {"type": "object", "properties": {"n": {"type": "integer"}}})
    scan = api.make_receiver("scan")
    api.make_group("ready", [build, scan])
    api.close()
    yield server
    server.remove()


@pytest.fixture
def cli(binary, running, tmp_path):
    def run(*arguments, code=0, data=None, **environment):
        base = {k: v for k, v in os.environ.items() if not k.startswith("XZEPR")}
        base |= {"XZEPR_URL": running.url, "XZEPR_API_KEY": running.admin_key, "HOME": str(tmp_path)} | environment
        done = subprocess.run([binary, *arguments], input=data, capture_output=True, text=True, env=base, cwd=tmp_path, timeout=60)
        assert done.returncode == code, f"{arguments}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    return run


def three_lines(done, code: str):
    """What (with the code), where, what to do next; nothing on stdout."""
    lines = done.stderr.splitlines()
    assert done.stdout == "" and lines[0].startswith(f"error {code}: "), done
    assert lines[1].startswith("  where: ") and any(line.startswith("  next:  ") for line in lines), done.stderr


def test_each_kind_of_failure_has_its_exit_code(cli):
    cli("no-such-verb", code=2)
    cli("event", "post", "build", code=2)
    three_lines(cli("receiver", "get", "nobody", code=5), "receiver_unknown")
    three_lines(cli("event", "post", "build", "app", "1", "n=text", code=6), "payload_invalid")
    three_lines(cli("event", "post", "build", " ", "1", code=6), "request_invalid")
    three_lines(cli("receiver", "create", "build", "--type", "test.receiver", code=7), "receiver_exists")
    three_lines(cli("event", "list", code=4, XZEPR_API_KEY="xzepr_" + "a" * 36), "credentials_invalid")
    three_lines(cli("event", "list", code=9, XZEPR_URL=f"http://127.0.0.1:{free_port()}"), "server_unreachable")


def test_gate_status_and_wait_speak_by_exit_code(cli):
    cli("gate", "status", "ready", "shown@1+0/any/generic", code=8)
    cli("event", "post", "build", "shown", "1")
    cli("gate", "status", "ready", "shown@1", code=8)
    cli("event", "post", "scan", "shown", "1", "--failed")
    cli("group", "status", "ready", "shown@1", code=3)
    cli("gate", "wait", "ready", "shown@1", "--timeout", "1s", code=3)
    cli("gate", "wait", "ready", "shown@1", "--timeout", "1s", "--ignore-failing", code=8)
    cli("event", "post", "scan", "shown", "1")
    cli("gate", "status", "ready", "shown@1")
    cli("gate", "wait", "ready", "shown@1")
    cli("gate", "status", "ready", "nobody@1", code=5)
    cli("event", "post", "scan", "shown", "1", "--release", "2")
    assert "shown@1+2" in cli("gate", "status", "ready", "shown@1", code=7).stderr


def test_gate_wait_ends_as_soon_as_the_gate_opens(cli):
    cli("event", "post", "build", "awaited", "1")
    later = threading.Timer(1.0, lambda: cli("event", "post", "scan", "awaited", "1"))
    later.start()
    began = time.monotonic()
    cli("gate", "wait", "ready", "awaited@1", "--timeout", "30s")
    assert 0.5 < time.monotonic() - began < 15
    later.join()


def test_a_disabled_gate_is_exit_1(cli):
    cli("gate", "create", "off", "--receiver", "build")
    cli("gate", "disable", "off")
    cli("gate", "wait", "off", "x@1+0/any/generic", "--timeout", "1s", code=1)


def test_outputs(cli):
    cli("event", "post", "build", "printed", "1", "n:=1")
    table = cli("event", "list", "--name", "printed").stdout
    assert "\x1b[" not in table and "printed" in table
    as_json = json.loads(cli("event", "list", "--name", "printed", "-o", "json").stdout)
    rows = [json.loads(line) for line in cli("event", "list", "--name", "printed", "-o", "ndjson").stdout.splitlines()]
    assert rows[0]["payload"] == {"n": 1} and len(rows) == 1
    assert rows[0] in (as_json if isinstance(as_json, list) else as_json["data"])
    assert "\t" in cli("event", "list", "--name", "printed", "-o", "tsv").stdout
    assert "name: printed" in cli("event", "list", "--name", "printed", "-o", "yaml").stdout
    cli("event", "list", "-o", "xml", code=2)


def test_what_a_server_says_never_steers_the_terminal(cli):
    cli("receiver", "create", "escape", "--type", "test.escape", "--description", "plain")
    done = cli("receiver", "get", "no\x1b[31msuch", code=5)
    assert "\x1b" not in done.stderr + done.stdout


def test_fields_of_every_kind(cli, tmp_path):
    (tmp_path / "text.txt").write_text("from a file")
    made = json.loads(cli("event", "post", "scan", "fields", "1", "a=text", "b:=[1, true]", "c=@text.txt", "-o", "json").stdout)
    event = json.loads(cli("event", "get", made["id"], "-o", "json").stdout)
    assert event["payload"] == {"a": "text", "b": [1, True], "c": "from a file"}
    cli("event", "post", "scan", "fields", "1", "a=1", "a=2", code=2)
    cli("event", "post", "scan", "fields", "1", "b:={", code=2)
    cli("event", "post", "scan", "fields", "1", "c=@missing.txt", code=2)


def test_api_reaches_everything(cli):
    assert json.loads(cli("api", "GET", "events", "limit:=1", "-o", "json").stdout)["pagination"]["limit"] == 1
    assert json.loads(cli("api", "GET", "/health", "-o", "json").stdout)["status"] == "healthy"
    cli("api", "GET", "receivers/nobody", code=5)
    cli("status")
    assert cli("version").stdout.startswith("xzepr ") or "0." in cli("version").stdout


def test_import_is_repeatable_and_names_bad_lines(cli, tmp_path):
    good = {"event_receiver": "scan", "name": "imported", "version": "1", "release": "1", "platform_id": "x", "package": "p"}
    lines = [json.dumps(good), json.dumps(good), json.dumps(good | {"version": "2"})]
    (tmp_path / "good.ndjson").write_text("\n".join(lines) + "\n")
    for _ in range(2):
        cli("event", "import", "good.ndjson")
        assert len(cli("event", "list", "--name", "imported", "--all", "-o", "ndjson").stdout.splitlines()) == 3
    cli("event", "import", "-", data="\n".join(lines))
    assert len(cli("event", "list", "--name", "imported", "--all", "-o", "ndjson").stdout.splitlines()) == 3
    (tmp_path / "bad.ndjson").write_text(lines[0] + "\n" + json.dumps(good | {"colour": "red"}) + "\n{broken\n")
    done = cli("event", "import", "bad.ndjson", code=6)
    assert "2" in done.stderr and "colour" in done.stderr
    cli("event", "import", "missing.ndjson", code=2)


def test_secrets_stay_out_of_sight(cli, running):
    done = cli("event", "list", "--name", "nobody")
    assert running.admin_key not in done.stdout + done.stderr
    made = cli("admin", "key", "create", "--user", "robot", "--role", "event_viewer").stdout
    assert "xzepr_" in made
    listed = cli("admin", "key", "list", "-o", "json").stdout
    assert running.admin_key not in listed and running.admin_key not in running.all_output()
