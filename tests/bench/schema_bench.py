#!/usr/bin/env python3
"""Validation beside Python's jsonschema and npm's ajv on the same parsed documents, in one run; prints a table.

  scripts/build release schema_bench && python3 tests/bench/schema_bench.py

Documents: a payload of three typed properties, and the 39 CDEvents of examples/cdevents. Formats are annotations for all
three; the last column is ours with formats asserted, as receivers have them. node and npm must be on the PATH.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
TOOLS = Path(os.environ.get("XZEPR_TOOLS") or Path.home() / ".cache/xzepr-tools")
JSONSCHEMA, AJV = "4.26.0", "8.20.0"
SECONDS = 0.2

THREE = (
    {"type": "object", "properties": {"critical_count": {"type": "integer"}, "scanner": {"type": "string"}, "passed": {"type": "boolean"}}},
    {"critical_count": 0, "scanner": "trivy", "passed": True},
)


def write_documents(folder: Path):
    (folder / "three.schema.json").write_text(json.dumps(THREE[0]))
    (folder / "three.json").write_text(json.dumps(THREE[1]))
    events = {}
    for line in (ROOT / "examples/cdevents/sample.ndjson").read_text().splitlines():
        event = json.loads(line)
        events[event["context"]["type"]] = event
    for path in (ROOT / "examples/cdevents/schemas").glob("*.json"):
        schema = json.loads(path.read_text())
        [full] = schema["properties"]["context"]["properties"]["type"]["enum"]
        (folder / f"cdevents-{path.stem}.schema.json").write_text(json.dumps(schema))
        (folder / f"cdevents-{path.stem}.json").write_text(json.dumps(events[full]))


def python_environment() -> Path:
    folder = TOOLS / f"jsonschema-{JSONSCHEMA}"
    if not (folder / "bin/jsonschema").exists():
        venv.create(folder, with_pip=True)
        subprocess.run([folder / "bin/pip", "install", "-q", f"jsonschema=={JSONSCHEMA}"], check=True)
    return folder / "bin/python"


def node_modules() -> Path:
    folder = TOOLS / f"ajv-{AJV}"
    if not (folder / "node_modules/ajv").is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text(json.dumps({"private": True, "dependencies": {"ajv": AJV}}))
        subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund"], cwd=folder, check=True)
    return folder


def measure_ours(folder: Path) -> dict[str, float]:
    command = [ROOT / "build/release/bench/schema_bench", folder, "--benchmark_format=json", f"--benchmark_min_time={SECONDS}"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return {row["name"]: row["cpu_time"] for row in json.loads(said)["benchmarks"]}


def measure_ajv(folder: Path) -> dict[str, float]:
    command = ["node", Path(__file__).with_name("ajv_bench.mjs"), folder, node_modules()]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def measure_python(folder: Path) -> dict[str, float]:
    said = subprocess.run([python_environment(), __file__, "--inside", folder], check=True, capture_output=True, text=True).stdout
    return json.loads(said)


def inside(folder: Path):
    """Runs in the environment that has jsonschema."""
    from jsonschema import Draft202012Validator
    out = {}
    for path in sorted(folder.glob("*.schema.json")):
        name = path.name.removesuffix(".schema.json")
        validator = Draft202012Validator(json.loads(path.read_text()))
        document = json.loads((folder / f"{name}.json").read_text())
        assert validator.is_valid(document), name
        rounds, started = 0, time.perf_counter()
        while time.perf_counter() - started < SECONDS:
            for _ in range(20):
                validator.is_valid(document)
            rounds += 20
        out[name] = (time.perf_counter() - started) / rounds * 1e9
    print(json.dumps(out))


def main():
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        write_documents(folder)
        ours, ajv, python = measure_ours(folder), measure_ajv(folder), measure_python(folder)
    print("| documents | ours ns | jsonschema ns | ratio | ajv ns | ratio | ours asserted ns |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    names = [name for name in ours if "/" not in name]
    for title, chosen in (("three properties", ["three"]), ("CDEvents, mean of 39", [n for n in names if n != "three"])):
        mean = [statistics.mean(side[n] for n in chosen) for side in (ours, python, ajv)]
        asserted = statistics.mean(ours[f"{n}/asserted"] for n in chosen)
        print(f"| {title} | {mean[0]:,.0f} | {mean[1]:,.0f} | {mean[1] / mean[0]:,.0f} | {mean[2]:,.0f} | {mean[2] / mean[0]:.2f} | {asserted:,.0f} |")
    slowest = max((n for n in names if n != "three"), key=ours.get)
    print(f"slowest CDEvent: {slowest}, {ours[slowest]:,.0f} ns")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--inside"]:
        inside(Path(sys.argv[2]))
    else:
        main()
