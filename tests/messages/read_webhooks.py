"""The public library of Standard Webhooks takes what we sign, and nothing else (G12): no forged message, none that is
old, either secret while one is replaced. The deliveries are those of tests/golden/, which a unit test compares with
what is signed. Prints `N passed, N failed`.
"""

import json
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import standardwebhooks.webhooks as library

GOLDEN = Path(__file__).resolve().parent.parent / "golden" / "webhook-signatures.ndjson"
LINES = {line["name"]: line for line in map(json.loads, GOLDEN.read_text(encoding="utf-8").splitlines())}
OLDER, NEWER = LINES["one"]["secrets"]
SENT_AT = datetime.fromtimestamp(int(LINES["one"]["headers"]["webhook-timestamp"]), tz=timezone.utc)


def is_taken(line: dict, secret: str, *, body: str | None = None, after=timedelta(0), **changed: str) -> bool:
    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return SENT_AT + after

    library.datetime = Clock
    headers = line["headers"] | {name.replace("_", "-"): value for name, value in changed.items()}
    try:
        read = library.Webhook(secret).verify(line["body"] if body is None else body, headers)
    except library.WebhookVerificationError:
        return False
    assert read == json.loads(line["body"])
    return True


def check_one_secret():
    assert is_taken(LINES["one"], OLDER) and not is_taken(LINES["one"], NEWER)


def check_rotation():
    """A receiver that has the older secret, and one that has the newer one, read the same delivery."""
    assert is_taken(LINES["rotated"], OLDER) and is_taken(LINES["rotated"], NEWER)
    assert is_taken(LINES["after"], NEWER) and not is_taken(LINES["after"], OLDER)
    first, second = LINES["rotated"]["headers"]["webhook-signature"].split(" ")
    assert first == LINES["after"]["headers"]["webhook-signature"], "the newer one comes first"
    assert second == LINES["one"]["headers"]["webhook-signature"]


def check_forged():
    line = LINES["one"]
    signature = line["headers"]["webhook-signature"]
    assert not is_taken(line, OLDER, body=line["body"].replace("1.50", "1.51"))
    assert not is_taken(line, OLDER, body=line["body"] + " ")
    assert not is_taken(line, OLDER, webhook_id=line["headers"]["webhook-id"][:-1] + "Z")
    assert not is_taken(line, OLDER, webhook_timestamp=str(int(SENT_AT.timestamp()) + 1))
    assert not is_taken(line, OLDER, webhook_signature="v1," + "A" * 43 + "=")
    assert not is_taken(line, OLDER, webhook_signature=signature.replace("v1,", "v0,"))


def check_age():
    line = LINES["one"]
    for seconds in (-300, -1, 0, 1, 300):
        assert is_taken(line, OLDER, after=timedelta(seconds=seconds)), seconds
    for seconds in (-301, 301, 86_400):
        assert not is_taken(line, OLDER, after=timedelta(seconds=seconds)), seconds


def main() -> int:
    checks = [check_one_secret, check_rotation, check_forged, check_age]
    failed = 0
    for check in checks:
        try:
            check()
        except Exception as fault:
            failed += 1
            print(f"{check.__name__}: {type(fault).__name__}: {fault}")
    print(f"{len(checks) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
