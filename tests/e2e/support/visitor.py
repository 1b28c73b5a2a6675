"""A browser without a window: keeps the cookies of each host and port, follows nothing by itself."""

import http.client
import json
from urllib.parse import urlencode, urlsplit

from .api import Answer

SESSION, CSRF = "__Host-xzepr-session", "__Host-xzepr-csrf"


class Visitor:
    def __init__(self, home: str):
        self.home = home
        self.cookies: dict[str, dict[str, str]] = {}
        self.flags: dict[str, str] = {}  # name -> the rest of the last Set-Cookie

    def go(self, url: str, method: str = "GET", body=None, headers: dict | None = None) -> Answer:
        """`url` may be a path of home; a dict in `body` goes as JSON, text as a form."""
        parts = urlsplit(self.home + url if url.startswith("/") else url)
        jar = self.cookies.setdefault(parts.netloc, {})
        sent = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Cookie": "; ".join(f"{name}={value}" for name, value in jar.items())}
        if isinstance(body, dict):
            body, sent["Content-Type"] = json.dumps(body), "application/json"
        elif body is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection(parts.netloc, timeout=40)
        connection.request(method, parts.path + ("?" + parts.query if parts.query else ""), body, {k: v for k, v in {**sent, **(headers or {})}.items() if v})
        response = connection.getresponse()
        answer = Answer(response.status, response.headers, response.read().decode())
        connection.close()
        for cookie in response.headers.get_all("Set-Cookie") or []:
            pair, _, rest = cookie.partition(";")
            name, _, value = pair.partition("=")
            self.flags[name] = rest
            if "max-age=0" in rest.lower():
                jar.pop(name, None)
            else:
                jar[name] = value
        return answer

    def follow(self, url: str, hops: int = 5) -> Answer:
        """Until something is no redirect to the provider or back from it."""
        for _ in range(hops):
            answer = self.go(url)
            if answer.status != 302 or answer.headers["Location"].startswith("/"):
                return answer
            url = answer.headers["Location"]
        raise AssertionError("it goes round in circles")

    def log_in(self, return_to: str = "/docs") -> Answer:
        """At the provider, without a form to fill in."""
        return self.follow("/api/v1/auth/oidc/login?" + urlencode({"return_to": return_to}))

    @property
    def own(self) -> dict[str, str]:
        return self.cookies.setdefault(urlsplit(self.home).netloc, {})

    def change(self, method: str, path: str, body=None, headers: dict | None = None) -> Answer:
        """As a page of the server does it."""
        return self.go(path, method, body, {"X-CSRF-Token": self.own.get(CSRF, ""), "Sec-Fetch-Site": "same-origin", **(headers or {})})

    def me(self) -> Answer:
        return self.go("/api/v1/auth/me")
