"""README's commands on the built binary: each verb and option exists, and the first event runs as it stands."""

import subprocess

import pytest
import readme
from conftest import ROOT
from test_dpkg import Shell

COMMANDS = [command for lines in readme.sections((ROOT / "README.md").read_text(encoding="utf-8")).values() for command in lines]


@pytest.mark.parametrize("command", [c for c in COMMANDS if c.startswith("xzepr ")])
def test_every_verb_and_option_is_known(binary, command):
    words = command.split("&&")[0].split()[1:]
    verbs = words[:1] if words[0] in ("serve", "status", "version", "api", "apply", "export", "demo", "man", "watch") else words[:2]
    done = subprocess.run([binary, *verbs, "--help"], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    for option in readme.options_of(command.split("&&")[0]):
        assert option in done.stdout, f"{option} is not in the help of {' '.join(verbs)}"


def test_the_first_event_runs_as_it_stands(root, binary, server):
    shell = Shell(root, binary, server)
    outputs = {}
    for command in readme.commands(root, "First event"):
        if not command.startswith("export"):
            # "gate status" of a pending gate ends with 8, as a pipeline wants it.
            outputs[command] = shell.run(command, code=8 if "gate status" in command else 0)
    assert any("ship it" in text for text in outputs.values())
    [curl] = [text for command, text in outputs.items() if command.startswith("curl")]
    assert '"open"' in curl


def test_gates_as_code_runs_as_it_stands(root, binary, server, tmp_path):
    shell = Shell(root, binary, server)
    outputs = []
    for command in readme.commands(root, "Gates as code"):
        outputs.append(shell.run(command.replace("all.yaml", str(tmp_path / "all.yaml"))))
    assert "+++ group ready-to-ship@1.0.0" in outputs[0]
    assert outputs[1].count("created") == 5 and outputs[2].count("unchanged") == 5
    assert '- "sast-scan@1.2.0"' in outputs[3]
    assert outputs[5].count("unchanged") == 5 and outputs[6].count("unchanged") == 5


def test_looking_around_runs_as_it_stands(root, binary, server, tmp_path):
    shell = Shell(root, binary, server)
    for command in readme.commands(root, "Look around"):
        shell.run(command.replace("xzepr.1", str(tmp_path / "xzepr.1")))
    assert (tmp_path / "xzepr.1").read_text().startswith(".\\\"")
