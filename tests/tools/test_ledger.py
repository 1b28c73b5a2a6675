"""The ledger must see each kind of broken promise, or the fault tests prove nothing."""

import sys

import pytest

from conftest import ROOT  # noqa: I001

sys.path.insert(0, str(ROOT / "tests/e2e"))

from support.ledger import ACKED, Entry, Ledger  # noqa: E402


@pytest.fixture
def ledger():
    made = Ledger(["r"], "key", [1])
    for number in (1, 2):
        made.entries.append(Entry(f"k{number}", f"{made.prefix}-1", {}, ACKED, event_id=f"id{number}", position=number))
    return made


def stored(ledger, event_id, number):
    return {"id": event_id, "name": f"{ledger.prefix}-1", "payload": {"n": number}}


def test_what_was_acked_and_is_there_is_no_fault(ledger):
    others = {"id": "x", "name": "somebody-else", "payload": {}}
    assert ledger.faults([stored(ledger, "id1", 1), stored(ledger, "id2", 2), others]) == []


def test_a_lost_event_is_found(ledger):
    assert ["lost: k2 was acked as id2"] == ledger.faults([stored(ledger, "id1", 1)])


def test_an_event_stored_twice_is_found(ledger):
    found = ledger.faults([stored(ledger, "id1", 1), stored(ledger, "id2", 2), stored(ledger, "id3", 2)])
    assert found == ["twice: payload 2 is stored 2 times", "phantom: id3 was never acked"]


def test_a_position_told_twice_is_found(ledger):
    ledger.entries[1].position = 1
    assert ["position 1 was told 2 times"] == ledger.faults([stored(ledger, "id1", 1), stored(ledger, "id2", 2)])
