#!/usr/bin/env python3
"""Reads a released binary with readelf and fails when a hardening flag did not arrive in it.

The IBT and SHSTK property of the whole file cannot be asked for: Debian's start-up objects are built without it, and
the linker keeps only what all objects have. So the branch targets themselves are looked for.
"""

import re
import subprocess
import sys
from pathlib import Path

ENDBR64 = b"\xf3\x0f\x1e\xfa"


def readelf(flags: str, binary: Path) -> str:
    return subprocess.run(["readelf", flags, str(binary)], capture_output=True, text=True, check=True).stdout


def faults(header: str, segments: str, dynamic: str, symbols: str, branch_targets: int) -> list[str]:
    flags = " ".join(re.findall(r"\((?:FLAGS|FLAGS_1)\)\s*(.*)", dynamic))
    stack = re.search(r"GNU_STACK\s+(?:0x[0-9a-f]+\s+){5}(\S+(?: \S)?)\s", segments)
    checks = [
        (re.search(r"Type:\s+DYN", header) and "PIE" in flags, "not position-independent: -fPIE and -pie"),
        (re.search(r"\bNOW\b|BIND_NOW", flags), "symbols are bound late: -Wl,-z,now"),
        ("GNU_RELRO" in segments, "relocations stay writable: -Wl,-z,relro"),
        (stack and "E" not in stack.group(1), "the stack is executable: -Wl,-z,noexecstack"),
        (not re.search(r"\b(?:RPATH|RUNPATH)\b", dynamic), "has a run path: drop it"),
        (not re.search(r"LOAD(?:\s+0x[0-9a-f]+){5}\s+RWE", segments), "a segment is writable and executable: -Wl,-z,separate-code"),
        (not re.search(r"\bTEXTREL\b", dynamic), "has text relocations: -fPIE"),
        (re.search(r"__\w+_chk\b", symbols), "no fortified call: -O2 -D_FORTIFY_SOURCE=3"),
        (re.search(r"__stack_chk_fail\b", symbols), "no stack protector: -fstack-protector-strong"),
        (branch_targets > 100, f"only {branch_targets} branch targets: -fcf-protection=full"),
    ]
    return [message for passed, message in checks if not passed]


def main() -> int:
    if len(sys.argv) != 2:
        print("usage: check_hardening.py BINARY", file=sys.stderr)
        return 2
    binary = Path(sys.argv[1])
    found = faults(
        readelf("-hW", binary),
        readelf("-lW", binary),
        readelf("-dW", binary),
        readelf("--dyn-syms", binary) + readelf("-sW", binary),
        binary.read_bytes().count(ENDBR64),
    )
    print("\n".join(f"{binary}: {fault}" for fault in found) if found else f"hardening: {binary} has all of it")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
