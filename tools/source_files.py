"""What the checkers share: the tree's files, the map of src/LAYERS, and C++ text without comments and strings."""

import re
from pathlib import Path

SKIPPED_FOLDERS = {".git", "build", "__pycache__", "node_modules", ".cache", ".pytest_cache", "xzepr-data"}


def files(root: Path, *suffixes: str):
    """Every file of the tree with one of the suffixes, sorted; build output and the like left out."""
    found = []
    folders = [root]
    while folders:
        for entry in folders.pop().iterdir():
            if entry.is_symlink():
                continue
            if entry.is_dir():
                if entry.name not in SKIPPED_FOLDERS:
                    folders.append(entry)
            elif entry.name != ".git" and (not suffixes or entry.suffix in suffixes):
                found.append(entry)
    return sorted(found)


class Layers:
    """src/LAYERS: `module -> what it may include`, in an order that proves that there is no cycle."""

    def __init__(self, text: str):
        self.allowed: dict[str, set[str]] = {}
        self.faults: list[str] = []
        for number, line in enumerate(text.splitlines(), 1):
            line = line.strip()
            if line and not line.startswith("#"):
                self._add(number, line)

    def _add(self, number: int, line: str):
        match = re.fullmatch(r"([a-z0-9_/]+) -> (-|everything|[a-z0-9_/ ]+)", line)
        if not match:
            self.faults.append(f"src/LAYERS:{number}: cannot read '{line}': write 'module -> module module', '-' or 'everything'")
            return
        module, right = match.groups()
        if module in self.allowed:
            self.faults.append(f"src/LAYERS:{number}: {module} stands twice: keep one line")
        above = set(self.allowed)
        named = {"-": set(), "everything": above}.get(right, set(right.split()))
        for missing in sorted(named - above):
            self.faults.append(f"src/LAYERS:{number}: {module} names {missing}, which does not stand above it: move it up, or drop it")
        self.allowed[module] = named

    def above(self, module: str) -> set[str]:
        """Every module that stands above this one, whether it names them or not."""
        names = list(self.allowed)
        return set(names[: names.index(module)])

    def module_of(self, path: str) -> str | None:
        """The longest listed folder that holds `path`, which is relative to src/."""
        parts = path.split("/")[:-1]
        while parts:
            if "/".join(parts) in self.allowed:
                return "/".join(parts)
            parts.pop()
        return None


_TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<delimiter>[^()\s\\"]{0,16})\(.*?\)(?P=delimiter)"|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+'",
    re.DOTALL,
)


def code_only(text: str, keep_strings: bool = False) -> str:
    """The text with comments (and the insides of strings) blanked; lines and columns stay where they are."""

    def blank(match: re.Match) -> str:
        token = match.group(0)
        if token.startswith("/"):
            return re.sub(r"[^\n]", " ", token)
        if keep_strings or len(token) < 2:
            return token
        return token[0] + re.sub(r"[^\n]", " ", token[1:-1]) + token[-1]

    return _TOKEN.sub(blank, text)


def line_of(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1
