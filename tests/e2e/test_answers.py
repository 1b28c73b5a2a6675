"""What every answer has, whatever the route (security rows F33, G06), and what the process shows of itself (G26)."""

import json
from pathlib import Path

from support.api import Api
from support.tokens import give_signing_key

TYPES = {"application/json", "application/problem+json", "application/x-ndjson", "text/event-stream", "text/html; charset=utf-8", "text/css; charset=utf-8",
         "text/javascript; charset=utf-8", "image/svg+xml", "text/plain; version=0.0.4; charset=utf-8"}


def test_F33_G06_every_answer_says_what_it_is_and_is_read_as_nothing_else(make_server):
    server = make_server("sqlite").start()
    api = Api(server.port, server.admin_key)
    paths = json.loads(api.get("/openapi.json").text)["paths"]
    assert len(paths) > 40
    for path in [*paths, "/nowhere", "/api/v1/events?colour=red"]:
        asked = path.replace("{id}", "x").replace("{artifact_id}", "x").replace("{user_id}", "x").replace("{code}", "internal").replace("{name}", "x").replace("{letter}", "x")
        if asked == "/api/v1/stream":
            asked += "?follow=false"
        for caller in (api, Api(server.port)):
            answer = caller.get(asked)
            headers = answer.headers
            assert headers["X-Content-Type-Options"] == "nosniff" and headers["X-Frame-Options"] == "DENY", asked
            assert "default-src 'self'" in headers["Content-Security-Policy"] and headers["Referrer-Policy"] == "no-referrer", asked
            assert "Server" not in headers, asked
            if answer.text:
                assert headers["Content-Type"] in TYPES, f"{asked}: {headers['Content-Type']}"
            if answer.status >= 400 and answer.text:
                assert headers["Content-Type"] == "application/problem+json", asked
                assert headers["Cache-Control"] == "no-store", asked


def test_G26_no_secret_is_on_a_command_line_or_in_a_file_that_others_read(make_server):
    server = make_server("sqlite")
    key = give_signing_key(server)
    server.start()
    shown = Path(f"/proc/{server.process.pid}/cmdline").read_text()
    assert server.admin_key not in shown and "BEGIN" not in shown
    assert key.stat().st_mode & 0o077 == 0
    for path in server.folder.glob("data/*"):
        assert path.stat().st_mode & 0o077 == 0, path
    server.stop()
    key.chmod(0o644)
    told = server.run("serve", "--config", str(server.config), check=False)
    assert told.returncode != 0 and "chmod 600" in told.stderr
