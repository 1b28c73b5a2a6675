"""A command in a session of its own, whose time is limited."""

import os
import signal
import subprocess
from pathlib import Path

LAST_WORDS_SECONDS = 5


def call(command: list[str], folder: Path, environment: dict[str, str], timeout: float) -> tuple[int, str]:
    """Exit code and all output. A time-out ends its children too: asked first, so that a test ends the services that it
    started, which have sessions of their own."""
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        errors="replace", start_new_session=True,
    )
    try:
        said, _ = process.communicate(timeout=timeout)
    except BaseException as stopped:
        said = end(process)
        if not isinstance(stopped, subprocess.TimeoutExpired):
            raise
        return 124, f"{said}\nstopped after {timeout} s\n"
    return process.returncode, said


def hear_interrupts():
    """From now on, on the main thread: this process does, and what it starts. A shell without job control has what it starts with
    & ignore them, and so all that this starts."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def end(process: subprocess.Popen, patience: float = 60) -> str:
    """What it said until it ended, or until it was killed and what it left behind said no more."""
    os.killpg(process.pid, signal.SIGINT)
    try:
        return process.communicate(timeout=patience)[0]
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
    try:
        return process.communicate(timeout=LAST_WORDS_SECONDS)[0]
    except subprocess.TimeoutExpired as silent:  # a service of another session has its output open
        process.wait()
        return (silent.output or b"").decode(errors="replace")
