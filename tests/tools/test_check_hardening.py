"""check_hardening.py on what readelf says of a sound binary, with one thing wrong at a time."""

import check_hardening
import pytest

HEADER = "  Type:                              DYN (Position-Independent Executable file)\n"
SEGMENTS = """\
  LOAD           0x000000 0x0000000000000000 0x0000000000000000 0x000900 0x000900 R   0x1000
  LOAD           0x001000 0x0000000000001000 0x0000000000001000 0x000900 0x000900 R E 0x1000
  GNU_STACK      0x000000 0x0000000000000000 0x0000000000000000 0x000000 0x000000 RW  0x1
  GNU_RELRO      0x002000 0x0000000000002000 0x0000000000002000 0x000260 0x001000 R   0x1
"""
DYNAMIC = " 0x1e (FLAGS)              BIND_NOW\n 0x6ffffffb (FLAGS_1)            Flags: NOW NOOPEN PIE\n"
SYMBOLS = "FUNC GLOBAL DEFAULT UND __memcpy_chk@GLIBC_2.3.4\nFUNC GLOBAL DEFAULT UND __stack_chk_fail@GLIBC_2.4\n"


def test_a_sound_binary_passes():
    assert check_hardening.faults(HEADER, SEGMENTS, DYNAMIC, SYMBOLS, 1000) == []


@pytest.mark.parametrize(
    "index, old, new, said",
    [
        (0, "DYN", "EXEC", "position-independent"),
        (2, "BIND_NOW", "", "bound late"),
        (1, "GNU_RELRO", "NOTE", "writable"),
        (1, "RW  0x1", "RWE 0x1", "stack is executable"),
        (2, " 0x1e", " 0x1d (RUNPATH) Library runpath: [/x]\n 0x1e", "run path"),
        (1, "R E 0x1000", "RWE 0x1000", "writable and executable"),
        (3, "__memcpy_chk", "memcpy", "fortified"),
        (3, "__stack_chk_fail", "x", "stack protector"),
    ],
)
def test_each_missing_flag_is_named(index, old, new, said):
    parts = [HEADER, SEGMENTS, DYNAMIC, SYMBOLS]
    if old == "BIND_NOW":
        parts[2] = parts[2].replace("NOW NOOPEN", "NOOPEN")
    parts[index] = parts[index].replace(old, new)
    found = check_hardening.faults(*parts, 1000)
    assert len(found) == 1 and said in found[0]


def test_missing_branch_targets_are_named():
    assert "branch targets" in check_hardening.faults(HEADER, SEGMENTS, DYNAMIC, SYMBOLS, 3)[0]
