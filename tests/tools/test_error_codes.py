"""Every code that the server says is in the table of codes, and the table has no code that nobody says."""

import re

from conftest import ROOT

SAYS = re.compile(
    r'\.code = "(\w+)"'
    r'|\b(?:not_found|conflict|absent|item_conflict)\(\s*"(\w+)"'
    r'|[({]\s*\d{3},\s*"([a-z_]+)"'
    r'|\bcode_of_\w+ = "(\w+)"',
)
# What only the command line says: no answer of the server holds it.
CLIENT_FOLDERS = ("src/cli/", "src/client/", "src/app/")
# Of the configuration, of migrations and of reading the answers of others: told on a terminal only; and of sending to
# others, told in words in what a webhook's delivery shows.
LOCAL_CODES = {"config_invalid", "schema_newer", "schema_changed", "server_unreachable", "address_refused", "header_invalid", "sender_stopped"}


def table() -> set[str]:
    text = (ROOT / "src/api/error_codes.hpp").read_text(encoding="utf-8")
    return set(re.findall(r'^    \{"(\w+)", \d{3}', text, re.MULTILINE))


def said() -> dict[str, str]:
    found = {}
    for path in sorted((ROOT / "src").rglob("*.[ch]pp")):
        shown = str(path.relative_to(ROOT))
        if shown.startswith(CLIENT_FOLDERS) or path.stem.endswith("_test") or path.stem.startswith("error_"):
            continue
        for match in SAYS.finditer(path.read_text(encoding="utf-8")):
            found.setdefault(next(filter(None, match.groups())), shown)
    return found


def test_every_code_that_is_said_is_in_the_table():
    missing = {code: where for code, where in said().items() if code not in table() | LOCAL_CODES}
    assert missing == {}, "add them to src/api/error_codes.hpp and the error texts beside it"


def test_no_code_in_the_table_is_never_said():
    everything = "\n".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.[ch]pp")
        if not path.stem.startswith("error_") and not path.stem.endswith("_test")
    )
    # A route that may answer with a code is no proof that somebody says it.
    everything = re.sub(r"\.refusals = \{.*?\}(?=,\n|\})", "", everything, flags=re.DOTALL)
    assert [code for code in sorted(table()) if f'"{code}"' not in everything] == []
