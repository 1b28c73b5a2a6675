"""The signing key out of Vault, over TLS: at the start, after rotations under load, and while Vault is away."""

import signal
import threading
import time

import pytest
from support.api import Api
from support.tokens import ask, login, make_user, refresh
from support.vault import SECRET, Vault, new_key, settings


@pytest.fixture
def vault(tmp_path):
    vault = Vault(tmp_path)
    vault.put(private_key=new_key())
    yield vault
    vault.end()


def kids(server) -> list[str]:
    return [key["kid"] for key in Api(server.port).get("/api/v1/auth/jwks").json["keys"]]


def wait_for(seen, what: str, seconds: float = 20):
    deadline = time.monotonic() + seconds
    while not seen():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def start_fails_with(server) -> str:
    server.run("migrate", "up", "--config", str(server.config))
    told = server.run("serve", "--config", str(server.config), check=False)
    assert told.returncode == 1
    lines = [line for line in told.stderr.splitlines() if line.startswith("xzepr: ")]
    assert len(lines) == 1, told.stderr
    return lines[0]


def test_tokens_are_signed_with_the_key_in_vault(make_server, store, vault):
    token = vault.make_token(SECRET)
    server = make_server(store, settings(vault, token)).start()
    make_user(server, "ada", "event_manager")
    tokens = login(server, "ada")
    assert ask(server, tokens).status == 200
    assert ask(server, refresh(server, tokens).json).status == 200
    assert vault.token_state(token)["renewals"] >= 1
    assert token not in server.all_output() + server.run("config", "show", "--config", str(server.config)).stdout  # G21
    listed = server.run("admin", "signing-key", "list", "--config", str(server.config)).stdout
    assert kids(server)[0] in listed
    refused = server.run("admin", "signing-key", "rotate", "--config", str(server.config), check=False)
    assert refused.returncode != 0 and "vault kv patch" in refused.stderr


def test_a_token_file_is_enough_and_a_short_life_is_prolonged(make_server, vault, tmp_path):
    token = vault.make_token(SECRET, ttl="4s")
    file = tmp_path / "token"
    file.write_text(token + "\n")
    server = make_server("sqlite", settings(vault, None, token_file=str(file), refresh_seconds=1)).start()
    wait_for(lambda: vault.token_state(token)["renewals"] >= 4, "the token was not renewed")  # over more than its first life
    vault.put(private_key=new_key())
    before = kids(server)
    wait_for(lambda: kids(server)[0] not in before, "the token was not good any more")


def test_P18_ten_rotations_in_vault_under_load_refuse_no_valid_token(make_server, store, vault):
    server = make_server(store, settings(vault, vault.make_token(SECRET), refresh_seconds=1)).start()
    make_user(server, "ada", "event_manager")
    tokens = [login(server, "ada")]
    refused, asked, is_over = [], [0], threading.Event()

    def load():
        while not is_over.is_set():
            for one in list(tokens):
                answer = ask(server, one)
                asked[0] += 1
                if answer.status != 200:
                    refused.append(answer.text)

    threads = [threading.Thread(target=load) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(10):
        before = kids(server)
        vault.put(private_key=new_key())
        if number % 2:  # else by itself
            server.process.send_signal(signal.SIGHUP)
        wait_for(lambda: kids(server)[0] not in before, "the new key was not taken")
        tokens.append(login(server, "ada"))
    is_over.set()
    for thread in threads:
        thread.join()
    assert not refused and asked[0] > 100, refused[:1]
    assert len(kids(server)) == 11
    # The keys before are in Vault: a restart forgets none of them.
    server.stop()
    server.start()
    assert len(kids(server)) == 11
    assert all(ask(server, one).status == 200 for one in tokens)


def test_a_second_node_takes_the_new_key_with_the_first_token_that_names_it(make_server, pg, vault):
    section = settings(vault, vault.make_token(SECRET), refresh_seconds=3600)
    first = make_server("postgres", section).start()
    make_user(first, "ada", "event_manager")
    second = make_server("sqlite", section)
    second.config.write_text(second.config.read_text().replace(f"sqlite:{second.database_file}", first.database_url))
    second.admin_key = first.admin_key
    second.start()
    for _ in range(3):
        before = kids(first)
        vault.put(private_key=new_key())
        first.process.send_signal(signal.SIGHUP)
        wait_for(lambda: kids(first)[0] not in before, "the new key was not taken")
        assert ask(second, login(first, "ada")).status == 200
        assert kids(second)[0] == kids(first)[0]


def test_while_vault_is_away_the_present_key_goes_on(make_server, vault):
    server = make_server("sqlite", settings(vault, vault.make_token(SECRET), refresh_seconds=1, timeout_ms=300)).start()
    make_user(server, "ada", "event_manager")
    tokens = login(server, "ada")
    vault.go_away()
    wait_for(lambda: "the signing key cannot be read again; those of before stay" in server.all_output(), "nothing was logged")
    assert ask(server, tokens).status == 200
    assert ask(server, login(server, "ada")).status == 200
    vault.come_back()
    vault.put(private_key=new_key())
    before = kids(server)
    wait_for(lambda: kids(server)[0] not in before, "the key was not read again")
    wait_for(lambda: "the signing key is read again" in server.all_output(), "nothing was logged")
    assert server.all_output().count("cannot be read again") == 1
    # What is no key changes nothing either, and neither does a secret that is gone.
    before = kids(server)
    vault.put(private_key="no key")
    wait_for(lambda: server.all_output().count("cannot be read again") == 2, "nothing was logged")
    assert "the field private_key holds" in server.all_output()
    assert kids(server) == before and ask(server, tokens).status == 200
    assert server.stop() == 0


def test_a_start_without_a_key_says_what_to_do(make_server, vault):
    good = vault.make_token(SECRET)
    wrong_ways = {
        settings(vault, good, signing_key_field="pem"): "secret xzepr/jwt: the secret has no field pem",
        settings(vault, good, signing_key_path="xzepr/other"): "Vault answers 403",  # its policy names one path
        settings(vault, "root-token", signing_key_path="xzepr/other"): "there is no such secret: look at vault.mount",
        settings(vault, "nobody"): "the token may not do this: look at its policy, its life, and vault.namespace",
        settings(vault, good, ca_file=None): "look at vault.address and vault.ca_file",
        settings(vault, good, address="https://127.0.0.1:1"): "no answer from 127.0.0.1:1",
    }
    for section, words in wrong_ways.items():
        told = start_fails_with(make_server("sqlite", section))
        assert told.startswith("xzepr: there is no signing key from Vault: ") and words in told, told
    vault.call("POST", "sys/seal", {})
    assert "unseal it" in start_fails_with(make_server("sqlite", settings(vault, good)))


def test_plain_http_to_vault_and_a_second_source_are_refused(make_server, vault):
    for section, words in (
        (settings(vault, "t", address="http://vault.example:8200"), "vault.address: is no address of Vault; write https://HOST:PORT"),
        (settings(vault, "t") + "jwt: {keys: {file: /k}}\n", "is a second source of signing keys; keep one of them"),
        (settings(vault, "t", tokn="x"), "vault.tokn: there is no such key"),
    ):
        server = make_server("sqlite", section)
        told = server.run("serve", "--config", str(server.config), check=False)
        assert told.returncode != 0 and words in told.stderr, told.stderr
