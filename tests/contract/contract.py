#!/usr/bin/env python3
"""The description of the API against itself and against a real server (security row F30: random input to every route).

contract.py --binary B lint                            openapi.json is OpenAPI 3.1 and clean by redocly's rules
contract.py --binary B fuzz --store S [--url URL] [--seconds N]     schemathesis finds no difference; by default a short,
                                                       repeatable run, with --seconds a random one of that length
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "runner"), str(HERE.parent / "e2e")]

from server import Server  # noqa: E402
from support.tokens import give_signing_key  # noqa: E402

EXAMPLES_SHORT = 8
SEED = 20_260_131


def tools() -> Path:
    done = subprocess.run([HERE / "install.sh"], stdout=subprocess.PIPE, text=True, check=True)
    return Path(done.stdout.strip())


def ask(server: Server, method: str, path: str, body: dict | None = None) -> dict:
    request = urllib.request.Request(
        server.url + path, json.dumps(body).encode() if body else None, method=method,
        headers={"Content-Type": "application/json", "X-API-Key": server.admin_key},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def furnish(server: Server):
    """What the examples of the description name, so that they meet something."""
    receiver = {"type": "dev.example.scan", "version": "1.2", "schema": {"type": "object"}}
    for name in ("sast-scan", "unit-tests"):
        ask(server, "POST", "/api/v1/receivers", {"name": name, **receiver})
    gate = {"name": "ready-to-ship", "type": "dev.example.gate", "version": "1"}
    ask(server, "POST", "/api/v1/groups", {**gate, "event_receiver_ids": ["sast-scan", "unit-tests"]})
    ask(server, "POST", "/api/v1/users", {"username": "ada", "password": "a long pass phrase"})
    event = {"version": "1.4.0", "release": "1", "platform_id": "linux-amd64", "package": "deb"}
    ask(server, "POST", "/api/v1/events", {"event_receiver": "sast-scan", "name": "my-app", **event})


def lint(server: Server, folder: Path) -> int:
    found = tools()
    document = folder / "openapi.json"
    document.write_bytes(urllib.request.urlopen(server.url + "/openapi.json", timeout=30).read())
    environment = {**os.environ, "PATH": f"{found}/py/bin:{os.environ['PATH']}", "REDOCLY_TELEMETRY": "off", "CI": "1",
                   "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}
    failed = 0
    # Redocly ends well with warnings; here they count.
    for command in (
        [found / "py/bin/openapi-spec-validator", "--schema", "3.1", document],
        [found / "npm/node_modules/.bin/redocly", "lint", "--config", HERE / "redocly.yaml", "--max-problems", "100", document],
    ):
        done = subprocess.run(command, env=environment, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        print(done.stdout)
        failed += done.returncode != 0 or "warning" in done.stdout.lower()
    print(f"{2 - failed} passed, {failed} failed")
    return int(failed > 0)


def fuzz(server: Server, folder: Path, seconds: int) -> int:
    found = tools()
    furnish(server)
    key = server.make_key("schemathesis", "admin")
    effort = ["--max-time", str(seconds)] if seconds else [
        "--max-examples", str(EXAMPLES_SHORT), "--seed", str(SEED), "--generation-deterministic"]
    # One worker: Python 3.11 counts the depth of a syntax tree for all threads together, and two of them fail now and then.
    command = [found / "py/bin/schemathesis", "--config-file", HERE / "schemathesis.toml", "run", server.url + "/openapi.json",
               "--checks", "all", "--continue-on-failure", "--workers", "1", "--request-timeout", "20", "--no-color", *effort]
    environment = {**os.environ, "XZEPR_CONTRACT_KEY": key, "SCHEMATHESIS_HOOKS": str(HERE / "hooks.py")}
    code = subprocess.run(command, env=environment, cwd=folder).returncode
    if not server.is_running():
        print(f"the server has ended:\n{server.output()[-4000:]}")
    failed = int(code != 0) + int(server.stop() != 0)
    print(f"{2 - failed} passed, {failed} failed")
    return int(failed > 0)


def main() -> int:
    parser = argparse.ArgumentParser(prog="contract.py")
    parser.add_argument("--binary", required=True)
    parser.add_argument("work", choices=("lint", "fuzz"))
    parser.add_argument("--store", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--url", default="", help="of a PostgreSQL database whose neighbours may be made")
    parser.add_argument("--seconds", type=int, default=0)
    options = parser.parse_args()
    server = Server(options.binary, options.store, options.url)
    give_signing_key(server)
    server.start()
    try:
        with tempfile.TemporaryDirectory(prefix="xzepr-contract-") as folder:
            if options.work == "lint":
                return lint(server, Path(folder))
            return fuzz(server, Path(folder), options.seconds)
    finally:
        server.remove()


if __name__ == "__main__":
    sys.exit(main())
