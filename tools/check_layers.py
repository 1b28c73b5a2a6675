#!/usr/bin/env python3
"""Fails on an include that src/LAYERS does not allow.

Each file belongs to the longest listed folder that holds it; bin/ counts as app. Our own headers are included
as "module/x.hpp", always from src/. A test (_test.cpp, _test.hpp) may use every module that stands above its own:
the order stays the proof that there is no cycle.
"""

import re
import sys
from pathlib import Path

from source_files import Layers, code_only, files

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">\n]+)[">]', re.MULTILINE)


def includes(text: str):
    """(line, quoted, path) of every include."""
    for match in INCLUDE.finditer(code_only(text, keep_strings=True)):
        yield text.count("\n", 0, match.start()) + 1, match.group(1) == '"', match.group(2)


def allowed_modules(layers: Layers, module: str, path: Path) -> set[str]:
    named = layers.above(module) if path.stem.endswith("_test") else layers.allowed[module]
    return named | {module}


def check_file(layers: Layers, module: str, path: Path, root: Path) -> list[str]:
    faults = []
    shown = path.relative_to(root)
    allowed = allowed_modules(layers, module, path)
    for line, quoted, target in includes(path.read_text(encoding="utf-8")):
        owner = layers.module_of(target)
        if quoted and owner is None:
            faults.append(f'{shown}:{line}: "{target}" names no module: write the full path from src/, or <> for a library')
        elif not quoted and owner is not None and (root / "src" / target).exists():
            faults.append(f'{shown}:{line}: <{target}> is our own header: write "{target}"')
        elif quoted and owner not in allowed:
            faults.append(f"{shown}:{line}: {module} may not include {owner} ({target}): move the code, or change src/LAYERS and say why")
    return faults


def check(root: Path) -> list[str]:
    layers = Layers((root / "src/LAYERS").read_text(encoding="utf-8"))
    faults = list(layers.faults)
    for path in files(root / "src", ".cpp", ".hpp"):
        module = layers.module_of(str(path.relative_to(root / "src")))
        if module is None:
            faults.append(f"{path.relative_to(root)}: belongs to no module: add its folder to src/LAYERS")
        else:
            faults += check_file(layers, module, path, root)
    if (root / "bin").is_dir() and "app" in layers.allowed:
        for path in files(root / "bin", ".cpp", ".hpp"):
            faults += check_file(layers, "app", path, root)
    return faults


def main() -> int:
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent
    faults = check(root)
    print("\n".join(faults) if faults else "layers: every include is allowed")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
