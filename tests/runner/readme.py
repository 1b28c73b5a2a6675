"""README's fenced commands, by section, so that what it says is what the tests run."""

import re
from pathlib import Path


def sections(text: str) -> dict[str, list[str]]:
    """Heading of level two -> the command lines of its fenced blocks; a line that ends in a backslash goes on."""
    found: dict[str, list[str]] = {}
    heading, fenced = "", False
    for line in text.splitlines():
        if line.startswith("```"):
            fenced = not fenced
        elif fenced and line.strip():
            commands = found.setdefault(heading, [])
            if commands and commands[-1].endswith("\\"):
                commands[-1] = commands[-1][:-1] + line
            else:
                commands.append(line)
        elif line.startswith("## "):
            heading = line.removeprefix("## ").strip()
    return found


def commands(root: Path, heading: str) -> list[str]:
    """The commands of README.md's section whose heading begins so."""
    [match] = [lines for name, lines in sections((root / "README.md").read_text(encoding="utf-8")).items() if name.startswith(heading)]
    return match


def options_of(command: str) -> list[str]:
    """--names of a command line, values cut off."""
    return re.findall(r"(?<=\s)(--[a-z-]+)", command)
