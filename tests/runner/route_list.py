"""The server's routes, read from where they are written."""

import re
from pathlib import Path

_ROUTE = re.compile(
    r"\.method = http::Method::(\w+),\s*\.path = (\"[^\"]+\"|\w+),\s*\.demand = identity::Permission::(\w+)"
)


def routes(root: Path) -> list[tuple[str, str, str]]:
    """(method, template, permission) of every route."""
    found = []
    for path in sorted((root / "src/api").rglob("*_routes.cpp")):
        text = path.read_text(encoding="utf-8")
        for method, template, permission in _ROUTE.findall(text):
            if not template.startswith('"'):
                template = re.search(rf"string_view {template} = (\"[^\"]+\")", text).group(1)
            found.append((method.rstrip("_").upper(), template.strip('"'), permission))
    return found
