"""Rules of the sources that run in a browser."""

import re

from conftest import ROOT


def test_G07_no_page_keeps_a_secret_or_writes_html():
    sources = [path for folder in ("web",) for path in (ROOT / folder).rglob("*") if path.suffix in (".js", ".ts", ".svelte", ".html")]
    assert sources
    for path in sources:
        text = path.read_text(encoding="utf-8")
        for banned in (r"localStorage", r"sessionStorage", r"document\.cookie\s*=", r"\.innerHTML\s*=", r"insertAdjacentHTML", r"\beval\(", r"new Function"):
            assert not re.search(banned, text), f"{path.relative_to(ROOT)}: {banned}"
