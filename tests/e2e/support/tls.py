"""A server that ends TLS itself, and certificates for it."""

import http.client
import socket
import ssl
import subprocess
from pathlib import Path

from server import Server


def make_certificate(folder: Path, name: str = "localhost", days: int = 30, key: str = "ec") -> tuple[Path, Path]:
    """A self-signed certificate for localhost and 127.0.0.1; (certificate, key)."""
    folder.mkdir(parents=True, exist_ok=True)
    certificate, private = folder / "certificate.pem", folder / "key.pem"
    kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"] if key == "ec" else ["-newkey", key]
    subprocess.run(
        ["openssl", "req", "-x509", *kind, "-nodes", "-keyout", private, "-out", certificate, "-days", str(days),
         "-subj", f"/CN={name}", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
        check=True, capture_output=True,
    )
    return certificate, private


class TlsServer(Server):
    """Its certificate is in `folder`/tls and may be replaced while it runs."""

    def __init__(self, binary, **environment):
        super().__init__(binary, "sqlite")
        self.certificate, self.key_file = make_certificate(self.folder / "tls")
        self.environment |= {
            "XZEPR__SERVER__TLS_TERMINATED_UPSTREAM": "false",
            "XZEPR__SERVER__TLS__CERT_FILE": str(self.certificate),
            "XZEPR__SERVER__TLS__KEY_FILE": str(self.key_file),
            "XZEPR_CA_FILE": str(self.certificate),
            **environment,
        }

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def connect(self, timeout: float = 10) -> ssl.SSLSocket:
        context = ssl.create_default_context(cafile=str(self.certificate))
        return context.wrap_socket(socket.create_connection(("127.0.0.1", self.port), timeout=timeout), server_hostname="localhost")

    def get(self, path: str, headers: dict | None = None) -> tuple[int, http.client.HTTPMessage, str]:
        context = ssl.create_default_context(cafile=str(self.certificate))
        connection = http.client.HTTPSConnection("localhost", self.port, timeout=30, context=context)
        try:
            connection.request("GET", path, headers={"X-API-Key": self.admin_key, **(headers or {})})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()
        finally:
            connection.close()

    def _answers_ready(self) -> bool:
        try:
            return self.get("/health/ready")[0] == 200
        except OSError:
            return False
