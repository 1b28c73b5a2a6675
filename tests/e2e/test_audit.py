"""What is in the audit log: rotations of the signing key, logins that a rate limit refused, and for how long (row G24)."""

import os
import re
import shutil
import signal
import sqlite3
import time
import uuid

import pytest
from server import psql
from support.api import Api
from support.tokens import give_signing_key, make_user, rotate, try_login

DAY = 86_400


def wait_for(seen, what: str, seconds: float = 30):
    deadline = time.monotonic() + seconds
    while not seen():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def rows(server, action: str) -> list[dict]:
    return Api(server.port, server.admin_key).must(200, "GET", f"/api/v1/audit?action={action}&limit=1000")["data"]


def current_kid(server) -> str:
    return Api(server.port).get("/api/v1/auth/jwks").json["keys"][0]["kid"]


def test_a_rotation_is_in_it_by_whatever_means(make_server, store, tmp_path):
    server = make_server(store)
    file = give_signing_key(server)
    server.start()
    assert rows(server, "signing_key_rotated") == []
    rotate(server)
    wait_for(lambda: len(rows(server, "signing_key_rotated")) == 2, "no rows")
    by_detail = {row["detail"]: row for row in rows(server, "signing_key_rotated")}
    made, taken = by_detail["made by the command line"], by_detail["taken by a running server"]
    assert made["target"] == taken["target"] == current_kid(server)
    assert made["username"] == "local" and made["outcome"] == taken["outcome"] == "succeeded"
    # By hand, and with a SIGHUP: whoever replaced the file is not known, but that it was is.
    for sends_signal in (False, True):
        before = current_kid(server)
        other = make_server("sqlite")
        shutil.copy(give_signing_key(other), tmp_path / "fresh.pem")
        os.replace(tmp_path / "fresh.pem", file)
        if sends_signal:
            server.process.send_signal(signal.SIGHUP)
        wait_for(lambda: rows(server, "signing_key_rotated")[0]["target"] not in (before, ""), "no row")
        assert rows(server, "signing_key_rotated")[0]["target"] == current_kid(server) != before
    assert len(rows(server, "signing_key_rotated")) == 4


def test_a_rotation_without_a_database_says_that_it_is_not_in_it(make_server):
    server = make_server("sqlite")
    file = server.folder / "key.pem"
    with open(server.config, "a") as config:
        config.write(f"jwt: {{keys: {{file: {file}}}}}\n")
    told = server.run("admin", "signing-key", "rotate", "--config", str(server.config))
    assert "not in the audit log: there is no database yet" in told.stderr and not server.database_file.exists()


def limited_server(make_server, store):
    server = make_server(store)
    text = server.config.read_text().replace("per_endpoint: {}", "per_endpoint: {/api/v1/auth: 5}")
    server.config.write_text(text.replace("security:\n", "security:\n  trusted_proxies: [127.0.0.1]\n"))
    give_signing_key(server)
    server.start()
    make_user(server, "ada", "user")
    return server


def count_of(row: dict) -> int:
    return int(re.match(r"refused by the rate limit: (\d+)", row["detail"]).group(1))


def test_B09_logins_refused_by_a_rate_limit_are_few_rows_that_count_all_of_them(make_server, store):
    server = limited_server(make_server, store)
    refused = [try_login(server, "ada", "wrong horse battery", {"X-Forwarded-For": "192.0.2.1"}).status for _ in range(100)].count(429)
    assert refused >= 90
    wait_for(lambda: rows(server, "login_limited"), "no row")
    # Another address guesses the same account: the service itself refuses it, by the account.
    other = [try_login(server, "ada", "wrong horse battery", {"X-Forwarded-For": "192.0.2.2"}).status for _ in range(3)]
    assert other == [429] * 3
    wait_for(lambda: any(row["address"] == "192.0.2.2" and row["username"] == "ada" for row in rows(server, "login_limited")), "no row with the name")
    server.stop()  # what was counted and not written yet is written now
    server.start()
    found = rows(server, "login_limited")
    assert len(found) <= 6 and {row["outcome"] for row in found} == {"refused"}
    sums = {address: sum(count_of(row) for row in found if row["address"] == address) for address in ("192.0.2.1", "192.0.2.2")}
    assert sums == {"192.0.2.1": refused, "192.0.2.2": 3}


def test_B12_an_attack_from_thousands_of_addresses_is_a_hundred_rows(make_server):
    server = limited_server(make_server, "sqlite")
    server.make_key("ada", "user")
    for _ in range(10):  # the account's own bucket is empty
        try_login(server, "ada", "wrong horse battery", {"X-Forwarded-For": "192.0.2.1"})
    began = time.monotonic()
    refused = [try_login(server, "ada", "x" * 12, {"X-Forwarded-For": f"10.{i // 250}.{i % 250}.1"}).status for i in range(1_000)].count(429)
    server.stop()
    server.start()
    found = [row for row in rows(server, "login_limited") if row["address"] != "192.0.2.1"]
    # A row a minute of each of 100 sources at most, one for all the others, and once more at the stop.
    assert len(found) <= 101 * (3 + (time.monotonic() - began) // 60)
    assert sum(map(count_of, found)) == refused > 900
    assert any(row["address"] == "" and row["detail"].endswith("from many other addresses") for row in found)


def put_rows(server, ages_in_days: list[float]):
    """As the server wrote them so long ago."""
    for age in ages_in_days:
        at = time.time() - age * DAY
        id = int(at * 1000).to_bytes(6, "big") + os.urandom(10)
        if server.store == "sqlite":
            with sqlite3.connect(server.database_file) as connection:
                connection.execute("INSERT INTO audit_log VALUES (?, ?, 'logout', 'succeeded', NULL, 'ada', '', '', '', '')", (id, int(at * 1e6)))
            connection.close()
        else:
            psql(server.database_url, f"INSERT INTO audit_log VALUES ('{uuid.UUID(bytes=id)}', to_timestamp({at}), 'logout', 'succeeded', NULL, 'ada', '', '', '', '')")


def put_many(server, count: int):
    if server.store == "sqlite":
        with sqlite3.connect(server.database_file) as connection:
            ids = [(bytes(2) + os.urandom(14),) for _ in range(count)]
            connection.executemany("INSERT INTO audit_log VALUES (?, 1, 'refresh', 'succeeded', NULL, 'ada', '', '', '', '')", ids)
        connection.close()
    else:
        psql(server.database_url, "INSERT INTO audit_log SELECT ('0000' || substr(md5(n::text), 5))::uuid, to_timestamp(1), 'refresh', 'succeeded', NULL, 'ada', '', '', '', '' "
             f"FROM generate_series(1, {count}) AS n")


@pytest.mark.parametrize(("settings", "kept"), [("", 2), ("retention: {audit_days: 1}\n", 1), ("retention: {audit_days: 0}\n", 4)])
def test_rows_are_kept_as_long_as_configured(make_server, store, settings, kept):
    server = make_server(store, settings).start()
    server.stop()
    put_rows(server, [0.9, 399.9, 400.1, 3_000])
    put_many(server, 2_500)
    server.start()
    wait_for(lambda: settings.endswith("0}\n") or len(rows(server, "refresh")) == 0, "old rows are still there")
    assert len(rows(server, "logout")) == kept
    if settings.endswith("0}\n"):
        assert int(server.query("select count(*) from audit_log where action = 'refresh'")[0][0]) == 2_500
    assert rows(server, "admin_bootstrapped")
