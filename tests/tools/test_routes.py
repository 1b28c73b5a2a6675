"""Every route that asks for a permission has a case in which somebody without it is refused. The list of those without
one must stay empty."""

import re
from pathlib import Path

import case_file
from case_file import As, ExpectStatus, Request
from conftest import ROOT

ROUTE = re.compile(r"\{\s*\.method = http::Method::(\w+),\s*\.path = (\"[^\"]+\"|\w+),\s*\.demand = identity::Permission::(\w+)", re.DOTALL)


def routes() -> list[tuple[str, str]]:
    """(method, template) of every route with a permission."""
    found = []
    for path in sorted((ROOT / "src/api/rest").glob("*_routes.cpp")):
        text = path.read_text(encoding="utf-8")
        for method, template, permission in ROUTE.findall(text):
            if not template.startswith('"'):
                template = re.search(rf"string_view {template} = (\"[^\"]+\")", text).group(1)
            if permission != "none":
                found.append((method.rstrip("_").upper(), template.strip('"')))
    return found


def refusals(path: Path):
    """(method, path) of every request in a case that is refused to somebody for who he is."""
    caller = "writer"
    for step in case_file.parse(path, path.read_text(encoding="utf-8")).steps:
        if isinstance(step, As):
            caller = step.name
        elif isinstance(step, Request) and caller in ("anonymous", "viewer", "user", "user2"):
            if any(isinstance(e, ExpectStatus) and e.status in (401, 403) for e in step.expectations):
                yield step.method, step.path.split("?")[0]


def test_every_route_with_a_permission_is_refused_to_somebody_in_a_case():
    tried = {request for path in (ROOT / "tests/cases").rglob("*.case") for request in refusals(path)}
    known = routes()
    assert len(known) > 20 or not (ROOT / "src/api/rest").glob("*_routes.cpp"), "the routes could not be read"
    untried = [
        f"{method} {template}" for method, template in known
        if not any(m == method and re.fullmatch(re.sub(r"\{[^}]*\}", "[^/]+", template), p) for m, p in tried)
    ]
    assert untried == []
