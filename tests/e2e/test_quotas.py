"""G28: one owner fills its places and finds no more. Another's places are its own."""

import pytest
from support.api import Api

RECEIVERS, GROUPS, AT_ONCE = 10_000, 2_000, 1_000


def receiver(number: int) -> dict:
    return {"kind": "receiver", "name": f"r-{number}", "type": "test.receiver", "version": "1"}


def group(number: int) -> dict:
    return {"kind": "group", "name": f"g-{number}", "type": "test.gate", "version": "1", "receivers": [f"r-{number}"]}


def apply(api: Api, documents: list[dict], status: int = 200) -> dict:
    return api.must(status, "POST", "/api/v1/apply", {"documents": documents})


@pytest.fixture
def owner(server):
    api = Api(server.port, server.make_key("owner", "event_manager"), timeout=120)
    yield api
    api.close()


def test_G28_an_owner_has_so_many_receivers_and_groups_and_no_more(owner, client):
    for start in range(0, RECEIVERS, AT_ONCE):
        apply(owner, [receiver(number) for number in range(start, start + AT_ONCE)])
    for start in range(0, GROUPS, AT_ONCE):
        apply(owner, [group(number) for number in range(start, start + AT_ONCE)])
    more = {"name": "more", "type": "test.more", "version": "1"}
    for path, body, code in (
        ("/api/v1/receivers", {**more, "schema": {}}, "receivers_too_many"),
        ("/api/v1/groups", {**more, "event_receiver_ids": ["r-0"]}, "groups_too_many"),
    ):
        refused = owner.post(path, body)
        assert (refused.status, refused.json["code"]) == (409, code)
    refused = apply(owner, [receiver(0), receiver(RECEIVERS)], 409)
    assert refused["code"] == "receivers_too_many" and [one["pointer"] for one in refused["violations"]] == ["/documents/1"]
    client.make_receiver("of-another")
    owner.must(204, "DELETE", f"/api/v1/receivers/r-{GROUPS}")
    owner.must(204, "DELETE", "/api/v1/groups/g-0")
    owner.must(201, "POST", "/api/v1/receivers", {**more, "schema": {}})
    owner.must(201, "POST", "/api/v1/groups", {**more, "event_receiver_ids": ["r-0"]})
