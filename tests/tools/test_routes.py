"""Every route that asks for a permission has a case in which somebody without it is refused. The list of those without
one must stay empty."""

import re
from pathlib import Path

import case_file
import route_list
from case_file import As, ExpectStatus, Request
from conftest import ROOT

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
    known = [(method, template) for method, template, permission in route_list.routes(ROOT) if permission != "none"]
    assert len(known) > 20, "the routes could not be read"
    untried = [
        f"{method} {template}" for method, template in known
        if not any(m == method and re.fullmatch(re.sub(r"\{[^}]*\}", "[^/]+", template), p) for m, p in tried)
    ]
    assert untried == []
