"""HTTPS on a real server: what it speaks and refuses (security rows F11, F12, G06), and a certificate renewed while it runs."""

import json
import os
import signal
import socket
import ssl
import subprocess
import threading
import time

import pytest
from support.tls import TlsServer, make_certificate


@pytest.fixture
def make_tls_server(binary):
    made = []

    def make(**environment) -> TlsServer:
        made.append(TlsServer(binary, **environment))
        return made[-1]

    yield make
    for server in made:
        server.remove()


@pytest.fixture
def server(make_tls_server):
    return make_tls_server().start()


def s_client(server, *options: str) -> str:
    done = subprocess.run(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{server.port}", "-servername", "localhost", "-CAfile", server.certificate, *options],
        input="", capture_output=True, text=True, timeout=30,
    )
    return done.stdout + done.stderr


def is_greeted(said: str) -> bool:
    return "Verification: OK" in said and "Cipher is (NONE)" not in said


@pytest.mark.parametrize("options", [["-tls1_2"], ["-tls1_3"], ["-tls1_2", "-cipher", "ECDHE-ECDSA-CHACHA20-POLY1305"], ["-groups", "X25519"], ["-groups", "P-256"], ["-groups", "P-384"]])
def test_F11_what_mozilla_calls_intermediate_is_spoken(server, options):
    said = s_client(server, *options)
    assert is_greeted(said), said
    assert "Compression: NONE" in said or "Compression" not in said


@pytest.mark.parametrize("options", [
    ["-tls1", "-cipher", "ALL:@SECLEVEL=0"], ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"],
    ["-tls1_2", "-cipher", "AES128-SHA:@SECLEVEL=0"], ["-tls1_2", "-cipher", "AES128-GCM-SHA256:@SECLEVEL=0"],
    ["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0"], ["-tls1_2", "-cipher", "ECDHE-ECDSA-AES256-SHA384:@SECLEVEL=0"],
    ["-tls1_2", "-cipher", "ADH:aNULL:@SECLEVEL=0"], ["-tls1_2", "-groups", "P-521"], ["-tls1_3", "-groups", "P-521"],
], ids=" ".join)
def test_F11_what_is_weak_is_refused(server, options):
    said = s_client(server, *options)
    assert "Cipher is (NONE)" in said, said


def test_F11_there_is_no_renegotiation_and_no_ticket(server):
    said = s_client(server, "-tls1_2")
    assert "TLS session ticket:" not in said
    asked = subprocess.run(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{server.port}", "-tls1_2", "-CAfile", server.certificate],
        input="R\n", capture_output=True, text=True, timeout=30,
    )
    assert "no renegotiation" in asked.stderr or "unexpected" in asked.stderr.lower(), asked.stderr


def test_F11_other_protocols_than_http_1_1_are_declined(server):
    assert "ALPN protocol: http/1.1" in s_client(server, "-alpn", "h2,http/1.1")
    assert "Cipher is (NONE)" in s_client(server, "-alpn", "h2")


def test_F12_http_on_the_https_port_is_told_and_closed(server):
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(b"GET /api/v1/events HTTP/1.1\r\nHost: x\r\nX-API-Key: secret\r\n\r\n")
        answer = b""
        while part := connection.recv(4096):
            answer += part
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"Location" not in answer  # a key that went in clear text is lost: nobody is led on


def test_F12_noise_on_the_https_port_is_closed(server):
    for noise in (b"\x16\x03\x01\x00\x05hello", b"\x00" * 64, os.urandom(512), b"\x16\x03\x01\xff\xff" + b"a" * 1000):
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
            connection.sendall(noise)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(4096):
                pass
    assert server.get("/health/live")[0] == 200


def test_G06_every_answer_over_https_asks_for_https(server):
    for path in ("/health/live", "/api/v1/events", "/nowhere", "/openapi.json", "/docs", "/docs/errors/not_found"):
        _, headers, _ = server.get(path)
        assert headers["Strict-Transport-Security"] == "max-age=31536000", path
    with server.connect() as connection:
        connection.sendall(b"BROKEN\r\n\r\n")
        assert b"Strict-Transport-Security: max-age=31536000\r\n" in connection.recv(65536)


def test_large_bodies_and_answers_go_both_ways(server):
    items = [{"event_receiver": "build", "name": f"app-{i}", "version": "1", "release": "1", "platform_id": "any", "package": "deb",
              "description": "x" * 500, "payload": {}} for i in range(2_000)]
    made = server.run("receiver", "create", "build", "--type", "t", "--version", "1", as_client=True)
    assert made.returncode == 0
    body = json.dumps(items).encode()
    with server.connect(30) as connection:
        head = f"POST /api/v1/events/batch HTTP/1.1\r\nHost: localhost\r\nX-API-Key: {server.admin_key}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        connection.sendall(head.encode() + body)
        answer = b""
        while part := connection.recv(65536):
            answer += part
    assert answer.startswith(b"HTTP/1.1 20"), answer[:300]
    status, _, text = server.get("/api/v1/events?limit=1000")
    assert (status, len(json.loads(text)["data"])) == (200, 1000)


def test_pipelined_requests_are_answered_in_order(server):
    with server.connect() as connection:
        connection.sendall(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n" * 199 + b"GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answer = b""
        while part := connection.recv(65536):
            answer += part
    assert answer.count(b"HTTP/1.1 200") == 199
    assert answer.rfind(b"HTTP/1.1 404") > answer.rfind(b"HTTP/1.1 200")


def serial_of(server) -> int:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with context.wrap_socket(socket.create_connection(("127.0.0.1", server.port), timeout=10)) as connection:
        return hash(connection.getpeercert(binary_form=True))


def wait_for(condition, seconds: float = 30):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.mark.parametrize("how", ["signal", "files"])
def test_a_renewed_certificate_is_taken_over_and_no_connection_is_dropped(server, how):
    before = serial_of(server)
    with server.connect() as kept:
        kept.sendall(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b" 200 " in kept.recv(4096)
        make_certificate(server.folder / "fresh", name="fresh")
        for name in ("key.pem", "certificate.pem"):
            os.replace(server.folder / "fresh" / name, server.folder / "tls" / name)
        if how == "signal":
            server.process.send_signal(signal.SIGHUP)
        wait_for(lambda: serial_of(server) != before)
        kept.sendall(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b" 200 " in kept.recv(4096)
    assert server.get("/health/live")[0] == 200


def test_a_broken_renewal_leaves_the_old_certificate(server):
    before = serial_of(server)
    server.key_file.write_text("no key")
    server.process.send_signal(signal.SIGHUP)
    wait_for(lambda: "holds no PEM private key" in server.output())
    assert serial_of(server) == before


def test_requests_go_on_while_certificates_change(server):
    failed, done = [], threading.Event()

    def ask():
        with server.connect() as connection:
            while not done.is_set():
                connection.sendall(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
                if b" 200 " not in connection.recv(4096):
                    failed.append("no 200")

    asking = [threading.Thread(target=ask) for _ in range(4)]
    for thread in asking:
        thread.start()
    for round in range(5):
        before = serial_of(server)
        make_certificate(server.folder / "fresh", name=f"fresh-{round}")
        for name in ("key.pem", "certificate.pem"):
            os.replace(server.folder / "fresh" / name, server.folder / "tls" / name)
        server.process.send_signal(signal.SIGHUP)
        wait_for(lambda: serial_of(server) != before)
    done.set()
    for thread in asking:
        thread.join()
    assert not failed


def test_the_end_of_the_certificate_is_in_metrics_and_readiness(make_tls_server):
    server = make_tls_server()
    make_certificate(server.folder / "tls", days=3)
    server.start()
    _, _, metrics = server.get("/metrics")
    assert "xzepr_tls_certificate_expiry_timestamp_seconds" in metrics
    _, _, health = server.get("/health/detailed")
    assert '"certificate"' in health and "degraded" in health


@pytest.mark.parametrize(("change", "said"), [
    ({"XZEPR__SERVER__TLS__CERT_FILE": ""}, "HTTPS needs a certificate and its key"),
    ({"XZEPR__SERVER__TLS__KEY_FILE": "/nowhere/key.pem"}, "TLS: /nowhere/key.pem: cannot be read"),
    ({"XZEPR__SERVER__ENABLE_HTTPS": "false"}, "plain HTTP shows every key to the network"),
])
def test_what_cannot_be_served_safely_is_refused_in_one_line(make_tls_server, change, said):
    server = make_tls_server(**change)
    server._prepare()
    done = server.run("serve", "--config", str(server.config), check=False)
    assert done.returncode != 0
    assert said in done.stderr and "Traceback" not in done.stderr


def test_a_key_of_another_certificate_is_refused(make_tls_server):
    server = make_tls_server()
    _, other = make_certificate(server.folder / "other")
    server.environment["XZEPR__SERVER__TLS__KEY_FILE"] = str(other)
    server._prepare()
    done = server.run("serve", "--config", str(server.config), check=False)
    assert done.returncode != 0 and "it must be the key of" in done.stderr


def test_the_command_line_speaks_https(server):
    done = server.run("receiver", "create", "scan", "--type", "t", "--version", "1", as_client=True)
    assert done.returncode == 0, done.stderr
    refused = server.run("receiver", "list", as_client=True, check=False) if server.environment.pop("XZEPR_CA_FILE") else None
    assert refused.returncode != 0, "an unknown certificate must not be trusted"
