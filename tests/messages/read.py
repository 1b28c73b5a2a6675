"""A public CloudEvents SDK reads every kind of message of the strict profile, and finds in it what we put there. The
messages are those of tests/golden/, which a unit test compares with what is rendered. Prints `N passed, N failed`.
"""

import json
import sys
from pathlib import Path

from cloudevents.core.exceptions import CloudEventValidationError
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

GOLDEN = Path(__file__).resolve().parent.parent / "golden"
KINDS = {"event.created", "group.complete", "receiver.created", "receiver.modified", "group.created", "group.modified"}
OF_ARTIFACTS = ("apiversion", "name", "version", "release", "platformid", "package")


def lines(profile: str) -> list[str]:
    return (GOLDEN / f"messages-{profile}.ndjson").read_text(encoding="utf-8").splitlines()


def check_strict(line: str):
    event = JSONFormat().read(CloudEvent, line)
    sent = json.loads(line)
    assert event.get_specversion() == "1.0"
    assert event.get_id() == sent["id"] and event.get_type() == sent["type"] and event.get_source() == "xzepr"
    assert event.get_subject() == sent["subject"] and event.get_datacontenttype() == "application/json"
    assert event.get_time().isoformat().replace("+00:00", "Z") == sent["time"]
    assert int(event.get_extension("sequence")) > 0 and len(event.get_extension("sequence")) == 20
    has_artifact = event.get_extension("kind") in ("event.created", "group.complete")
    assert all((event.get_extension(name) is not None) == has_artifact for name in OF_ARTIFACTS)
    assert set(event.get_data()) == {"events", "event_receivers", "event_receiver_groups"}
    written = json.loads(JSONFormat().write(event))
    assert written == sent, "read and written again it is another"


def check_every_kind():
    assert {json.loads(line)["kind"] for line in lines("strict")} == KINDS


def check_compat():
    """Two attributes of the compat profile are none by the specification: that is why it is not the default."""
    line = next(one for one in lines("compat") if json.loads(one)["kind"] == "event.created")
    try:
        JSONFormat().read(CloudEvent, line)
    except CloudEventValidationError as refused:
        assert set(refused.errors) == {"platform_id", "api_version"}
    else:
        raise AssertionError("the SDK takes names with an underscore")


def main() -> int:
    checks = [(f"strict {json.loads(line)['kind']}", lambda line=line: check_strict(line)) for line in lines("strict")]
    checks += [("every kind", check_every_kind), ("compat", check_compat)]
    failed = 0
    for name, check in checks:
        try:
            check()
        except Exception as fault:
            failed += 1
            print(f"{name}: {type(fault).__name__}: {fault}")
    print(f"{len(checks) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
