"""What a stage that is cut off leaves behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import session

TIDY = """
import subprocess, sys, time
service = subprocess.Popen(["sleep", "600"], start_new_session=True)
try:
    print("at work", flush=True)
    time.sleep(600)
finally:
    service.kill()
    service.wait()
    print("cleaned up", flush=True)
"""
LEAVING = """
import signal, subprocess, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
print("at work", flush=True)
print(subprocess.Popen(["sleep", "600"], start_new_session=True).pid, flush=True)
time.sleep(600)
"""
DEAF = "import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"


@pytest.fixture(autouse=True)
def hear():
    session.hear_interrupts()


def begin(script: str, greeting: str) -> subprocess.Popen:
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)
    assert process.stdout.readline() == greeting
    return process


def test_what_runs_too_long_may_end_the_services_that_it_started():
    process = begin(TIDY, "at work\n")
    assert session.end(process).startswith("cleaned up\n")


def test_what_does_not_listen_is_killed():
    process = begin(DEAF, "deaf\n")
    session.end(process, patience=0.5)
    assert process.returncode == -signal.SIGKILL


def test_what_a_killed_one_leaves_behind_holds_nobody_up():
    process = begin(LEAVING, "at work\n")
    service = int(process.stdout.readline())
    try:
        session.end(process, patience=0.5)
        assert process.returncode == -signal.SIGKILL
    finally:
        os.kill(service, signal.SIGKILL)


def test_one_that_was_started_in_the_background_is_heard():
    script = 'import session, test_session as test; session.hear_interrupts(); print(session.end(test.begin(test.TIDY, "at work\\n")))'
    path = os.pathsep.join((str(Path(session.__file__).parent), str(Path(__file__).parent)))
    done = subprocess.run(["bash", "-c", '"$0" "$@" & wait', sys.executable, "-c", script], capture_output=True, text=True, env={**os.environ, "PYTHONPATH": path})
    assert "cleaned up" in done.stdout, done.stdout + done.stderr


def test_a_time_out_is_said_and_is_a_failure():
    code, said = session.call(["sleep", "600"], Path.cwd(), dict(os.environ), timeout=0.1)
    assert code != 0 and said == "\nstopped after 0.1 s\n"
