"""What users rely on by name: metrics, the help of each verb, configuration keys, routes, the description of the API. Each is compared with its file
in tests/golden/; XZEPR_UPDATE_GOLDEN=1 writes what is found, and the change is then read as any other."""

import json
import os
import re
import subprocess

import pytest
import route_list
from support.api import Api


def compare(root, name: str, found: str):
    path = root / "tests/golden" / name
    if os.environ.get("XZEPR_UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(found)
    assert path.exists(), f"no {path}: XZEPR_UPDATE_GOLDEN=1 makes it"
    assert found == path.read_text(), f"{name} has changed: if that is meant, XZEPR_UPDATE_GOLDEN=1 and a line in CHANGELOG.md"


def said(binary, *arguments) -> str:
    return subprocess.run([binary, *arguments], capture_output=True, text=True, timeout=30, check=True).stdout


def commands_of(help_text: str) -> list[str]:
    """The names in the Commands section of a help text."""
    listed = re.search(r"^(?:Sub)?[Cc]ommands:\n((?:  .*\n?)+)", help_text, re.MULTILINE | re.IGNORECASE)
    return re.findall(r"^  ([a-z-]+)", listed.group(1), re.MULTILINE) if listed else []


def help_of(binary, *verbs) -> str:
    text = said(binary, *verbs, "--help")
    below = "".join(help_of(binary, *verbs, verb) for verb in commands_of(text))
    return f"$ xzepr {' '.join((*verbs, '--help'))}\n{text}\n{below}"


def test_help(root, binary):
    compare(root, "help.txt", help_of(binary))


def test_configuration_reference(root, binary):
    compare(root, "configuration.md", said(binary, "config", "reference"))


@pytest.fixture(scope="module")
def metrics(binary):
    from server import Server

    server = Server(binary, "sqlite").start()
    api = Api(server.port, server.admin_key)
    receiver = api.make_receiver("r")
    api.make_group("g", [receiver])
    api.post_event(receiver, "a")
    text = api.get("/metrics").text
    api.close()
    server.remove()
    return text


@pytest.fixture(scope="module")
def openapi(binary):
    from server import Server

    server = Server(binary, "sqlite").start()
    api = Api(server.port)
    document = api.get("/openapi.json").json
    api.close()
    server.remove()
    return document


def test_metric_names(root, metrics):
    names = sorted(set(re.findall(r"^# TYPE (\S+ \S+)$", metrics, re.MULTILINE)))
    compare(root, "metrics.txt", "\n".join(names) + "\n")


def test_description_of_the_api(root, openapi):
    compare(root, "openapi.json", json.dumps(openapi, indent=1, ensure_ascii=False) + "\n")


def test_routes_description_and_permissions_are_one_d11(root, openapi):
    described = {
        (method.upper(), path, operation["x-permission"])
        for path, operations in openapi["paths"].items() for method, operation in operations.items()
    }
    assert described == set(route_list.routes(root))
    listed = (root / "tests/golden/routes.txt").read_text().splitlines()
    assert sorted(f"{path} {method} {permission}" for method, path, permission in described) == listed


def test_routes(root):
    lines = sorted(f"{template} {method} {permission}" for method, template, permission in route_list.routes(root))
    compare(root, "routes.txt", "\n".join(lines) + "\n")
