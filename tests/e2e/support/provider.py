"""An OpenID Connect provider on loopback, honest unless told otherwise: discovery, keys, a login without a form, tokens.

`Provider.person` is whoever sits at the browser. `claims` and `change_token` spoil what it says.
"""

import base64
import hashlib
import json
import secrets
import subprocess
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

CLIENT, SECRET = "xzepr", "xzepr-secret"


def b64(data: bytes | dict) -> str:
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class Key:
    """An RSA key of openssl's."""

    def __init__(self, kid: str):
        self.kid = kid
        self.folder = tempfile.TemporaryDirectory()
        self.file = Path(self.folder.name) / "key.pem"
        subprocess.run(["openssl", "genrsa", "-out", str(self.file), "2048"], check=True, capture_output=True)

    def public(self) -> dict:
        shown = subprocess.run(["openssl", "rsa", "-in", str(self.file), "-noout", "-modulus"], check=True, capture_output=True, text=True).stdout
        modulus = bytes.fromhex(shown.strip().partition("=")[2])
        return {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.kid, "n": b64(modulus), "e": "AQAB"}

    def sign(self, claims: dict, **header) -> str:
        text = b64({"alg": "RS256", "kid": self.kid, **header}) + "." + b64(claims)
        made = subprocess.run(["openssl", "dgst", "-sha256", "-sign", str(self.file)], input=text.encode(), check=True, capture_output=True)
        return text + "." + b64(made.stdout)


class Provider:
    def __init__(self):
        self.key = Key("one")
        self.person = {"sub": "s-1", "preferred_username": "alice", "email": "alice@example.com", "email_verified": True, "name": "Alice"}
        self.claims: dict = {}  # over those of an honest ID token
        self.change_token = lambda token: token
        self.codes: dict[str, dict] = {}
        self.token_calls: list[dict] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.issuer = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def settings(self, server_url: str, **more) -> str:
        """The section of a server's configuration."""
        keys = {"issuer_url": self.issuer, "client_id": CLIENT, "client_secret": SECRET, "redirect_url": f"{server_url}/api/v1/auth/oidc/callback",
                "bearer_audience": "xzepr-api", "roles_claim": "roles", "role_map": {"boss": "admin", "dev": "event_manager"}, "default_role": "user",
                "groups_claim": "groups", **more}
        return f"oidc: {json.dumps(keys)}\n"

    def bearer(self, **claims) -> str:
        now = int(time.time())
        made = {"iss": self.issuer, "aud": "xzepr-api", "iat": now, "exp": now + 300, **self.person, **claims}
        return self.key.sign({name: value for name, value in made.items() if value is not None}, typ="at+jwt")

    # --- what it answers ----------------------------------------------------------------------------------------

    def discovery(self) -> dict:
        return {"issuer": self.issuer, "authorization_endpoint": self.issuer + "/auth", "token_endpoint": self.issuer + "/token",
                "jwks_uri": self.issuer + "/keys", "response_types_supported": ["code"], "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"], "code_challenge_methods_supported": ["S256"],
                "authorization_response_iss_parameter_supported": True}

    def log_in(self, query: dict) -> str:
        code = secrets.token_urlsafe(16)
        self.codes[code] = {"query": query, "person": dict(self.person)}
        return query["redirect_uri"] + "?" + urlencode({"code": code, "state": query["state"], "iss": self.issuer, "session_state": "x"})

    def give_tokens(self, form: dict, authorization: str) -> tuple[int, dict]:
        self.token_calls.append(form)
        login = self.codes.pop(form.get("code"), None)
        proof = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        challenge = b64(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if not login or authorization != "Basic " + proof or challenge != login["query"]["code_challenge"] or login["query"]["code_challenge_method"] != "S256":
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": login["query"]["nonce"], **login["person"], **self.claims}
        token = self.key.sign({name: value for name, value in claims.items() if value is not None})
        return 200, {"access_token": "opaque", "token_type": "Bearer", "id_token": self.change_token(token)}

    def _handler(self):
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                path, query = urlsplit(self.path).path, dict(parse_qsl(urlsplit(self.path).query))
                if path == "/.well-known/openid-configuration":
                    self.answer(200, provider.discovery())
                elif path == "/keys":
                    self.answer(200, {"keys": [provider.key.public()]})
                elif path == "/auth":
                    self.send_response(302)
                    self.send_header("Location", provider.log_in(query))
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                else:
                    self.answer(404, {})

            def do_POST(self):
                form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
                self.answer(*provider.give_tokens(form, self.headers.get("Authorization", "")))

            def answer(self, status: int, body: dict):
                data = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_):
                pass

        return Handler
