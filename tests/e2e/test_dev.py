"""`serve --dev`: what a newcomer sees first, and that it is safe all the same."""

import os
import re
import signal
import subprocess
import time

import pytest
from support.api import Api


class Dev:
    """A development server on a port that the system chooses, its data in `folder`."""

    def __init__(self, binary, folder):
        self.out = folder / "stdout"
        environment = {name: value for name, value in os.environ.items() if not name.startswith("XZEPR")}
        with open(self.out, "w") as out, open(folder / "stderr", "w") as err:
            self.process = subprocess.Popen(
                [binary, "serve", "--dev", "--port", "0", "--data-dir", folder / "data"],
                stdin=subprocess.DEVNULL, stdout=out, stderr=err, cwd=folder, env=environment,
            )
        until = time.monotonic() + 20
        while not (match := re.search(r"REST +http://127\.0\.0\.1:(\d+)/api/v1", self.out.read_text())):
            assert self.process.poll() is None and time.monotonic() < until, (folder / "stderr").read_text()
            time.sleep(0.02)
        self.port = int(match.group(1))

    def key(self) -> str:
        found = re.findall(r"Admin key +(xzepr_\w+)", self.out.read_text())
        return found[0] if found else ""

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(40)


@pytest.fixture
def start(binary, tmp_path):
    started = []

    def make() -> Dev:
        started.append(Dev(binary, tmp_path))
        return started[-1]

    yield make
    for server in started:
        if server.process.poll() is None:
            server.process.kill()
            server.process.wait()


def test_the_first_key_is_shown_once_and_works(start, tmp_path):
    server = start()
    key = server.key()
    assert key
    api = Api(server.port, key)
    receiver = api.make_receiver("first")
    api.post_event(receiver, "app")
    api.close()
    assert server.stop() == 0
    again = start()
    assert again.key() == "", "the key is shown once"
    api = Api(again.port, key)
    assert len(list(api.every("/api/v1/events"))) == 1, "data are kept between runs"
    api.close()
    assert key not in (tmp_path / "stderr").read_text()
    assert again.stop() == 0


def test_files_are_the_owners_alone(start, tmp_path):
    start().stop()
    for path in (tmp_path / "data").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, f"{path} is open to others"


def test_it_authenticates_and_listens_on_the_loopback_only(start):
    server = start()
    anonymous = Api(server.port)
    assert anonymous.get("/api/v1/events").status == 401
    anonymous.close()
    listening = subprocess.run(["ss", "-ltnH"], capture_output=True, text=True).stdout
    assert [line.split()[3] for line in listening.splitlines() if line.split()[3].endswith(f":{server.port}")] == [f"127.0.0.1:{server.port}"]


def test_no_rate_limit_gets_in_the_way(start):
    server = start()
    api = Api(server.port, server.key())
    for _ in range(1500):
        assert api.get("/api/v1/auth/me").status == 200
    api.close()


def test_tls_in_development_makes_a_certificate_and_says_how_to_trust_it(binary, tmp_path):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("XZEPR")}
    for _ in range(2):
        with open(tmp_path / "out", "w") as out:
            process = subprocess.Popen(
                [binary, "serve", "--dev", "--tls", "--port", "0", "--data-dir", tmp_path / "data"],
                stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.DEVNULL, cwd=tmp_path, env=environment,
            )
        until = time.monotonic() + 20
        while not (url := re.search(r"REST +(https://127\.0\.0\.1:\d+)/api/v1", (tmp_path / "out").read_text())):
            assert process.poll() is None and time.monotonic() < until
            time.sleep(0.02)
        trust = re.search(r"XZEPR_CA_FILE=(\S+)", (tmp_path / "out").read_text()).group(1)
        done = subprocess.run(["curl", "-sf", "--cacert", trust, f"{url.group(1)}/health"], capture_output=True, text=True)
        process.send_signal(signal.SIGTERM)
        assert process.wait(40) == 0
        assert done.returncode == 0, done.stderr
        made = (tmp_path / "data/tls/certificate.pem").read_bytes(), (tmp_path / "data/tls/key.pem").stat().st_mode & 0o777
        assert made[1] == 0o600
    assert made[0] == (tmp_path / "data/tls/certificate.pem").read_bytes()
