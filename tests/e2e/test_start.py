"""What stops a start: one line that says what to do, a bad exit, and nothing left behind."""

import socket
import subprocess

import pytest
from server import free_port


def serve(binary, tmp_path, config: str, *arguments: str, environment: dict | None = None):
    path = tmp_path / "config.yaml"
    path.write_text(config)
    return subprocess.run(
        [binary, "serve", "--config", path, *arguments], capture_output=True, text=True, timeout=30, cwd=tmp_path, env=environment
    )


def says(done, *words: str):
    """One line on stderr with these words, and a bad exit."""
    assert done.returncode not in (0, None) and done.returncode > 0, done
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    assert len(lines) == 1, done.stderr
    for word in words:
        assert word in lines[0], lines[0]


def config(url: str, more: str = "", port: int | None = None) -> str:
    return (
        f"server: {{host: 127.0.0.1, port: {port or free_port()}, tls_terminated_upstream: true}}\n"
        f'database: {{url: "{url}"}}\ntelemetry: {{metrics_listen: ""}}\n{more}'
    )


@pytest.fixture
def migrated(binary, tmp_path) -> str:
    """The URL of a migrated SQLite database."""
    url = f"sqlite:{tmp_path}/data/xzepr.db"
    (tmp_path / "data").mkdir()
    (tmp_path / "made.yaml").write_text(config(url))
    subprocess.run([binary, "migrate", "up", "--config", tmp_path / "made.yaml"], check=True, capture_output=True, timeout=30)
    return url


def test_an_unknown_key(binary, tmp_path, migrated):
    done = serve(binary, tmp_path, config(migrated, "telemetri: {log_level: info}\n"))
    says(done, "telemetri", "config.yaml:4")


def test_an_unset_variable(binary, tmp_path, migrated):
    says(serve(binary, tmp_path, config(migrated, 'redis: {url: "${NOBODY_SET_THIS}"}\n')), "NOBODY_SET_THIS", "config.yaml:4")


def test_a_wrong_type(binary, tmp_path, migrated):
    says(serve(binary, tmp_path, config(migrated, "retention: {events_days: soon}\n")), "retention.events_days", "config.yaml:4")


def test_an_unknown_override(binary, tmp_path, migrated):
    import os

    says(serve(binary, tmp_path, config(migrated), environment={**os.environ, "XZEPR__SERVER__PROT": "1"}), "XZEPR__SERVER__PROT")


def test_a_missing_config_file(binary, tmp_path):
    done = subprocess.run([binary, "serve", "--config", tmp_path / "nothing.yaml"], capture_output=True, text=True, timeout=30)
    says(done, "nothing.yaml")


def test_production_without_tls(binary, tmp_path, migrated):
    text = config(migrated).replace(", tls_terminated_upstream: true", "")
    says(serve(binary, tmp_path, text), "tls_terminated_upstream")


def test_an_unmigrated_database(binary, tmp_path):
    says(serve(binary, tmp_path, config(f"sqlite:{tmp_path}/new.db")), "migrate up")


def test_a_newer_database(binary, tmp_path, migrated):
    import sqlite3

    with sqlite3.connect(tmp_path / "data/xzepr.db") as database:
        columns = [row[1] for row in database.execute("pragma table_info(schema_migrations)")]
        row = dict(zip(columns, database.execute("select * from schema_migrations order by 1 desc").fetchone()))
        row[columns[0]] = 9999
        database.execute(f"insert into schema_migrations values ({', '.join('?' * len(columns))})", list(row.values()))
    says(serve(binary, tmp_path, config(migrated)), "newer")


def test_a_store_that_cannot_be_opened(binary, tmp_path):
    (tmp_path / "folder.db").mkdir()
    says(serve(binary, tmp_path, config(f"sqlite:{tmp_path}/folder.db")), "folder.db")


def test_a_file_that_is_no_database(binary, tmp_path):
    (tmp_path / "text.db").write_text("this is not a database, but it is longer than a header of a hundred bytes " * 20)
    says(serve(binary, tmp_path, config(f"sqlite:{tmp_path}/text.db")), "text.db")


def test_a_port_in_use(binary, tmp_path, migrated):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        says(serve(binary, tmp_path, config(migrated, port=port)), str(port), "in use")


def test_a_data_directory_in_use(binary, tmp_path, make_server):
    server = make_server("sqlite").start()
    says(serve(binary, tmp_path, config(f"sqlite:{server.database_file}")), "in use", str(server.process.pid))
    assert server.is_running()


def test_a_wrong_password(binary, tmp_path, pg):
    url = pg.replace("xzepr-secret", "wrong")
    done = serve(binary, tmp_path, config(url))
    says(done, "password")
    assert "wrong" not in done.stderr.replace("wrong password", ""), "a secret in an error"


def test_an_unmigrated_postgres(binary, tmp_path, pg):
    from server import drop_database, new_database

    url = new_database(pg)
    try:
        says(serve(binary, tmp_path, config(url)), "migrate up")
    finally:
        drop_database(pg, url)


def test_postgres_is_not_there(binary, tmp_path):
    says(serve(binary, tmp_path, config(f"postgres://u:secret-word@127.0.0.1:{free_port()}/x")), "127.0.0.1")


def test_an_unknown_option(binary, tmp_path):
    done = subprocess.run([binary, "serve", "--colour", "red"], capture_output=True, text=True, timeout=30, cwd=tmp_path)
    assert done.returncode == 2 and "--colour" in done.stderr
