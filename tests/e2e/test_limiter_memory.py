"""B12, F16: a flood of addresses and of user names neither fills the memory nor frees whoever was over the limit."""

import re
import socket
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
from support.api import Api
from support.tokens import PASSWORD, give_signing_key, make_user, try_login

STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")
RPM = 10
# Logins are counted by name and by address with the first rate. The second lets the pipeline pass them all on to that count.
ENDPOINTS = "per_endpoint: {/api/v1/auth: 5, /api/v1/auth/login: 1000000000}"
CHUNK = 200  # requests that one connection sends before it reads the answers


@pytest.fixture
def start(make_server):
    def start(anonymous_rpm: int):
        # The sanitizer keeps what was freed for a while; that is not the server's memory.
        server = make_server("sqlite", ASAN_OPTIONS="quarantine_size_mb=8:thread_local_quarantine_size_kb=64:detect_leaks=0")
        text = server.config.read_text().replace("per_endpoint: {}", ENDPOINTS).replace("anonymous_rpm: 1000000000", f"anonymous_rpm: {anonymous_rpm}")
        text = text.replace("security:\n", "security:\n  trusted_proxies: [127.0.0.1]\n")
        server.config.write_text(text.replace('metrics_listen: ""', 'metrics_listen: "", log_level: error'))
        give_signing_key(server)
        return server.start()

    return start


def memory_mib(server) -> float:
    text = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(text.split("VmRSS:")[1].split()[0]) / 1024


def address_of(number: int) -> str:
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def ask_in_a_row(connection: socket.socket, requests: list[bytes]) -> Counter:
    """All of them at once on one connection; the statuses."""
    connection.sendall(b"".join(requests))
    received = b""
    while len(STATUS.findall(received)) < len(requests) or not received.endswith((b"}", b"\n")):
        part = connection.recv(1_048_576)
        assert part, f"the connection ended after {len(STATUS.findall(received))} answers"
        received += part
    return Counter(int(status) for status in STATUS.findall(received))


def flood(port: int, request_of, numbers: range, connections: int) -> Counter:
    """One request for each number."""
    statuses, lock, failures = Counter(), threading.Lock(), []

    def work(own: range):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=120) as connection:
                for begin in range(0, len(own), CHUNK):
                    seen = ask_in_a_row(connection, [request_of(number) for number in own[begin:begin + CHUNK]])
                    with lock:
                        statuses.update(seen)
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=work, args=(numbers[i::connections],)) for i in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures[0]
    return statuses


def who_request(number: int) -> bytes:
    return f"GET /api/v1/auth/me HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: {address_of(number)}\r\n\r\n".encode()


def login_request(number: int) -> bytes:
    body = f'{{"username":"user-{number}","password":"wrong horse battery"}}'
    return (f"POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 198.51.100.1\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}").encode()


def admitted(server, address: str, tries: int) -> int:
    api = Api(server.port)
    return [api.get("/api/v1/auth/me", headers={"X-Forwarded-For": address}).status for _ in range(tries)].count(401)


def test_B12_F16_a_million_addresses_take_bounded_memory_and_free_nobody(start, is_long):
    """1,000,000 with --long, 150,000 else: more than the 100,000 buckets that are kept."""
    server, began = start(RPM), time.monotonic()
    assert admitted(server, "203.0.113.9", 30) in (RPM, RPM + 1)
    before = memory_mib(server)
    first = flood(server.port, who_request, range(110_000), 4)
    full = memory_mib(server)
    more = flood(server.port, who_request, range(110_000, 1_000_000 if is_long else 150_000), 4)
    after = memory_mib(server)
    total = (first + more).total()
    # Those that a full table has no room for share one bucket.
    assert set(first + more) <= {401, 429} and (first + more)[401] > 100_000
    print(f"B12: {total:,} addresses, {before:.1f} MiB before, {full:.1f} with a full table, {after:.1f} at the end")
    assert full - before < 64 and after - full < 16
    elapsed = time.monotonic() - began
    assert admitted(server, "203.0.113.9", 30) <= min(RPM, elapsed * RPM / 60) + 1


def test_B12_a_million_user_names_take_bounded_memory_and_free_nobody(start, is_long):
    """1,000,000 with --long, 150,000 else; from one address, so that few are hashed and the others only counted."""
    server = start(1_000_000_000)
    make_user(server, "ada", "user")
    began = time.monotonic()
    tries = [try_login(server, "ada", "wrong horse battery", {"X-Forwarded-For": f"192.0.2.{i}"}).status for i in range(8)]
    assert tries.count(401) == 5 and tries[-1] == 429
    before = memory_mib(server)
    count = 1_000_000 if is_long else 150_000
    statuses = flood(server.port, login_request, range(count), 4)
    assert statuses.total() == count and set(statuses) <= {401, 429, 503} and statuses[429] > 0.99 * count
    after = memory_mib(server)
    print(f"B12: {count:,} names, {before:.1f} MiB before, {after:.1f} at the end, {dict(statuses)}")
    assert 1 < after - before < 64 + 2 * 20  # hashes under way take 19 MiB each
    if time.monotonic() - began < 55:  # ada's minute is not over yet
        assert try_login(server, "ada", PASSWORD, {"X-Forwarded-For": "192.0.2.100"}).status == 429
