#!/usr/bin/env python3
"""Writes the corpus of tokens beside this file: one file per class of security.md's section A, one token per line.

Each is made from what good.txt holds, with one thing wrong; key.pem is the server's key and is of no use elsewhere. Times are
of 2025 to 2100. The files are in the repository: run it after a change here, and look at what differs.

  python3 tests/jws/generate.py
"""
import base64
import hashlib
import hmac
import json
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

HERE = Path(__file__).parent
KEY, OTHER = HERE / "key.pem", HERE / "other.pem"
SUBJECT, SESSION, TOKEN = "01JH0000000000000000000001", "01JH0000000000000000000002", "01JH0000000000000000000003"
CLAIMS = {"iss": "xzepr.io", "sub": SUBJECT, "aud": "xzepr-api", "exp": 4_100_000_000, "iat": 1_735_689_600, "nbf": 1_735_689_600,
          "jti": TOKEN, "sid": SESSION, "roles": ["user"], "permissions": ["event_create", "event_read"]}


def b64(data) -> str:
    if not isinstance(data, bytes):
        data = (data if isinstance(data, str) else json.dumps(data, separators=(",", ":"))).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def key_of(path: Path):
    if not path.exists():
        made = rsa.generate_private_key(65537, 2048)
        path.write_bytes(made.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        path.chmod(0o600)
    return serialization.load_pem_private_key(path.read_bytes(), None)


def number(value: int) -> str:
    return b64(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def thumbprint(key) -> str:
    public = key.public_key().public_numbers()
    return b64(hashlib.sha256(f'{{"e":"{number(public.e)}","kty":"RSA","n":"{number(public.n)}"}}'.encode()).digest())


def rs256(key, text: str) -> bytes:
    return key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())


KEYS = key_of(KEY), key_of(OTHER)
OURS, THEIRS = KEYS
KID = thumbprint(OURS)
HEADER = {"alg": "RS256", "kid": KID, "typ": "at+jwt"}
JWK = {"kty": "RSA", "n": number(THEIRS.public_key().public_numbers().n), "e": "AQAB"}


def token(header=None, claims=None, sign=None, key=OURS) -> str:
    text = b64(HEADER if header is None else header) + "." + b64(CLAIMS if claims is None else claims)
    return text + "." + b64(sign(text) if sign else rs256(key, text))


def header(**changes):
    return token(header={k: v for k, v in {**HEADER, **changes}.items() if v is not None})


def claims(**changes):
    return token(claims={k: v for k, v in {**CLAIMS, **changes}.items() if v is not None})


def raw_claims(text: str):
    return token(claims=text)


def hmac_with(secret: bytes, alg="HS256"):
    return token(header={**HEADER, "alg": alg}, sign=lambda text: hmac.new(secret, text.encode(), hashlib.sha256).digest())


def public(encoding, shape=serialization.PublicFormat.SubjectPublicKeyInfo) -> bytes:
    return OURS.public_key().public_bytes(encoding, shape)


def es256(text: str) -> bytes:
    return ec.generate_private_key(ec.SECP256R1()).sign(text.encode(), ec.ECDSA(hashes.SHA256()))


def pss(text: str) -> bytes:
    return OURS.sign(text.encode(), padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())


GOOD = token()
FRONT, SIGNATURE = GOOD.rsplit(".", 1)
HEAD, BODY = FRONT.split(".")
CLAIMS_TEXT = json.dumps(CLAIMS, separators=(",", ":"))
PEM, DER = public(serialization.Encoding.PEM), public(serialization.Encoding.DER)
LAST = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def other_last_bits() -> str:
    # The same bytes in another spelling: the unused bits of the last character are not zero.
    return FRONT + "." + SIGNATURE[:-1] + LAST[LAST.index(SIGNATURE[-1]) + 1]


def flipped(position: int) -> str:
    data = bytearray(base64.urlsafe_b64decode(SIGNATURE + "=="))
    data[position] ^= 1
    return FRONT + "." + b64(bytes(data))


FILES = {
    "good": [GOOD, claims(aud=["other", "xzepr-api"]), header(typ="AT+JWT"), header(typ="application/at+jwt")],
    "A01-alg-none": [token(header={**HEADER, "alg": alg}, sign=lambda _: b"") for alg in ("none", "None", "NONE", "nOnE", "", "null", " none")]
    + [FRONT + "."],
    "A02-hmac-with-the-public-key": [hmac_with(secret) for secret in (PEM, PEM.rstrip(), PEM + b"\n", DER, json.dumps(JWK).encode(), b"")],
    "A03-another-algorithm": [header(alg=alg) for alg in ("PS256", "ES256", "RS384", "RS512", "EdDSA", "HS256", "rs256")]
    + [token(header={**HEADER, "alg": "PS256"}, sign=pss), token(header={**HEADER, "alg": "ES256"}, sign=es256)],
    "A04-brings-its-key": [token(header={**HEADER, "jwk": JWK}, key=THEIRS), token(header={"alg": "RS256", "typ": "at+jwt", "jwk": JWK}, key=THEIRS),
                           token(header={**HEADER, "x5c": ["AAAA"]}, key=THEIRS), header(jwk=JWK)],
    "A05-names-its-keys-place": [token(header={**HEADER, name: "http://127.0.0.1:1/keys"}, key=THEIRS) for name in ("jku", "x5u")] + [header(jku="http://127.0.0.1:1/keys")],
    "A06-kid": [token(header={**HEADER, "kid": kid}) for kid in (
        "", "unknown", "../../../../dev/null", "/dev/null", "' OR 1=1 --", "x\u0000y", "k" * 4_000, KID + " ", KID.lower(), KID[:-1], "../key.pem", "file:///dev/null",
        "http://127.0.0.1:1/", "|id", "$(id)", "%00", "\r\n", "..;/", 7, None, True, [KID], {"kid": KID})] + [header(kid=None)],
    "A07-crit": [header(crit=["exp"]), header(crit=["unknown"], unknown=1), header(crit=[]), header(crit="exp"), header(b64=False, crit=["b64"])],
    "A08-typ": [header(typ=typ) for typ in (None, "JWT", "jwt", "id+jwt", "rt+jwt", "logout+jwt", "at+jwt ", "application/jwt", 1, ["at+jwt"])],
    "A09-iss": [claims(iss=iss) for iss in (None, "xzepr.io/", "XZEPR.IO", "https://xzepr.io", "", 1, ["xzepr.io"], "xzepr.io ")],
    "A10-aud": [claims(aud=aud) for aud in (None, "", "xzepr", "XZEPR-API", [], ["other"], [["xzepr-api"]], {"xzepr-api": 1}, 1, "xzepr-api,other")],
    "A11-times": [claims(exp=exp) for exp in (None, -1, "4100000000", 4_100_000_000.5, True, [4_100_000_000], 2**63)]
    + [raw_claims(CLAIMS_TEXT.replace('"exp":4100000000', '"exp":' + exp)) for exp in ("1e400", "NaN", "4.1e9", "99999999999999999999")]
    + [claims(nbf=nbf) for nbf in (None, 4_000_000_000, "1735689600", 1.5, -1)] + [claims(iat=iat) for iat in (None, 4_000_000_000, "1735689600", -1)],
    "A11-expired": [claims(exp=exp) for exp in (1_735_689_601, 0)],
    "A12-jti": [claims(jti=jti) for jti in (None, "", "x", 1, [TOKEN])] + [claims(sid=sid) for sid in (None, "", "x", 1)] + [claims(sub=sub) for sub in (None, "", "admin", 1)],
    "A13-spelling": [flipped(0), flipped(128), flipped(255), GOOD[:-1], GOOD[:-4], GOOD + "A", GOOD + "=", FRONT + "." + SIGNATURE + "==", other_last_bits(),
                     FRONT + "." + SIGNATURE.replace("-", "+").replace("_", "/") + "/", HEAD + "=." + BODY + "." + SIGNATURE, HEAD + "." + BODY + " ." + SIGNATURE,
                     HEAD + "." + BODY[:-2] + "." + SIGNATURE, HEAD[:-2] + "." + BODY + "." + SIGNATURE, token(key=THEIRS), b64(HEADER) + "." + b64({**CLAIMS, "roles": ["admin"]}) + "." + SIGNATURE],
    "A14-doubled-members": [raw_claims(CLAIMS_TEXT[:-1] + extra + "}") for extra in (',"sub":"01JH0000000000000000000009"', ',"exp":4100000001', ',"roles":["admin"]', ',"aud":"xzepr-api"')]
    + [token(header=json.dumps(HEADER, separators=(",", ":"))[:-1] + extra + "}") for extra in (',"alg":"none"', f',"kid":"{KID}"', ',"typ":"JWT"')],
    "A15-other-forms": [".".join([b64({"alg": "RSA-OAEP", "enc": "A256GCM"}), "AAAA", "AAAA", "AAAA", "AAAA"]), GOOD + ".AAAA", HEAD + "." + BODY, HEAD, "..", ".", "...",
                        header(zip="DEF"), header(cty="JWT", enc="A256GCM"), token(claims=GOOD), raw_claims("[]"), raw_claims('"text"'), raw_claims("null"), raw_claims(""), raw_claims("{"),
                        json.dumps({"payload": BODY, "protected": HEAD, "signature": SIGNATURE}, separators=(",", ":")), token(header="[]"), token(header="null"), token(header="")],
    "A17-roles": [claims(roles=roles) for roles in (None, "admin", ["owner"], [1], {"admin": True}, [["admin"]])],
}

for name, tokens in FILES.items():
    lines = [one.replace("\r", "").replace("\n", "") for one in tokens]
    (HERE / f"{name}.txt").write_text("\n".join(lines) + "\n")
    print(f"{name}: {len(lines)}")
