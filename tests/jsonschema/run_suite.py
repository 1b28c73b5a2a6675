#!/usr/bin/env python3
"""Fetches the official JSON-Schema-Test-Suite, once, and runs both drafts of it; the last line is `N passed, N failed`.

The suite is a folder in the source distribution of PyPI's jsonschema. It is kept under ${XZEPR_TOOLS:-~/.cache/xzepr-tools}.
"""

import hashlib
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
VERSION = "4.26.0"
SHA256 = "0c26707e2efad8aa1bfc5b7ce170f3fccc2e4918ff85989ba9ffa9facb2be326"


def tools() -> Path:
    return Path(os.environ.get("XZEPR_TOOLS") or Path.home() / ".cache/xzepr-tools")


def suite() -> Path:
    """The suite's folder, with `tests` and `remotes` in it."""
    kept = tools() / f"json-schema-test-suite-{VERSION}"
    if kept.is_dir():
        return kept
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
        pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", "jsonschema", "-d", folder]
        subprocess.run([*pip, f"jsonschema=={VERSION}"], check=True, stdin=subprocess.DEVNULL)
        archive = Path(folder) / f"jsonschema-{VERSION}.tar.gz"
        if hashlib.sha256(archive.read_bytes()).hexdigest() != SHA256:
            raise SystemExit(f"run_suite: {archive.name} is not the one that was pinned")
        with tarfile.open(archive) as packed:
            inside = f"jsonschema-{VERSION}/json/"
            packed.extractall(folder, [m for m in packed if m.name.startswith(inside) and ".." not in m.name])
        (Path(folder) / inside).rename(kept)
    return kept


def main() -> int:
    binary = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build/dev/tests/schema_suite"
    return subprocess.run([binary, suite(), HERE / "exceptions.txt"]).returncode


if __name__ == "__main__":
    sys.exit(main())
