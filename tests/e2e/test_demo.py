"""`xzepr demo`: a server with life in it, that leaves nothing behind."""

import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest
from support.api import Api


class Demo:
    def __init__(self, binary, folder, *arguments):
        folder.mkdir(exist_ok=True)
        (folder / "bin").mkdir(exist_ok=True)
        if not (folder / "bin/xzepr").exists():
            (folder / "bin/xzepr").symlink_to(binary)
        self.folder, self.out = folder, folder / "stdout"
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("XZEPR")} | {"HOME": str(folder), "TMPDIR": str(folder)}
        self.environment["PATH"] = f"{folder}/bin:{os.environ['PATH']}"
        with open(self.out, "w") as out, open(folder / "stderr", "w") as err:
            self.process = subprocess.Popen([binary, "demo", "--port", "0", *arguments], stdin=subprocess.DEVNULL, stdout=out, stderr=err, cwd=folder, env=self.environment)
        until = time.monotonic() + 60
        while "xzepr export" not in (banner := self.out.read_text()):
            assert self.process.poll() is None and time.monotonic() < until, (folder / "stderr").read_text()
            time.sleep(0.05)
        self.banner = banner
        self.storage = Path(re.search(r"Storage +(\S+)", banner).group(1))
        self.port = int(re.search(r"REST +http://127\.0\.0\.1:(\d+)/", banner).group(1))
        self.api = Api(self.port, re.search(r"XZEPR_API_KEY=(xzepr_\w+)", banner).group(1))

    def events(self) -> list[dict]:
        """In the order in which they were posted."""
        return list(self.api.every("/api/v1/events?sort=id"))

    def stop(self) -> int:
        self.api.close()
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(40)


@pytest.fixture
def demo(binary, tmp_path):
    made = []

    def start(*arguments) -> Demo:
        made.append(Demo(binary, tmp_path / "demo", *arguments))
        return made[-1]

    yield start
    for one in made:
        if one.process.poll() is None:
            one.process.kill()
            one.process.wait()


def test_what_the_banner_says_can_be_pasted(demo):
    running = demo("--rate", "1")
    tried = running.banner[running.banner.index("Try") + 3 :]
    lines = [line.strip() for line in tried.splitlines() if line.strip()]
    assert lines[0].startswith("export XZEPR_URL=") and len(lines) == 6
    for line in lines[1:]:
        done = subprocess.run(["bash", "-c", f"{lines[0]}\n{line}"], capture_output=True, text=True, env=running.environment, cwd=running.folder, timeout=30)
        # A gate that is pending or failing says so by its exit code.
        assert done.returncode in ((0, 3, 8) if "gate status" in line else (0,)), f"{line}: {done.stderr}"
        assert done.stdout.strip(), line
    assert running.stop() == 0


def test_it_streams_failing_late_and_repeated_events_and_leaves_nothing(demo):
    running = demo("--rate", "100")
    before = len(running.events())
    assert before >= 100, "the first chapter is there"
    until = time.monotonic() + 30
    while len(events := running.events()) < before + 50:
        assert time.monotonic() < until
        time.sleep(0.2)
    assert {event["success"] for event in events} == {True, False}
    assert any(event["event_end"] < earlier["event_end"] for earlier, event in zip(events, events[1:])), "one is late"
    assert running.storage.exists()
    states = {gate["state"] for group in running.api.every("/api/v1/groups") for gate in running.api.every(f"/api/v1/groups/{group['id']}/artifacts")}
    assert states == {"open", "failing", "pending"}
    assert running.stop() == 0
    assert not running.storage.exists()
    assert (running.folder / "stderr").read_text() == ""


def test_one_seed_tells_one_story_and_a_named_folder_is_kept(demo):
    def story(running) -> list:
        return [(e["name"], e["version"], e["success"], e["payload"]) for e in running.events()][:140]

    first = demo("--seed", "7", "--rate", "0.01", "--data-dir", "kept")
    told = story(first)
    assert first.stop() == 0 and (first.folder / "kept/xzepr.db").exists()
    again = demo("--seed", "7", "--rate", "0.01")
    assert story(again) == told
    assert again.stop() == 0
    other = demo("--seed", "8", "--rate", "0.01", "--data-dir", "kept")
    assert story(other) == told, "what was kept comes first"
    assert len(other.events()) > len(told) + 100
    assert other.stop() == 0


def test_what_cannot_be_is_refused(binary, tmp_path):
    for arguments in (["--rate", "0"], ["--rate", "1001"], ["--seed", "x"]):
        assert subprocess.run([binary, "demo", *arguments], capture_output=True, cwd=tmp_path).returncode == 2
