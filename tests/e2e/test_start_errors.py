"""A server that cannot start says in one line what to do, and exits with something other than zero."""

import os
import socket
import sqlite3
import subprocess
from urllib.parse import urlsplit

import pytest

from server import psql


def refused_start(server, *arguments: str, **environment: str) -> str:
    """The one line that `serve` says."""
    done = subprocess.run(
        [server.binary, "serve", *(arguments or ("--config", str(server.config)))],
        capture_output=True, text=True, timeout=60, cwd=server.folder, env={**server.environment, **environment},
    )
    assert done.returncode not in (0, -6, -11), (done.returncode, done.stderr)
    lines = [line for line in done.stderr.splitlines() if not line.startswith("{")]
    assert lines and len(lines) <= 3, done.stderr
    return " ".join(lines)


def edit(server, old: str, new: str):
    text = server.config.read_text()
    assert old in text, text
    server.config.write_text(text.replace(old, new))


def test_an_unmigrated_database_names_the_command(make_server, store):
    server = make_server(store)
    server.database_file.parent.mkdir(exist_ok=True)
    assert "xzepr migrate up" in refused_start(server)


def test_a_newer_database_is_refused(make_server, store):
    server = make_server(store)
    server._prepare()
    row = "insert into schema_migrations select 9999, name, checksum, applied_at from schema_migrations limit 1"
    if store == "sqlite":
        with sqlite3.connect(server.database_file) as connection:
            columns = [column[1] for column in connection.execute("pragma table_info(schema_migrations)")]
            connection.execute(row.replace("select 9999, name, checksum, applied_at", "select 9999, " + ", ".join(columns[1:])))
    else:
        columns = psql(server.database_url, "select string_agg(attname, ',' order by attnum) from pg_attribute where attrelid = 'schema_migrations'::regclass and attnum > 1")
        psql(server.database_url, f"insert into schema_migrations select 9999, {columns} from schema_migrations limit 1")
    assert "newer" in refused_start(server)


def test_a_port_in_use_names_the_port(make_server):
    server = make_server("sqlite")
    server._prepare()
    with socket.create_server(("127.0.0.1", server.port)):
        said = refused_start(server)
    assert str(server.port) in said and "in use" in said


def test_a_data_directory_in_use_names_it(make_server):
    server = make_server("sqlite").start()
    edit(server, f"port: {server.port}", "port: 0")
    said = refused_start(server)
    assert "in use" in said and str(server.database_file.parent) in said


def test_a_folder_that_cannot_be_written_is_named(make_server):
    server = make_server("sqlite")
    edit(server, str(server.database_file), "/proc/nowhere/xzepr.db")
    assert "/proc/nowhere" in refused_start(server)


def test_a_file_that_is_no_database_is_named(make_server):
    server = make_server("sqlite")
    server.database_file.parent.mkdir(exist_ok=True)
    server.database_file.write_bytes(b"this is not a database, it only looks long enough to be one\n" * 100)
    assert str(server.database_file) in refused_start(server)


def test_a_wrong_password_is_named_and_not_shown(make_server, pg):
    server = make_server("postgres")
    edit(server, "xzepr-secret", "wrong-canary-password")
    said = refused_start(server)
    assert "password" in said and "wrong-canary-password" not in said


def test_an_unreachable_postgresql_is_named(make_server, pg):
    server = make_server("postgres")
    edit(server, f":{urlsplit(pg).port}/", ":1/")
    assert "127.0.0.1" in refused_start(server)


@pytest.mark.parametrize(
    ("line", "needles"),
    [
        ("surprise: 1\n", ["surprise"]),
        ("redis: {url: \"${XZEPR_TEST_UNSET}\"}\n", ["XZEPR_TEST_UNSET"]),
        ("retention: {events_days: many}\n", ["retention.events_days", "many"]),
    ],
)
def test_a_faulty_configuration_names_file_line_and_key(make_server, line, needles):
    server = make_server("sqlite", line)
    said = refused_start(server)
    for needle in [*needles, "config.yaml"]:
        assert needle in said, said


def test_an_unknown_variable_is_named(make_server):
    server = make_server("sqlite")
    server._prepare()
    assert "XZEPR__SERVER__PROT" in refused_start(server, XZEPR__SERVER__PROT="1")


def test_production_without_tls_says_which_key(make_server):
    server = make_server("sqlite")
    server._prepare()
    edit(server, "  tls_terminated_upstream: true\n", "")
    assert "tls_terminated_upstream" in refused_start(server)


def test_first_admin_is_made_once(make_server, store):
    server = make_server(store)
    server._prepare()
    again = server.run("admin", "bootstrap", "--config", str(server.config), check=False)
    assert again.returncode == 7 and "xzepr_" not in again.stdout, again
    made = server.run("admin", "key", "create", "--user", "admin", "--config", str(server.config))
    assert "xzepr_" in made.stdout


def test_migrations_repeat_and_tell_their_state(make_server, store):
    server = make_server(store)
    server._prepare()
    again = server.run("migrate", "up", "--config", str(server.config))
    assert again.returncode == 0
    assert "0001" in server.run("migrate", "status", "--config", str(server.config)).stdout
    assert os.path.exists(server.folder)


def test_R14_a_migration_killed_at_once_can_be_repeated(make_server, store):
    """kill -9 at growing delays into `migrate up`; afterwards it must complete."""
    for millisecond in range(0, 40, 4):
        server = make_server(store)
        server.database_file.parent.mkdir(exist_ok=True)
        process = subprocess.Popen([server.binary, "migrate", "up", "--config", str(server.config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=server.environment)
        try:
            process.wait(millisecond / 1000)
        except subprocess.TimeoutExpired:
            process.kill()
        process.wait()
        server.run("migrate", "up", "--config", str(server.config))
        assert server.journal_rows() == 0


def test_two_nodes_migrate_one_empty_database_at_once(make_server, pg):
    server = make_server("postgres")
    processes = [
        subprocess.Popen([server.binary, "migrate", "up", "--config", str(server.config)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=server.environment)
        for _ in range(4)
    ]
    assert [process.wait(60) for process in processes] == [0, 0, 0, 0]
