"""examples/cdevents and examples/github, run as their READMEs say; and all CDEvents schemas against events that are right
and events that are wrong in one place."""

import copy
import json
import os
import re
import subprocess

import pytest
from support.api import Api


def shell_of(root, binary, server):
    """A user's terminal: xzepr on the PATH, address and key in the environment."""
    environment = {**os.environ, "PATH": f"{binary.parent}:{os.environ['PATH']}", "XZEPR_URL": server.url, "XZEPR_API_KEY": server.admin_key}

    def run(command: str) -> str:
        done = subprocess.run(["bash", "-c", command], cwd=root, env=environment, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, f"{command}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    return run


def readme_commands(root, example: str, tmp_path) -> list[str]:
    text = (root / "examples" / example / "README.md").read_text()
    [block] = re.findall(r"^```\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [line.replace("/tmp/", f"{tmp_path}/") for line in block.splitlines()]


@pytest.mark.parametrize("example", ["cdevents", "github"])
def test_the_readme_runs_as_it_stands(root, binary, tmp_path, server, example):
    shell = shell_of(root, binary, server)
    for command in readme_commands(root, example, tmp_path):
        said = shell(command)
    assert "open" in said, said
    [events] = tmp_path.glob("*.ndjson")
    assert int(server.query("select count(*) from events")[0][0]) == events.read_text().count("\n")
    before = server.journal_rows()
    shell(f"examples/{example}/setup")
    assert server.journal_rows() == before, "setup may run twice"


# --- CDEvents, one place wrong ------------------------------------------------------------------------------------------


def resolve(schema: dict, path: list) -> dict:
    for key in path:
        schema = schema["properties"][key]
    return schema


def objects(value: dict, path: list):
    yield path
    for key, child in value.items():
        if isinstance(child, dict):
            yield from objects(child, [*path, key])


def at(value: dict, path: list):
    for key in path:
        value = value[key]
    return value


def mutations(schema: dict, event: dict):
    """(what, event that is wrong, pointer, keyword) for each thing that the schema asks for."""
    for path in objects({k: v for k, v in event.items() if k != "customData"}, []):
        rules = resolve(schema, path)
        where = "/payload" + "".join(f"/{key}" for key in path)
        for name in rules.get("required", []):
            wrong = copy.deepcopy(event)
            del at(wrong, path)[name]
            yield f"without {where}/{name}", wrong, f"{where}/{name}", "required"
        if rules.get("additionalProperties") is False:
            wrong = copy.deepcopy(event)
            at(wrong, path)["unexpected"] = 1
            yield f"with {where}/unexpected", wrong, f"{where}/unexpected", "additionalProperties"
        for name, rule in rules.get("properties", {}).items():
            here = at(event, path)
            if name not in here or name == "customData":
                continue
            broken = [("type", 7 if rule.get("type") != "integer" else "7")] if "type" in rule else []
            broken += [("enum", "no such thing")] if "enum" in rule else []
            broken += [("minLength", "")] if "minLength" in rule else []
            broken += [("format", "no such \\ thing")] if "format" in rule else []
            for keyword, value in broken:
                wrong = copy.deepcopy(event)
                at(wrong, path)[name] = value
                yield f"{where}/{name} = {value!r}", wrong, f"{where}/{name}", keyword
    wrong = {**event, "customData": 7}
    yield "customData = 7", wrong, "/payload/customData", "oneOf"


def test_each_cdevents_schema_finds_what_is_wrong_and_only_that(root, binary, make_server):
    server = make_server("sqlite").start()
    shell_of(root, binary, server)("examples/cdevents/setup")
    api = Api(server.port, server.admin_key)
    events = [json.loads(line) for line in (root / "examples/cdevents/sample.ndjson").read_text().splitlines()]
    schemas = [json.loads(path.read_text()) for path in sorted((root / "examples/cdevents/schemas").glob("*.json"))]
    assert len(schemas) == len(events) == 39
    by_type = {schema["properties"]["context"]["properties"]["type"]["enum"][0]: schema for schema in schemas}
    tried = 0
    for event in events:
        full = event["context"]["type"]
        receiver = "-".join(full.split(".")[2:4])
        answer = api.post(f"/api/v1/receivers/{receiver}/validate", {"payload": event})
        assert answer.status == 200 and answer.json["valid"] is True, f"{full}: {answer.text}"
        for what, wrong, pointer, keyword in mutations(by_type[full], event):
            answer = api.post(f"/api/v1/receivers/{receiver}/validate", {"payload": wrong})
            assert answer.status == 200, f"{full} {what}: {answer.text}"
            found = {(v["pointer"], v["keyword"]) for v in answer.json["violations"]}
            assert (pointer, keyword) in found, f"{full} {what}: {found}"
            assert {p for p, _ in found} == {pointer}, f"{full} {what}: something else was found too: {found}"
            tried += 1
    api.close()
    assert tried > 700, tried
