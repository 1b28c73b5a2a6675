"""Migrations and the first administrator: once, again, at once from several places, and interrupted."""

import sqlite3
import subprocess

from server import psql


def refused_start(server) -> str:
    """What `serve` says when it does not start."""
    done = subprocess.run(
        [server.binary, "serve", "--config", str(server.config)], capture_output=True, text=True, timeout=60, cwd=server.folder, env=server.environment
    )
    assert done.returncode not in (0, -6, -11), (done.returncode, done.stderr)
    return done.stderr


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
