"""Which web pages may call the API, on a real server (security rows G01, G02)."""

import pytest

from support.api import Api

APP = "https://app.example.com"

PATHS = ["/health/live", "/api/v1/events", "/nowhere", "/openapi.json", "/docs"]


@pytest.fixture
def client(make_server):
    server = make_server("sqlite", XZEPR__SECURITY__CORS__ALLOWED_ORIGINS=APP, XZEPR__SECURITY__CORS__ALLOWED_METHODS="GET,POST", XZEPR__SECURITY__CORS__MAX_AGE="600").start()
    api = Api(server.port)
    yield api
    api.close()


@pytest.mark.parametrize("origin", ["https://evil.example", "null", APP + ".evil.com", APP + ":443", APP.upper(), "http://app.example.com"])
def test_G01_a_page_of_another_origin_reads_no_answer(client, origin):
    for path in PATHS:
        answer = client.send("GET", path, headers={"Origin": origin})
        assert not [name for name in answer.headers if name.lower().startswith("access-control-")], path
        assert "Origin" in answer.headers.get_all("Vary"), path


def test_G01_a_page_of_an_admitted_origin_reads_every_answer(client):
    for path in PATHS:
        answer = client.send("GET", path, headers={"Origin": APP})
        assert answer.headers["Access-Control-Allow-Origin"] == APP, path
        assert answer.headers["Access-Control-Allow-Credentials"] == "true", path


def preflight(client, origin, method, headers=""):
    asked = {"Origin": origin, "Access-Control-Request-Method": method}
    return client.send("OPTIONS", "/api/v1/events", headers=asked | ({"Access-Control-Request-Headers": headers} if headers else {}))


def test_G02_a_preflight_for_what_is_not_listed_is_refused(client):
    may = preflight(client, APP, "POST", "content-type, x-api-key")
    assert (may.status, may.headers["Access-Control-Max-Age"]) == (204, "600")
    for origin, method, headers in [("https://evil.example", "POST", ""), (APP, "DELETE", ""), (APP, "POST", "x-evil")]:
        refused = preflight(client, origin, method, headers)
        assert refused.status == 403
        assert refused.json["code"] == "cors_refused"
        assert "Access-Control-Allow-Methods" not in refused.headers
