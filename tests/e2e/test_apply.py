"""Gates as code: apply and export against a real server, on both stores."""

import json
import os
import pty
import select
import subprocess
import threading

import pytest
from conftest import ROOT
from support.api import Api

RECEIVER = "kind: receiver\nname: {}\ntype: dev.test.{}\nversion: 1.0\n"
GATE = "kind: group\nname: {}\ntype: dev.test.gate\nversion: 1.0\nreceivers: [{}]\n"


@pytest.fixture
def cli(binary, server, tmp_path):
    def run(*arguments, code=0, data=None, key=None):
        environment = {k: v for k, v in os.environ.items() if not k.startswith("XZEPR")}
        environment |= {"XZEPR_URL": server.url, "XZEPR_API_KEY": key or server.admin_key, "HOME": str(tmp_path)}
        done = subprocess.run([binary, *arguments], input=data or "", capture_output=True, text=True, env=environment, cwd=tmp_path, timeout=60)
        assert done.returncode == code, f"{arguments}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    return run


def changes(done) -> list[str]:
    """"created receiver build" of each object, from -o json."""
    return [f"{one['change']} {one['kind']} {one['name']}" for one in json.loads(done.stdout)]


def apply(cli, *arguments, **options):
    return changes(cli("apply", *arguments, "-o", "json", **options))


def write(folder, **files):
    for name, text in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_suffix(".yaml").write_text(text)


def test_a_folder_is_applied_once_and_then_unchanged(cli, tmp_path):
    write(tmp_path / "set", b__gate=GATE.format("gate", "one, two@1.0"), a__one=RECEIVER.format("one", "one"), c=RECEIVER.format("two", "two"))
    (tmp_path / "set/.hidden").mkdir()
    (tmp_path / "set/.hidden/x.yaml").write_text("broken: [")
    (tmp_path / "set/readme.txt").write_text("no document")
    assert apply(cli, "-f", "set") == ["created receiver one", "created group gate", "created receiver two"]
    assert apply(cli, "-f", "set") == ["unchanged receiver one", "unchanged group gate", "unchanged receiver two"]
    assert json.loads(cli("group", "get", "gate", "-o", "json").stdout)["resource_version"] == 1


def test_export_and_apply_is_a_circle(cli, tmp_path):
    cli("apply", "-f", str(ROOT / "examples/gates"))
    odd = json.loads(cli("receiver", "create", "odd@name", "--type", "dev.test.odd", "--version", "1@2", "--disabled", "-o", "json").stdout)["id"]
    cli("receiver", "create", "yes", "--type", "no", "--version", "1.10", "--description", "two\nlines: [x]", "--format", "version=regex:^[0-9]+$")
    cli("group", "create", "null", "--receiver", odd, "--receiver", "yes", "--version", "1e3", "--disabled")
    for form in ("yaml", "json"):
        text = cli("export", "-o", form).stdout
        assert text == cli("export", "-o", form).stdout, "the order is stable"
        found = apply(cli, "-f", "-", data=text)
        assert len(found) == 8 and all(one.startswith("unchanged") for one in found), found
    assert [one["kind"] for one in json.loads(cli("export", "-o", "json").stdout)] == ["receiver"] * 5 + ["group"] * 3
    assert len(json.loads(cli("export", "--kind", "group", "--name", "null", "-o", "json").stdout)) == 1
    cli("export", "-o", "tsv", code=2)


def test_what_is_exported_makes_the_same_on_an_empty_server(binary, cli, make_server, tmp_path):
    cli("apply", "-f", str(ROOT / "examples/gates"))
    exported = cli("export").stdout
    other = make_server("sqlite").start()
    environment = {**os.environ, "XZEPR_URL": other.url, "XZEPR_API_KEY": other.admin_key, "HOME": str(tmp_path)}
    subprocess.run([binary, "apply", "-f", "-"], input=exported, text=True, env=environment, check=True, capture_output=True)
    again = subprocess.run([binary, "export"], text=True, env=environment, check=True, capture_output=True).stdout
    assert again == exported


def test_a_dry_run_shows_the_difference_and_changes_nothing(cli, tmp_path):
    write(tmp_path, one=RECEIVER.format("one", "one"))
    cli("apply", "-f", "one.yaml")
    write(tmp_path, one=RECEIVER.format("one", "one") + "description: new\n---\n" + RECEIVER.format("two", "two"))
    done = cli("apply", "-f", "one.yaml", "--dry-run")
    assert "--- receiver one@1.0 as it is\n+++ receiver one@1.0 as it would be\n@@ description @@\n" in done.stdout
    assert "-description: \"\"\n+description: new\n" in done.stdout and "+name: two\n" in done.stdout
    assert "a dry run: nothing was changed" in done.stderr
    cli("receiver", "get", "two", code=5)
    assert json.loads(cli("receiver", "get", "one", "-o", "json").stdout)["description"] == ""


def test_every_problem_is_shown_with_file_line_and_document_and_nothing_is_applied(cli, tmp_path):
    write(tmp_path, good=RECEIVER.format("good", "good"),
          bad=RECEIVER.format("bad", "b a d") + "schema:\n  type: object\n  properties:\n    n: {type: nothing}\n---\n" + GATE.format("gate", "good, nobody"))
    done = cli("apply", "-f", "good.yaml", "-f", "bad.yaml", code=6)
    assert done.stdout == ""
    assert "bad.yaml:3: document 1: /type: must not hold spaces" in done.stderr
    assert "bad.yaml:8: document 1: /schema/properties/n/type: " in done.stderr
    assert "bad.yaml:14: document 2: /receivers/1: " in done.stderr
    assert "error request_invalid: 3 problems in 3 documents; nothing was changed" in done.stderr
    cli("receiver", "get", "good", code=5)


def test_faults_of_the_files_themselves_are_all_shown_and_nothing_is_sent(cli, tmp_path):
    write(tmp_path, a="kind: receiver\nname: true\n", b="x: 1\nx: 2\n")
    (tmp_path / "c.json").write_text("[{]")
    (tmp_path / "bomb.yaml").write_text("a: &a [x]\n" + "".join(f"{chr(c)}: &{chr(c)} [{','.join(['*' + chr(c - 1)] * 9)}]\n" for c in range(98, 123)))
    done = cli("apply", "-f", ".", code=6)
    assert "a.yaml:2: document 1: /name: must be text; put it in quotes: \"true\"" in done.stderr
    assert 'b.yaml:2: document 1: the key "x" stands here twice' in done.stderr
    assert "c.json: " in done.stderr and "more than 200000 values" in done.stderr
    cli("apply", "-f", "missing.yaml", code=2)
    (tmp_path / "empty").mkdir()
    cli("apply", "-f", "empty", code=2)
    cli("apply", code=2)


def test_prune_removes_what_is_mine_and_in_no_file(cli, server, tmp_path):
    write(tmp_path / "set", one=RECEIVER.format("one", "one"), two=RECEIVER.format("two", "two"), gate=GATE.format("gate", "one"), old=GATE.format("old", "two"))
    key = json.loads(cli("admin", "key", "create", "--user", "ci", "--role", "event_manager", "-o", "json").stdout)["key"]
    cli("receiver", "create", "foreign", "--type", "dev.test.foreign")
    cli("apply", "-f", "set", key=key)
    cli("event", "post", "one", "app", "1", key=key)
    for gone in ("gate", "old", "two", "one"):
        (tmp_path / f"set/{gone}.yaml").unlink()
    write(tmp_path / "set", three=RECEIVER.format("three", "three"))
    refused = cli("apply", "-f", "set", "--prune", code=2, key=key)
    assert "--yes" in refused.stderr
    expected = ["created receiver three", "disabled group gate", "deleted group old", "disabled receiver one", "deleted receiver two"]
    assert apply(cli, "-f", "set", "--prune", "--dry-run", key=key) == expected
    assert apply(cli, "-f", "set", "--prune", "--yes", key=key) == expected
    assert apply(cli, "-f", "set", "--prune", "--yes", key=key) == ["unchanged receiver three"]
    assert json.loads(cli("receiver", "get", "one", "-o", "json").stdout)["enabled"] is False
    cli("receiver", "get", "two", code=5)
    cli("receiver", "get", "foreign")


def answer_on_a_terminal(binary, server, tmp_path, answer: str) -> tuple[int, str]:
    ours, theirs = pty.openpty()
    environment = {**os.environ, "XZEPR_URL": server.url, "XZEPR_API_KEY": server.admin_key, "HOME": str(tmp_path)}
    process = subprocess.Popen([binary, "apply", "-f", "set", "--prune"], stdin=theirs, stdout=theirs, stderr=theirs, env=environment, cwd=tmp_path)
    os.close(theirs)
    said = ""
    while True:
        ready, _, _ = select.select([ours], [], [], 30)
        assert ready, said
        try:
            part = os.read(ours, 4096).decode()
        except OSError:
            break
        said += part
        if "[y/N] " in said and answer:
            os.write(ours, f"{answer}\n".encode())
            answer = ""
    os.close(ours)
    return process.wait(30), said


def test_prune_asks_on_a_terminal(binary, server, cli, tmp_path):
    write(tmp_path / "set", one=RECEIVER.format("one", "one"), two=RECEIVER.format("two", "two"))
    cli("apply", "-f", "set")
    (tmp_path / "set/two.yaml").unlink()
    code, said = answer_on_a_terminal(binary, server, tmp_path, "n")
    assert code == 1 and "deleted receiver two@1.0" in said and "Nothing was changed" in said
    cli("receiver", "get", "two")
    code, said = answer_on_a_terminal(binary, server, tmp_path, "y")
    assert code == 0, said
    cli("receiver", "get", "two", code=5)


def test_two_appliers_at_once_both_end_with_what_they_said(server, tmp_path):
    documents = [{"kind": "receiver", "name": f"r{i}", "type": "dev.test.r", "version": "1"} for i in range(20)]
    answers = []

    def run(tag: str):
        api = Api(server.port, server.admin_key)
        for turn in range(10):
            own = [{"kind": "group", "name": f"g-{tag}", "type": "dev.test.g", "version": "1", "description": str(turn), "receivers": [f"r{turn}"]}]
            answers.append(api.post("/api/v1/apply", {"documents": documents + own}).status)
        api.close()

    threads = [threading.Thread(target=run, args=(tag,)) for tag in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 20
    api = Api(server.port, server.admin_key)
    groups = {one["name"]: one for one in api.every("/api/v1/groups")}
    assert len(list(api.every("/api/v1/receivers"))) == 20
    assert {name: one["description"] for name, one in groups.items()} == {"g-a": "9", "g-b": "9"}
    api.close()


def test_a_set_of_a_thousand_is_one_change(server):
    api = Api(server.port, server.admin_key)
    documents = [{"kind": "receiver", "name": f"r{i}", "type": "dev.test.r", "version": "1"} for i in range(900)]
    documents += [{"kind": "group", "name": f"g{i}", "type": "dev.test.g", "version": "1", "receivers": [f"r{i}", f"r{i + 1}"]} for i in range(100)]
    answer = api.post("/api/v1/apply", {"documents": documents})
    assert answer.status == 200 and {one["change"] for one in answer.json["data"]} == {"created"}
    documents.append(documents[0] | {"name": "one-more"})
    assert api.post("/api/v1/apply", {"documents": documents}).status == 413
    api.close()
