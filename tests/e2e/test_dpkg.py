"""README's section on dpkg's log, run as it stands, on both stores and on this machine's own log when it has one."""

import os
import re
import subprocess
from pathlib import Path

import pytest
import readme

OWN_LOG = Path("/var/log/dpkg.log")


class Shell:
    """A user's terminal: xzepr on the PATH, address and key in the environment."""

    def __init__(self, root, binary, server):
        self.root = root
        self.environment = {
            **os.environ, "PATH": f"{binary.parent}:{os.environ['PATH']}", "XZEPR_URL": server.url, "XZEPR_API_KEY": server.admin_key,
        }

    def run(self, command: str, code: int = 0) -> str:
        done = subprocess.run(["bash", "-c", command], cwd=self.root, env=self.environment, capture_output=True, text=True, timeout=300)
        assert done.returncode == code, f"{command}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout


@pytest.fixture
def shell(root, binary, server):
    return Shell(root, binary, server)


def event_rows(server) -> int:
    return int(server.query("select count(*) from events")[0][0])


def section(root, tmp_path) -> list[str]:
    return [line.replace("/tmp/dpkg-events.ndjson", str(tmp_path / "events.ndjson")) for line in readme.commands(root, "On real input")]


def test_the_section_runs_as_it_stands(root, tmp_path, server, shell):
    outputs = {}
    rows = []
    for command in section(root, tmp_path):
        outputs[command] = shell.run(command)
        if "event import" in command:
            rows.append(event_rows(server))
    lines = (tmp_path / "events.ndjson").read_text().count("\n")
    assert rows == [lines, lines], "every line is an event, and the second import adds nothing"
    [opened] = [text for command, text in outputs.items() if "count-open" in command]
    [ready] = [text for command, text in outputs.items() if "count-ready" in command]
    assert opened.strip() == ready.strip() and int(ready) > 10


def test_an_import_that_was_cut_off_goes_on_where_it_was(root, tmp_path, server, shell):
    shell.run("examples/dpkg/setup")
    events = tmp_path / "events.ndjson"
    shell.run(f"examples/dpkg/to-ndjson examples/dpkg/sample.log > {events}")
    first = tmp_path / "first.ndjson"
    first.write_text("".join(events.read_text().splitlines(keepends=True)[:100]))
    shell.run(f"xzepr event import {first}")
    assert event_rows(server) == 100
    shell.run(f"xzepr event import {events}")
    assert event_rows(server) == events.read_text().count("\n")


def test_setup_may_run_twice(root, server, shell):
    shell.run("examples/dpkg/setup")
    before = server.journal_rows()
    shell.run("examples/dpkg/setup")
    assert server.journal_rows() == before


@pytest.mark.skipif(not OWN_LOG.exists() or OWN_LOG.stat().st_size == 0, reason="this machine has no dpkg log")
def test_this_machines_own_log(root, tmp_path, make_server, binary):
    server = make_server("sqlite").start()
    shell = Shell(root, binary, server)
    shell.run("examples/dpkg/setup")
    logs = "$(ls -r /var/log/dpkg.log*)"
    # The log may grow while this runs.
    shell.run(f"cat {logs} > {tmp_path}/dpkg.log" if not list(OWN_LOG.parent.glob("dpkg.log*.gz")) else f"zcat -f {logs} > {tmp_path}/dpkg.log")
    shell.run(f"examples/dpkg/to-ndjson {tmp_path}/dpkg.log > {tmp_path}/events.ndjson && xzepr event import {tmp_path}/events.ndjson")
    assert event_rows(server) == (tmp_path / "events.ndjson").read_text().count("\n")
    opened = shell.run("examples/dpkg/count-open package-ready").strip()
    assert opened == shell.run(f"examples/dpkg/count-ready {tmp_path}/dpkg.log").strip()
    last = re.findall(r"status installed (\S+?):(\S+) (\S+)", (tmp_path / "dpkg.log").read_text())[-1]
    version, _, release = last[2].rpartition("-") if "-" in last[2] else (last[2], "", "0")
    escape = lambda text: text.replace("%", "%25").replace("+", "%2B").replace("@", "%40").replace("/", "%2F")  # noqa: E731
    artifact = f"{escape(last[0])}@{escape(version)}+{escape(release)}/{last[1]}/deb"
    shell.run(f"xzepr artifact timeline '{artifact}'")
