"""Tests of the tools. `tree` makes a small project in a temporary folder."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tests/runner")]

LAYERS = """\
# a comment
base -> -
json -> base
store -> base
store/sqlite -> base store
service -> base json
app -> everything
"""


class Tree:
    def __init__(self, root: Path):
        self.root = root

    def write(self, path: str, text: str) -> Path:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        return target


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    made = Tree(tmp_path)
    made.write("src/LAYERS", LAYERS)
    return made


@pytest.fixture
def root() -> Path:
    return ROOT
