"""End to end: real processes, real stores, real sockets.

XZEPR_BINARY   the server to test (default: build/release/xzepr, else build/dev/xzepr)
XZEPR_TEST_PG  a PostgreSQL database whose neighbours may be created; without it what needs PostgreSQL is skipped
XZEPR_LONG     set: rows of the reliability table run at full length
"""

import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "tests/runner"), str(ROOT / "tests/e2e")]

from server import Server  # noqa: E402
from support.api import Api  # noqa: E402
from support.toxiproxy import Toxiproxy  # noqa: E402


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def binary() -> Path:
    candidates = [Path(os.environ["XZEPR_BINARY"])] if os.environ.get("XZEPR_BINARY") else [ROOT / f"build/{preset}/xzepr" for preset in ("release", "dev")]
    for candidate in candidates:
        if candidate.exists():
            return candidate.resolve()
    pytest.fail(f"no binary: {', '.join(map(str, candidates))}; scripts/build release")


@pytest.fixture(scope="session")
def pg() -> str:
    if not os.environ.get("XZEPR_TEST_PG"):
        pytest.skip("XZEPR_TEST_PG names no PostgreSQL; tests/services/postgres.sh start prints one")
    return os.environ["XZEPR_TEST_PG"]


@pytest.fixture(scope="session")
def is_long() -> bool:
    return bool(os.environ.get("XZEPR_LONG"))


@pytest.fixture(scope="session")
def toxiproxy():
    """toxiproxy.link(port) -> an address before a service on which things go wrong."""
    running = Toxiproxy()
    yield running
    running.close()


@pytest.fixture(params=["sqlite", "postgres"])
def store(request) -> str:
    return request.param


@pytest.fixture
def make_server(binary, request):
    """make_server(store, settings="", **environment) -> a Server that is not started; removed after the test."""
    made: list[Server] = []

    def make(store: str, settings: str = "", **environment: str) -> Server:
        url = request.getfixturevalue("pg") if store == "postgres" else ""
        made.append(Server(binary, store, url, settings, environment))
        return made[-1]

    yield make
    for server in made:
        server.remove()


@pytest.fixture
def server(make_server, store) -> Server:
    """A running server on each store in turn."""
    return make_server(store).start()


@pytest.fixture
def client(server):
    """The first admin's client of `server`."""
    api = Api(server.port, server.admin_key)
    yield api
    api.close()
