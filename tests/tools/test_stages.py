"""The stages' runner: what a stage that is cut off leaves behind."""

import signal
import subprocess
import sys

import stages

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
DEAF = "import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"


def begin(script: str, greeting: str) -> subprocess.Popen:
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)
    assert process.stdout.readline() == greeting
    return process


def test_what_runs_too_long_may_end_the_services_that_it_started():
    process = begin(TIDY, "at work\n")
    assert stages.end_session(process).startswith("cleaned up\n")


def test_what_does_not_listen_is_killed():
    process = begin(DEAF, "deaf\n")
    stages.end_session(process, patience=0.5)
    assert process.returncode == -signal.SIGKILL


def test_a_time_out_is_said_and_is_a_failure():
    code, said = stages.call(stages.Run(quick=False, long=False), "sleep", "600", timeout=0.1)
    assert code != 0 and said == "\nstopped after 0.1 s\n"


def test_a_fuzzers_progress_is_left_out_of_what_it_found():
    said = '#12\tNEW    cov: 1\nASSERT failed\n#13\tREDUCE cov: 2\n###### Recommended dictionary. ######\n"true" # Uses: 3\nBase64: eA==\n'
    assert stages.found_by_fuzzer(said) == "ASSERT failed\nBase64: eA=="
