"""Token buckets as a client sees them: tiers, a key's own rate, headers, and what is never limited."""

import pytest
from support.api import Api

SLOW = """\
security: {rate_limit: {anonymous_rpm: 10, authenticated_rpm: 20, admin_rpm: 1000, per_endpoint: {/api/v1/groups: 3}}}
"""


@pytest.fixture
def limited(make_server):
    server = make_server("sqlite")
    text = server.config.read_text()
    begin = text.index("security:")
    end = text.index("telemetry:")
    server.config.write_text(text[:begin] + SLOW + text[end:])
    return server.start()


def statuses(api: Api, path: str, count: int) -> list[int]:
    return [api.get(path).status for _ in range(count)]


def test_each_tier_has_its_rate(limited):
    viewer = Api(limited.port, limited.make_key("viewer", "event_viewer"))
    assert statuses(viewer, "/api/v1/events", 25).count(200) in (20, 21)
    anonymous = Api(limited.port)
    assert statuses(anonymous, "/api/v1/events", 15).count(401) in (10, 11)
    admin = Api(limited.port, limited.admin_key)
    assert set(statuses(admin, "/api/v1/events", 100)) == {200}


def test_a_keys_own_rate_replaces_its_tier(limited):
    api = Api(limited.port, limited.make_key("robot", "event_viewer", rpm=5))
    assert statuses(api, "/api/v1/events", 10).count(200) in (5, 6)


def test_an_endpoint_has_a_rate_besides(limited):
    api = Api(limited.port, limited.admin_key)
    assert statuses(api, "/api/v1/groups", 6).count(200) in (3, 4)
    assert api.get("/api/v1/events").status == 200


def test_F15_headers_say_where_one_stands(limited):
    api = Api(limited.port, limited.make_key("viewer", "event_viewer", rpm=3))
    first = api.get("/api/v1/events")
    assert first.headers["X-RateLimit-Limit"] == "3" and first.headers["X-RateLimit-Remaining"] == "2"
    assert int(first.headers["X-RateLimit-Reset"]) >= 1 and first.headers["RateLimit"]
    for _ in range(5):
        last = api.get("/api/v1/events")
    assert last.status == 429 and last.json["code"] == "rate_limited"
    assert int(last.headers["Retry-After"]) >= 1 and last.headers["X-RateLimit-Remaining"] == "0"


def test_F13_F14_neither_a_guessed_key_nor_a_forwarded_address_chooses_the_bucket(limited):
    api = Api(limited.port, "xzepr_" + "a" * 36)
    seen = []
    for number in range(15):
        api.key = f"xzepr_{number:036d}"
        seen.append(api.get("/api/v1/events", headers={"X-Forwarded-For": f"192.0.2.{number}"}).status)
    assert seen.count(401) in (10, 11) and 429 in seen


def test_health_is_never_limited(limited):
    api = Api(limited.port)
    for path in ("/health", "/health/live", "/health/ready"):
        assert set(statuses(api, path, 30)) == {200}


FORWARDED = ["192.0.2.{n}", "192.0.2.{n}, 198.51.100.7", "2001:db8::{n}", "garbage {n}", "{n}" * 3000, "127.0.0.1", "::ffff:192.0.2.{n}", '"192.0.2.{n}:80"', ", ,", "unknown"]


def test_F13_a_forwarded_address_counts_only_from_a_trusted_proxy(limited):
    seen = []
    for number in range(20):
        api = Api(limited.port)  # a connection of its own each time
        header = FORWARDED[number % len(FORWARDED)].replace("{n}", str(number))
        seen.append(api.get("/api/v1/events", headers={"X-Forwarded-For": header[:7000], "X-Real-IP": f"192.0.2.{number}", "Forwarded": f"for=192.0.2.{number}"}).status)
        api.close()
    assert seen.count(401) in (10, 11) and seen[-1] == 429


def test_F14_another_spelling_of_a_path_has_no_bucket_of_its_own(limited):
    spellings = ["/api/v1/groups", "/api/v1/groups?limit=1", "/api/v1/groups?limit=2", "/api/v1/groups/nobody", "/api/v1/groups/other"]
    api = Api(limited.port, limited.admin_key)
    seen = [api.get(spellings[number % len(spellings)]).status for number in range(10)]
    assert seen.count(429) in (6, 7), seen


def test_F14_many_connections_share_one_bucket(limited):
    key = limited.make_key("robot", "event_viewer", rpm=5)
    apis = [Api(limited.port, key) for _ in range(12)]
    assert [api.get("/api/v1/events").status for api in apis].count(200) in (5, 6)
    for api in apis:
        api.close()
