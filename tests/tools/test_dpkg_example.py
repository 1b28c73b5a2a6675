"""examples/dpkg without a server: the converter and the independent count, on a log made for it."""

import gzip
import json
import subprocess

LOG = """\
2026-01-02 03:04:05 startup archives unpack
2026-01-02 03:04:05 install curl:amd64 <none> 7.88.1-10+deb12u5
2026-01-02 03:04:05 status half-installed curl:amd64 7.88.1-10+deb12u5
2026-01-02 03:04:06 status unpacked curl:amd64 7.88.1-10+deb12u5
2026-01-02 03:04:07 status triggers-pending man-db:amd64 2.11.2-2
2026-01-02 03:04:08 status half-configured curl:amd64 7.88.1-10+deb12u5
2026-01-02 03:04:08 status half-configured curl:amd64 7.88.1-10+deb12u5
2026-01-02 03:04:08 status installed curl:amd64 7.88.1-10+deb12u5
2026-01-02 03:04:09 status unpacked netbase:all 6.4
2026-01-02 03:04:09 status half-configured netbase:all 6.4
2026-01-02 03:04:09 status installed netbase:all 6.4
2026-01-02 03:04:09 status unpacked dash-in-version:all 1:2.0-rc1-3
2026-01-02 03:04:10 status config-files netbase:all 6.4
2026-01-02 03:04:11 status not-installed netbase:all <none>
"""


def run(root, script, *arguments, data=None):
    done = subprocess.run([root / "examples/dpkg" / script, *arguments], input=data, capture_output=True, text=True, check=True)
    return done.stdout


def events(root, *arguments, data=None):
    return [json.loads(line) for line in run(root, "to-ndjson", *arguments, data=data).splitlines()]


def test_each_status_line_is_one_event(root):
    made = events(root, data=LOG)
    assert [event["payload"]["status"] for event in made] == [
        "half-installed", "unpacked", "half-configured", "half-configured", "installed", "unpacked", "half-configured",
        "installed", "unpacked", "config-files", "not-installed",
    ]
    assert made[1] == {
        "event_receiver": "unpacked", "name": "curl", "version": "7.88.1", "release": "10+deb12u5", "platform_id": "amd64",
        "package": "deb", "success": True, "event_start": "2026-01-02T03:04:06Z", "event_end": "2026-01-02T03:04:06Z",
        "payload": {"status": "unpacked"},
    }


def test_failing_statuses_fail_the_receiver_installed(root):
    failing = [event for event in events(root, data=LOG) if not event["success"]]
    assert [event["payload"]["status"] for event in failing] == ["half-installed", "config-files", "not-installed"]
    assert {event["event_receiver"] for event in failing} == {"installed"}


def test_versions_are_split_at_the_last_dash_and_native_ones_have_release_0(root):
    made = {(event["name"], event["version"], event["release"]) for event in events(root, data=LOG)}
    assert made == {("curl", "7.88.1", "10+deb12u5"), ("netbase", "6.4", "0"), ("dash-in-version", "1:2.0-rc1", "3")}


def test_a_removed_package_keeps_its_last_version(root):
    assert events(root, data=LOG)[-1]["version"] == "6.4"


def test_compressed_logs_are_read_in_the_order_given(root, tmp_path):
    lines = LOG.splitlines(keepends=True)
    (tmp_path / "dpkg.log.1.gz").write_bytes(gzip.compress("".join(lines[:6]).encode()))
    (tmp_path / "dpkg.log").write_text("".join(lines[6:]))
    files = (str(tmp_path / "dpkg.log.1.gz"), str(tmp_path / "dpkg.log"))
    assert run(root, "to-ndjson", *files) == run(root, "to-ndjson", data=LOG)
    assert run(root, "count-ready", *files) == run(root, "count-ready", data=LOG)


def test_the_count_takes_the_latest_status_of_each_receiver(root):
    assert run(root, "count-ready", data=LOG).strip() == "1"
    assert run(root, "count-ready", data="").strip() == "0"
    again = LOG + "2026-01-02 03:05:00 status half-installed curl:amd64 7.88.1-10+deb12u5\n"
    assert run(root, "count-ready", data=again).strip() == "0"


def test_the_committed_sample_agrees_with_a_count_in_python(root):
    sample = str(root / "examples/dpkg/sample.log")
    latest = {}
    for event in events(root, sample):
        artifact = (event["name"], event["version"], event["release"], event["platform_id"])
        latest.setdefault(artifact, {})[event["event_receiver"]] = event["success"]
    ready = sum(all(outcomes.get(name) for name in ("unpacked", "half-configured", "installed")) for outcomes in latest.values())
    assert ready > 10 and run(root, "count-ready", sample).strip() == str(ready)
