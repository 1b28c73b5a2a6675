"""Completion in real shells, and the manual page."""

import os
import pty
import select
import shutil
import subprocess
import time

import pytest
from conftest import ROOT
from support.api import Api
from test_golden import compare, said


@pytest.fixture(scope="module")
def home(binary, tmp_path_factory):
    """A server with names to complete, a folder with the binary on the path, and the variables to reach both."""
    from server import Server

    server = Server(binary, "sqlite").start()
    api = Api(server.port, server.admin_key)
    receiver = api.make_receiver("unit-tests")
    api.make_receiver("with space")
    api.make_group("ready-to-ship", [receiver])
    api.close()
    folder = tmp_path_factory.mktemp("home")
    (folder / "bin").mkdir()
    (folder / "bin/xzepr").symlink_to(binary)
    (folder / "documents.yaml").write_text("")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("XZEPR")}
    environment |= {
        "PATH": f"{folder}/bin:{os.environ['PATH']}", "HOME": str(folder), "XZEPR_URL": server.url, "XZEPR_API_KEY": server.admin_key,
        "TERM": "vt100", "PS1": "> ", "ENV": "", "LC_ALL": "C.UTF-8",
    }
    yield folder, environment
    server.remove()


def must_have(shell: str) -> str:
    found = shutil.which(shell)
    assert found, f"{shell} is missing: scripts/deps --test installs it"
    return found


def bash(home, *words: str) -> list[str]:
    folder, environment = home
    script = (
        "source <(xzepr completion bash)\nCOMP_WORDS=(\"$@\")\nCOMP_CWORD=$(($# - 1))\n_xzepr 2>/dev/null\n"
        "printf '%s\\n' \"${COMPREPLY[@]}\"\n"
    )
    done = subprocess.run([must_have("bash"), "--norc", "-c", script, "bash", "xzepr", *words], capture_output=True, text=True, env=environment, cwd=folder, timeout=30)
    assert done.returncode == 0 and done.stderr == "", done
    return done.stdout.split("\n")[:-1] if done.stdout != "\n" else []


def test_bash_asks_the_command_line(home):
    assert bash(home, "gate", "st") == ["status"]
    assert bash(home, "event", "list", "-o", "") == ["table", "json", "ndjson", "yaml", "tsv"]
    assert bash(home, "event", "list", "--output", "=", "nd") == ["ndjson"]
    assert bash(home, "event", "post", "--idem") == ["--idempotency-key"]
    assert set(bash(home, "receiver", "get", "")) == {"with\\ space", "unit-tests"}
    assert bash(home, "apply", "-f", "docu") == ["documents.yaml"]
    assert bash(home, "nothing", "") == []


def test_bash_completes_when_the_server_is_away(home):
    folder, environment = home
    assert bash((folder, environment | {"XZEPR_URL": "http://127.0.0.1:1"}), "receiver", "get", "") == []


def fish(home, line: str) -> list[str]:
    folder, environment = home
    script = f"xzepr completion fish | source; complete --do-complete '{line}'"
    done = subprocess.run([must_have("fish"), "--no-config", "-c", script], capture_output=True, text=True, env=environment, cwd=folder, timeout=60)
    assert done.returncode == 0, done
    return done.stdout.splitlines()


def test_fish_shows_candidates_with_what_they_are_about(home):
    assert [line.split("\t")[0] for line in fish(home, "xzepr gate st")] == ["status"]
    assert "Why is it not open?" in fish(home, "xzepr gate st")[0]
    assert fish(home, "xzepr gate wait rea")[0].split("\t")[0] == "ready-to-ship"
    assert fish(home, "xzepr export --kind=gr")[0].split("\t")[0] == "--kind=group"
    assert [line.split("\t")[0] for line in fish(home, "xzepr apply -f docu")] == ["documents.yaml"]
    assert fish(home, "xzepr version nothin") == []


class Typist:
    """An interactive shell on a terminal of its own."""

    def __init__(self, home, *command: str):
        folder, environment = home
        self.screen, theirs = pty.openpty()
        self.process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, cwd=folder, start_new_session=True)
        os.close(theirs)
        self.seen = ""

    def type(self, text: str, until: str, seconds: float = 30):
        """Types and reads until the screen shows what is awaited behind what was there."""
        self.seen = ""
        os.write(self.screen, text.encode())
        end = time.monotonic() + seconds
        while until not in self.seen:
            ready, _, _ = select.select([self.screen], [], [], max(0.0, end - time.monotonic()))
            assert ready, f"no {until!r} after {text!r}: {self.seen!r}"
            self.seen += os.read(self.screen, 4096).decode(errors="replace")

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self.screen)


def test_a_tab_in_bash(home):
    typist = Typist(home, must_have("bash"), "--norc", "--noprofile", "-i")
    typist.type("source <(xzepr completion bash); echo is-'ready'\n", "is-ready")
    typist.type("xzepr versi\t\n", "xzepr 0.")
    typist.type("xzepr receiver get uni\t-o ndj\t\n", '"name":"unit-tests"')
    typist.close()


def test_a_tab_in_zsh(home):
    typist = Typist(home, must_have("zsh"), "-f", "-i")
    typist.type("autoload -U compinit; compinit -u -D; source <(xzepr completion zsh); echo is-'ready'\n", "is-ready")
    typist.type("xzepr versi\t\n", "xzepr 0.")
    typist.type("xzepr receiver get uni\t-o ndj\t\n", '"name":"unit-tests"')
    typist.type("xzepr gate l\t --help | head -1\n", "List gates")
    typist.close()


def test_the_manual_page_is_that_of_the_tree(binary):
    compare(ROOT, "../../docs/man/xzepr.1", said(binary, "man"))


def test_the_manual_page_is_well_formed(binary, tmp_path):
    page = tmp_path / "xzepr.1"
    page.write_text(said(binary, "man"))
    linted = subprocess.run([must_have("mandoc"), "-T", "lint", "-W", "warning", page], capture_output=True, text=True, timeout=30)
    assert linted.returncode == 0, linted.stdout
    shown = subprocess.run([must_have("man"), "-l", page], capture_output=True, text=True, timeout=30, env={**os.environ, "MANPAGER": "cat", "MANWIDTH": "120"})
    assert shown.returncode == 0 and "xzepr gate wait ready-to-ship" in shown.stdout and shown.stderr == "", shown.stderr
