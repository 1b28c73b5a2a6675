"""Browsers and pipelines that an OpenID Connect provider vouches for (security rows B10, B21-B23, C, G03; R27).

The provider is played here. With XZEPR_TEST_KEYCLOAK, the address of the realm of tests/services/keycloak.sh, a real one too.
"""

import html
import os
import re
import time
from urllib.parse import parse_qs, urlsplit

import pytest
from support.api import Api
from support.provider import Key, Provider, b64
from support.tokens import PASSWORD, ask, give_signing_key, login, make_user, try_login
from support.visitor import CSRF, SESSION, Visitor

RECEIVER = {"name": "r", "type": "t", "version": "1", "schema": {}}
HTML = {"Accept": "text/html"}


@pytest.fixture
def provider():
    provider = Provider()
    yield provider
    provider.stop()


def join(server, provider, **more):
    with open(server.config, "a") as config:
        config.write(provider.settings(server.url, **more))


@pytest.fixture
def server(make_server, store, provider):
    server = make_server(store)
    give_signing_key(server)
    join(server, provider)
    return server.start()


@pytest.fixture
def lone_server(make_server, provider):
    """On one store: for what never asks it."""
    server = make_server("sqlite")
    join(server, provider)
    return server.start()


def admin_of(server) -> Api:
    return Api(server.port, server.admin_key)


def users_of(server) -> dict[str, dict]:
    return {user["username"]: user for user in admin_of(server).must(200, "GET", "/api/v1/users")["data"]}


def logged_in(server) -> Visitor:
    visitor = Visitor(server.url)
    answer = visitor.log_in()
    assert answer.status == 302, answer.text
    return visitor


def test_a_person_logs_in_and_comes_back_where_they_were(server, provider):
    provider.person |= {"roles": ["dev", "boss "], "groups": ["/payments", "qa"]}
    visitor = Visitor(server.url)
    answer = visitor.log_in("/docs?x=1#here")
    assert (answer.status, answer.headers["Location"]) == (302, "/docs?x=1#here")
    me = visitor.me().json
    assert me["username"] == "alice" and me["roles"] == ["event_manager"] and me["session_id"]
    assert users_of(server)["alice"]["email"] == "alice@example.com"
    assert [call["grant_type"] for call in provider.token_calls] == ["authorization_code"]
    rows = admin_of(server).must(200, "GET", "/api/v1/audit")["data"]
    assert [(row["action"], row["outcome"]) for row in rows[:2]] == [("login", "succeeded"), ("user_created", "succeeded")]
    # The same person again is the same account.
    assert logged_in(server).me().json["user_id"] == me["user_id"]


def test_B22_the_cookies_are_for_this_host_and_hidden(server):
    visitor = logged_in(server)
    assert visitor.flags[SESSION] == " Path=/; Max-Age=604800; HttpOnly; SameSite=Strict; Secure"
    assert visitor.flags[CSRF] == " Path=/; Max-Age=604800; SameSite=Strict; Secure"
    assert "Max-Age=0" in visitor.flags["xzepr-login"], "the attempt is over"
    assert visitor.own.keys() == {SESSION, CSRF}


def test_G03_a_cookie_alone_changes_nothing(server, provider):
    provider.person |= {"roles": ["dev"]}
    visitor, other = logged_in(server), logged_in(server)
    assert visitor.me().status == 200

    def attempt(headers: dict, body=RECEIVER) -> tuple[int, str]:
        answer = visitor.go("/api/v1/receivers", "POST", body, headers)
        return answer.status, answer.json.get("code", "")

    token = {"X-CSRF-Token": visitor.own[CSRF]}
    refused = (403, "csrf_refused")
    assert attempt({}) == refused
    assert attempt({"X-CSRF-Token": "x"}) == refused
    assert attempt({"X-CSRF-Token": other.own[CSRF]}) == refused, "of another session"
    assert attempt({**token, "Sec-Fetch-Site": "cross-site"}) == refused
    assert attempt({**token, "Sec-Fetch-Site": "same-site"}) == refused
    assert attempt({**token, "Origin": "https://evil.example"}) == refused
    assert attempt({**token, "Origin": "null"}) == refused
    assert attempt({}, "name=r&type=t") == refused
    assert attempt(token, "name=r&type=t") == (415, "content_type_unsupported")
    assert attempt({**token, "Content-Type": "text/plain"})[0] == 415
    for method, path in (("PUT", "/api/v1/users/alice/password"), ("PATCH", "/api/v1/users/alice"), ("DELETE", "/api/v1/api-keys/x"), ("POST", "/api/v1/events")):
        assert visitor.go(path, method, {}).json["code"] == "csrf_refused", path
    assert attempt(token)[0] == 201
    # What a browser adds by itself is no credential where a header is one.
    keyed = visitor.go("/api/v1/receivers", "POST", {**RECEIVER, "name": "r2"}, {"X-API-Key": server.admin_key})
    assert keyed.status == 201


def test_G03_nobody_is_logged_in_from_another_site(server):
    make_user(server, "ada", "event_manager")
    visitor = Visitor(server.url)
    body = {"username": "ada", "password": PASSWORD}
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        assert visitor.go("/api/v1/auth/session", "POST", body, headers).json["code"] == "csrf_refused"
    assert visitor.go("/api/v1/auth/session", "POST", f"username=ada&password={PASSWORD}").status == 415
    assert not visitor.own
    made = visitor.go("/api/v1/auth/session", "POST", body, {"Sec-Fetch-Site": "same-origin"})
    assert made.status == 200 and made.json["user"]["username"] == "ada" and made.json["csrf_token"] == visitor.own[CSRF]
    assert "xzb_" not in made.text, "no page ever sees it"
    assert visitor.me().json["username"] == "ada"


def test_B21_a_login_begins_a_new_session_and_ends_the_old_one(server):
    visitor = logged_in(server)
    first = dict(visitor.own)
    visitor.log_in()
    assert visitor.own[SESSION] != first[SESSION] and visitor.own[CSRF] != first[CSRF]
    stranger = Visitor(server.url)
    stranger.own.update(first)
    deadline = time.monotonic() + 1
    while stranger.me().status != 401:
        assert time.monotonic() < deadline, "the old session lives"
    assert visitor.me().status == 200
    # One that somebody else put there is not taken over either.
    victim = Visitor(server.url)
    victim.own[SESSION] = "xzb_" + "A" * 43
    victim.log_in()
    assert victim.own[SESSION] != "xzb_" + "A" * 43 and victim.me().status == 200


def test_B23_a_logout_needs_more_than_the_cookie(server):
    visitor = logged_in(server)
    assert visitor.go("/api/v1/auth/logout").status == 405
    assert visitor.go("/api/v1/auth/logout", "POST").status == 403
    assert visitor.me().status == 200
    kept = dict(visitor.own)
    assert visitor.change("POST", "/api/v1/auth/logout").status == 204
    assert not visitor.own, "the cookies go, too"
    visitor.own.update(kept)
    deadline = time.monotonic() + 1
    while visitor.me().status != 401:
        assert time.monotonic() < deadline, "the session lives"


def test_C01_C16_an_answer_belongs_to_one_login_of_one_browser(server, provider):
    def begin(visitor: Visitor) -> str:
        """Where the provider sends this browser back to."""
        return visitor.go(visitor.go("/api/v1/auth/oidc/login").headers["Location"]).headers["Location"]

    def code_of(answer) -> str:
        assert "Location" not in answer.headers
        return answer.json["code"]

    visitor, other = Visitor(server.url), Visitor(server.url)
    back = begin(visitor)
    assert other.go(back, headers={"Accept": "*/*"}).json["code"] == "oidc_login_invalid", "no login under way"
    begin(other)
    assert code_of(other.go(back, headers={"Accept": "*/*"})) == "oidc_login_invalid", "another browser's"
    assert SESSION not in other.own
    begin(other)
    wrong = re.sub(r"state=[^&]*", "state=x", back)
    assert code_of(visitor.go(wrong, headers={"Accept": "*/*"})) == "oidc_login_invalid"
    visitor, kept = Visitor(server.url), {}
    back = begin(visitor)
    kept = dict(visitor.own)
    assert visitor.go(back).status == 302
    visitor.own.update(kept)
    assert code_of(visitor.go(back, headers={"Accept": "*/*"})) == "oidc_login_invalid", "used before"
    assert len([call for call in provider.token_calls if call["code"] in back]) == 1


@pytest.mark.parametrize("claims", [{"nonce": "other"}, {"nonce": None}, {"aud": "other"}, {"iss": "https://evil.example"}, {"exp": 1}, {"sub": None}, {"azp": "other", "aud": ["xzepr", "more"]}], ids=str)
def test_C02_C08_an_id_token_that_does_not_hold_opens_nothing(lone_server, provider, claims):
    provider.claims = claims
    visitor = Visitor(lone_server.url)
    answer = visitor.log_in()
    assert answer.status == 403 and SESSION not in visitor.own
    assert "alice" not in users_of(lone_server)


@pytest.mark.parametrize("kind", ["other key", "none", "cut", "claims changed"])
def test_C07_an_id_token_that_is_not_the_providers_opens_nothing(lone_server, provider, kind):
    other = Key("one")

    def spoil(token: str) -> str:
        head, claims, signature = token.split(".")
        return {
            "other key": lambda: other.sign({"iss": provider.issuer, "aud": "xzepr", "sub": "s-1", "exp": 4_000_000_000, "iat": 1}),
            "none": lambda: b64({"alg": "none"}) + "." + claims + ".",
            "cut": lambda: head + "." + claims + "." + signature[:-8],
            "claims changed": lambda: head + "." + b64({"iss": provider.issuer, "sub": "root"}) + "." + signature,
        }[kind]()

    provider.change_token = spoil
    visitor = Visitor(lone_server.url)
    assert visitor.log_in().status == 403 and SESSION not in visitor.own


def test_C12_C13_a_provider_takes_over_no_account(server, provider):
    make_user(server, "alice", "admin")
    admin_of(server).must(200, "PATCH", "/api/v1/users/alice", {"email": "alice@example.com"})
    visitor = logged_in(server)
    me = visitor.me().json
    assert me["username"] != "alice" and me["roles"] == ["user"]
    provider.person = {"sub": "s-2", "preferred_username": "admin", "email": "alice@example.com", "email_verified": True}
    assert logged_in(server).me().json["user_id"] not in {me["user_id"], users_of(server)["alice"]["id"]}
    assert users_of(server)["alice"]["roles"] == ["admin"]


def test_C14_what_the_provider_takes_away_ends(server, provider):
    provider.person |= {"roles": ["dev"]}
    visitor = logged_in(server)
    assert visitor.change("POST", "/api/v1/receivers", RECEIVER).status == 201
    provider.person |= {"roles": ["admin", "event_manager", ["boss"], "Boss", "boss,dev"]}
    later = logged_in(server)
    assert later.me().json["roles"] == ["user"]
    deadline = time.monotonic() + 1
    while visitor.me().status != 401:
        assert time.monotonic() < deadline, "the old session keeps its rights"


def test_a_team_of_the_provider_owns_and_is_a_member(server, provider):
    admin = admin_of(server)
    receiver = admin.must(201, "POST", "/api/v1/receivers", RECEIVER)["id"]
    group = admin.must(201, "POST", "/api/v1/groups", {"name": "g", "type": "t", "version": "1", "event_receiver_ids": [receiver]})["id"]
    admin.must(204, "POST", f"/api/v1/groups/{group}/members", {"user_id": "role:payments"})
    event = {"event_receiver_id": receiver, "name": "a", "version": "1", "release": "1", "platform_id": "p", "package": "d"}
    provider.person |= {"groups": ["/payments"]}
    assert logged_in(server).change("POST", "/api/v1/events", event).status == 201
    provider.person = {"sub": "s-2", "preferred_username": "bob", "groups": ["/payments/deployers", "/PAYMENTS"]}
    assert logged_in(server).change("POST", "/api/v1/events", event).status == 400, "another team"


@pytest.mark.parametrize("path", ["//evil.example", "https://evil.example", "/\\evil.example", "/%2fevil.example", "/api/v1/auth/logout", "/..;/x", "javascript:alert(1)", "/a/../../b"])
def test_C15_after_a_login_one_stays_here(lone_server, path):
    answer = Visitor(lone_server.url).go("/api/v1/auth/oidc/login?return_to=" + path.replace("%", "%25").replace("\\", "%5C"), headers={"Accept": "*/*"})
    assert answer.status == 400 and answer.json["code"] == "field_invalid", answer.text


def test_C17_what_came_back_is_never_shown(lone_server):
    payload = "%3Cscript%3Ealert(1)%3C/script%3E"
    for query in (f"error={payload}&error_description={payload}&error_uri=javascript:alert(1)", f"code={payload}&state={payload}", f"{payload}={payload}"):
        answer = Visitor(lone_server.url).go(f"/api/v1/auth/oidc/callback?{query}", headers=HTML)
        assert answer.status == 400 and answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert "script" not in answer.text and "alert" not in answer.text and "Log in again" in answer.text
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'self'")
        assert answer.headers["Cache-Control"] == "no-store"
        assert "script" not in Visitor(lone_server.url).go(f"/api/v1/auth/oidc/callback?{query}", headers={"Accept": "*/*"}).text


def test_a_pipeline_comes_with_the_providers_token(server, provider):
    token = provider.bearer(roles=["dev"])
    me = ask(server, token)
    assert me.status == 200 and me.json["username"] == "alice" and me.json["roles"] == ["event_manager"]
    assert ask(server, token, "POST", "/api/v1/receivers", RECEIVER).status == 201
    assert ask(server, provider.bearer(), "POST", "/api/v1/receivers", {**RECEIVER, "name": "r2"}).status == 403, "its rights are the token's"
    assert ask(server, provider.bearer(), path="/health").status == 200
    now = int(time.time())
    for spoilt in ({"aud": "other"}, {"exp": now - 100}, {"sub": None}, {"nbf": now + 1000}, {"typ": "ID", "nonce": "n", "aud": "xzepr"}):
        assert ask(server, provider.bearer(**spoilt)).status == 401, spoilt
    forged = Key("one").sign({"iss": provider.issuer, "aud": "xzepr-api", "sub": "s-1", "exp": now + 300, "iat": now}, typ="at+jwt")
    assert ask(server, forged).status == 401
    admin_of(server).must(200, "PATCH", "/api/v1/users/alice", {"enabled": False})
    deadline = time.monotonic() + 1
    while ask(server, token).status != 401:
        assert time.monotonic() < deadline, "a disabled user comes in"
    assert Visitor(server.url).log_in().status == 403


def test_B10_a_lockout_locks_nobody_out(make_server, store, provider):
    server = make_server(store)
    server.config.write_text(server.config.read_text().replace("per_endpoint: {}", "per_endpoint: {/api/v1/auth: 5}"))
    give_signing_key(server)
    join(server, provider)
    server.start()
    make_user(server, "bob")
    key = server.make_key("bob", "user")
    refused = [try_login(server, "bob", "wrong horse battery").status for _ in range(8)]
    assert refused[-1] == 429 and try_login(server, "bob").status == 429
    assert Api(server.port, key).get("/api/v1/auth/me").json["username"] == "bob"
    assert logged_in(server).me().json["username"] == "alice"


def test_R27_without_the_provider_all_else_works(server, provider):
    make_user(server, "ada")
    tokens = login(server, "ada")
    seen = provider.bearer()
    assert ask(server, seen).status == 200
    visitor = logged_in(server)
    new = provider.bearer(jti="new")
    provider.stop()
    assert ask(server, tokens).status == 200 and visitor.me().status == 200 and ask(server, seen).status == 200
    assert ask(server, new).status == 200, "its keys are known for as long as the provider said"
    server.stop()
    server.start()
    began = time.monotonic()
    answer = Visitor(server.url).go("/api/v1/auth/oidc/login", headers={"Accept": "*/*"})
    assert (answer.status, answer.json["code"]) == (503, "oidc_unavailable") and time.monotonic() - began < 12
    assert ask(server, new).status == 503 and ask(server, tokens).status == 200 and visitor.me().status == 200


def test_a_key_of_the_provider_may_change(server, provider):
    assert ask(server, provider.bearer()).status == 200
    provider.key = Key("two")
    assert ask(server, provider.bearer()).status == 200
    assert logged_in(server).me().status == 200


def test_without_a_provider_there_is_no_such_login(make_server):
    server = make_server("sqlite").start()
    answer = Visitor(server.url).go("/api/v1/auth/oidc/login", headers=HTML)
    assert answer.status == 404 and "no provider" in answer.text
    assert Api(server.port).get("/api/v1/auth/oidc/callback?code=x").json["code"] == "oidc_unconfigured"


# --- a real one -------------------------------------------------------------------------------------------------------


@pytest.fixture
def realm() -> str:
    if not os.environ.get("XZEPR_TEST_KEYCLOAK"):
        pytest.skip("XZEPR_TEST_KEYCLOAK names no realm; tests/services/keycloak.sh start prints one")
    return os.environ["XZEPR_TEST_KEYCLOAK"]


def fill_in(visitor: Visitor, name: str) -> str:
    """The login form; where the browser is sent then."""
    page = visitor.go(visitor.go("/api/v1/auth/oidc/login?return_to=/docs").headers["Location"])
    action = html.unescape(re.search(r'action="([^"]*)"', page.text)[1])
    answer = visitor.go(action, "POST", f"username={name}&password={name}-pw&credentialId=")
    assert answer.status == 302, answer.text[:800]
    return answer.headers["Location"]


def test_keycloak_lets_people_in(make_server, store, realm):
    settings = {"issuer_url": realm, "client_id": "xzepr", "client_secret": "xzepr-secret", "bearer_audience": "xzepr", "roles_claim": "realm_access.roles",
                "role_map": {"admin": "admin", "viewer": "event_viewer"}, "default_role": "user", "groups_claim": "groups", "group_map": {"/payments/deployers": "payments"}}
    server = make_server(store)
    settings["redirect_url"] = f"{server.url}/api/v1/auth/oidc/callback"
    with open(server.config, "a") as config:
        config.write(f"oidc: {settings}\n".replace("'", '"'))
    server.start()
    for name, role in (("alice", "admin"), ("bob", "event_viewer"), ("carol", "user")):
        visitor = Visitor(server.url)
        back = fill_in(visitor, name)
        assert set(parse_qs(urlsplit(back).query)) >= {"code", "state", "iss"}
        answer = visitor.go(back)
        assert (answer.status, answer.headers["Location"]) == (302, "/docs"), answer.text
        me = visitor.me().json
        assert me["username"] == name and me["roles"] == [role]
    assert visitor.go(back, headers={"Accept": "*/*"}).json["code"] == "oidc_login_invalid", "a second time"
    assert visitor.change("POST", "/api/v1/auth/logout").status == 204
    form = "grant_type=password&scope=openid&client_id=xzepr&client_secret=xzepr-secret&username=alice&password=alice-pw"
    token = Visitor(realm).go(realm + "/protocol/openid-connect/token", "POST", form).json["access_token"]
    assert ask(server, token).json["roles"] == ["admin"]
    assert ask(server, token[:-3] + "AAA").status == 401
