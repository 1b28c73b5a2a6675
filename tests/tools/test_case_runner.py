"""The case grammar, the matcher, and that every committed case can be read."""

from pathlib import Path

import case_file
import pytest
from case_file import As, CaseError, ExpectHeader, ExpectJournal, ExpectStatus, ExpectText, GivenGroup, GivenReceiver, Request
from match import Unknown, Variables, differences

CASE = """\
# an event is accepted
# and a comment
given receiver build {"type": "object",
  "required": ["a"]}
given group gate of build
as user
POST /api/v1/events {"event_receiver_id": "$build",
  "name": "x"}
201 {"id": "$id"}
header Location: /api/v1/events/$id
journal has 2 more

as anonymous
within 2.5 s
GET /api/v1/events/$id
  X-Thing: a b
401
body ~unauth
journal is empty
POST /x
  Content-Type: text/plain
  body raw <<END
{"a":
  1
END
400
body is empty
POST /x
  body bytes "\\xff\\""
400
"""


def parse(text):
    return case_file.parse(Path("a.case"), text)


def test_every_kind_of_step_is_read():
    case = parse(CASE)
    assert case.title == "an event is accepted"
    kinds = [type(step) for step in case.steps]
    assert kinds == [GivenReceiver, GivenGroup, As, Request, ExpectJournal, As, Request, ExpectJournal, Request, Request]
    receiver, group, _, post, journal, _, get, empty, raw, octets = case.steps
    assert '"required"' in receiver.schema and group.receivers == ["build"]
    assert '"name": "x"' in post.body and post.expectations == [
        ExpectStatus(9, 201, '{"id": "$id"}'),
        ExpectHeader(10, "Location", "/api/v1/events/$id"),
    ]
    assert (journal.more, empty.more) == (2, 0)
    assert get.within == 2.5 and get.headers == [("X-Thing", "a b")] and get.expectations[1] == ExpectText(18, "unauth")
    assert raw.body == '{"a":\n  1' and not raw.is_json and raw.headers == [("Content-Type", "text/plain")]
    assert raw.within == 0 and raw.expectations[1].pattern is None
    assert octets.body == b'\xff"'


@pytest.mark.parametrize(
    "text, why",
    [
        ("", "first line"),
        ("as writer\n", "first line"),
        ("# t\nas nobody\nGET /\n200\n", "nobody is called nobody"),
        ("# t\n200\n", "without a request"),
        ("# t\nGET /\n", "expects no status"),
        ("# t\nas writer\n", "sends nothing"),
        ("# t\nGET /\n200 {\n", "no JSON"),
        ('# t\nPOST / {"a" 1}\n200\n', "no JSON"),
        ("# t\nPOST /\n  body raw <<END\nx\n200\n", "no line END"),
        ("# t\nFETCH /\n200\n", "cannot read"),
        ("# t\n  X: y\nGET /\n200\n", "belongs to a request"),
        ("# t\ngiven thing x\nGET /\n200\n", "given receiver"),
    ],
)
def test_mistakes_in_a_case_are_named(text, why):
    with pytest.raises(CaseError, match=why):
        parse(text)


def test_a_body_may_be_padded_and_hold_what_is_known_later():
    post = parse('# t\nPOST / {"a": ${[*40}${]*40}, $nvrpp}\n  body padded to 99\n200\n').steps[0]
    assert post.padded_to == 99 and "$nvrpp" in post.body


def test_a_variable_may_stand_for_a_number():
    assert parse('# t\nPOST / {"n": $n, "s": "$s"}\n200\n').steps[0].body == '{"n": $n, "s": "$s"}'


@pytest.mark.parametrize(
    "expected, found",
    [
        ({"a": 1}, {"a": 1, "b": 2}),
        ({"a": {"b": []}}, {"a": {"b": []}}),
        ([1, "..."], [1, 2, 3]),
        (["..."], []),
        ("*", None),
        ({"a": "<absent>"}, {"b": 1}),
        ("~^[0-9A-Z]{26}$", "01J00000000000000000000000"),
        (1, 1.0),
        (None, None),
    ],
)
def test_what_matches(expected, found):
    assert differences(expected, found, Variables()) == []


@pytest.mark.parametrize(
    "expected, found, where",
    [
        ({"a": 1}, {"a": 2}, "/a: expected 1, found 2"),
        ({"a": 1}, {"b": 1}, "/a: is missing"),
        ({"a": "<absent>"}, {"a": None}, "/a: expected no such member"),
        ({"a": {"b": [1, 2]}}, {"a": {"b": [1, 3]}}, "/a/b/1: expected 2, found 3"),
        ([1], [1, 2], "expected 1 elements"),
        ([1, 2, "..."], [1], "at least 2"),
        (1, True, "expected 1, found true"),
        (True, 1, "expected true, found 1"),
        ("1", 1, 'expected "1", found 1'),
        ("~^x", "ax", "like ^x"),
        ({"a": 1}, [1], "expected an object"),
        ([1], {"a": 1}, "expected an array"),
    ],
)
def test_what_does_not_match_is_named_by_its_place(expected, found, where):
    [difference] = differences(expected, found, Variables())
    assert where in difference


def test_a_name_catches_once_and_must_equal_afterwards():
    variables = Variables()
    assert differences({"id": "$id", "n": "$n"}, {"id": "X", "n": 3}, variables) == []
    assert variables == {"id": "X", "n": 3}
    assert differences(["$id", "$n", "a-$id"], ["X", 3, "a-X"], variables) == []
    assert differences("$id", "Y", variables) == [': $id is "X", found "Y"']


def test_filling_text():
    variables = Variables({"id": "X", "case": "c", "r": "R", "r.name": "build", "n": 3})
    assert variables.fill("/a/$id/b?x=$case-1&n=$n") == "/a/X/b?x=c-1&n=3"
    assert variables.fill("$r.name $r.other $$ref ${a*3} ${$id.*2} ${é*2}") == "build R.other $ref aaa X.X. éé"
    with pytest.raises(Unknown, match="nothing"):
        variables.fill("$nothing")


def test_every_committed_case_can_be_read(root):
    cases = sorted((root / "tests/cases").rglob("*.case"))
    titles = [case_file.parse(path.relative_to(root), path.read_text(encoding="utf-8")).title for path in cases]
    assert len(titles) == len(set(titles)), "two cases have one title"
