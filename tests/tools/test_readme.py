"""README says what is there: its scripts and files exist. That its commands run is tested end to end."""

import re

import pytest
import readme
from conftest import ROOT

SECTIONS = readme.sections((ROOT / "README.md").read_text(encoding="utf-8"))
COMMANDS = [command for lines in SECTIONS.values() for command in lines]


def test_it_begins_with_what_it_is_then_run_then_test():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert list(SECTIONS)[:2] == ["Run it", "Test it"]
    assert text.index("tracks events") < text.index("scripts/run") < text.index("scripts/test")
    assert SECTIONS["Run it"] == ["scripts/run"] and SECTIONS["Test it"] == ["scripts/test"]


@pytest.mark.parametrize("command", [c for c in COMMANDS if re.match(r"(scripts|examples|tests|tools)/", c)])
def test_every_script_exists_and_runs(command):
    script = ROOT / command.split()[0]
    assert script.exists() and script.stat().st_mode & 0o111
    for file in re.findall(r"(?<=\s)examples/\S+", command):
        assert (ROOT / file).exists()


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`((?:docs|scripts|examples|tests|tools|src)/[\w./-]*|[A-Z]+\.md)`", (ROOT / "README.md").read_text()))))
def test_every_named_file_exists(name):
    assert (ROOT / name).exists()
