"""Forged access tokens, each of which the server must reject."""

import base64
import hashlib
import hmac
import json
import time
from pathlib import Path

import jwt


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def mismatched_tokens(data: Path, token: str, other: str) -> dict[str, str]:
    """Tokens by name that the server's own key signs, but whose session and user do not belong together. Both arguments are valid."""
    _, secret = next(line for line in (data / "keys" / "access-tokens").read_text().splitlines() if not line.startswith("#")).split()
    head, body, _ = token.split(".")
    claims, other_claims = (json.loads(decode(text.split(".")[1])) for text in (token, other))

    def signed(**changed) -> str:
        text = f"{head}.{encode(json.dumps({**claims, **changed}, separators=(',', ':')).encode())}"
        return f"{text}.{encode(hmac.new(decode(secret), text.encode(), hashlib.sha256).digest())}"

    assert signed() == token, "the control: with the right claims it is the server's own token"
    return {
        "sub of another user": signed(sub=other_claims["sub"]),
        "sid of another user": signed(sid=other_claims["sid"]),
        "sub of nobody": signed(sub="nobody"),
        "sid of nothing": signed(sid="nothing"),
        "sub that is the sid": signed(sub=claims["sid"]),
        "sid that is the sub": signed(sid=claims["sub"]),
    }


def forged_tokens(token: str, victim_id: str) -> dict[str, str]:
    """Forged tokens by name. `token` is a valid token of the attacker, `victim_id` the user they try to impersonate."""
    head, body, signature = token.split(".")
    header, claims = json.loads(decode(head)), json.loads(decode(body))
    victim_claims = {**claims, "sub": victim_id}

    def signed(with_header: dict, with_claims: dict, key: bytes, algorithm=hashlib.sha256) -> str:
        text = encode(json.dumps(with_header).encode()) + "." + encode(json.dumps(with_claims).encode())
        return text + "." + encode(hmac.new(key, text.encode(), algorithm).digest())

    def with_body(changed: bytes) -> str:
        return f"{head}.{encode(changed)}.{signature}"

    def with_header(changed: dict) -> str:
        return f"{encode(json.dumps(changed).encode())}.{body}.{signature}"

    def unsigned(alg: str, tail: str = "") -> str:
        return encode(json.dumps({**header, "alg": alg}).encode()) + "." + encode(json.dumps(victim_claims).encode()) + "." + tail

    # The last base64 character of a 32-byte signature has two unused bits: a lax decoder reads four spellings as one.
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    respelled = signature[:-1] + alphabet[alphabet.index(signature[-1]) ^ 1]

    forgeries = {
        "alg none": unsigned("none"),
        "alg None": unsigned("None"),
        "alg NONE with a signature": unsigned("NONE", signature),
        "alg empty": unsigned(""),
        "no alg": encode(json.dumps({"typ": "JWT"}).encode()) + "." + encode(json.dumps(victim_claims).encode()) + ".",
        "no header": encode(b"{}") + "." + body + "." + signature,
        "header of another alg over its own signature": with_header({**header, "alg": "HS512"}),
        "header of RS256 over its own signature": with_header({**header, "alg": "RS256"}),
        "header typ changed": with_header({**header, "typ": "refresh"}),
        "header kid changed": with_header({**header, "kid": "../../../../dev/null"}),
        "header kid with a quote": with_header({**header, "kid": "x' UNION SELECT 'key"}),
        "kid empty, key empty": signed({**header, "kid": ""}, victim_claims, b""),
        "key empty": signed(header, victim_claims, b""),
        "key 'secret'": signed(header, victim_claims, b"secret"),
        "key of its own kid": signed(header, victim_claims, str(header.get("kid", "")).encode()),
        "key 'your-256-bit-secret'": signed(header, victim_claims, b"your-256-bit-secret"),
        "key 'echochat'": signed(header, victim_claims, b"echochat"),
        "HS384 with a key of the attacker's": signed({**header, "alg": "HS384"}, victim_claims, b"k" * 48, hashlib.sha384),
        "HS512 with a key of the attacker's": signed({**header, "alg": "HS512"}, victim_claims, b"k" * 64, hashlib.sha512),
        "by a library, with a key of the attacker's": jwt.encode(victim_claims, "k" * 32, "HS256", headers={"kid": header.get("kid")}),
        "jwk in the header": signed({**header, "jwk": {"kty": "oct", "k": encode(b"k" * 32)}}, victim_claims, b"k" * 32),
        "jku in the header": signed({**header, "jku": "http://127.0.0.1:1/keys"}, victim_claims, b"k" * 32),
        "x5u in the header": signed({**header, "x5u": "http://127.0.0.1:1/cert"}, victim_claims, b"k" * 32),
        "crit in the header": signed({**header, "crit": ["exp"]}, victim_claims, b"k" * 32),
        "the victim's sub under the old signature": with_body(json.dumps(victim_claims).encode()),
        "later exp under the old signature": with_body(json.dumps({**claims, "exp": claims["exp"] + 10**6}).encode()),
        "exp as text under the old signature": with_body(json.dumps({**claims, "exp": str(claims["exp"])}).encode()),
        "same claims, other spacing": with_body(json.dumps(claims, indent=1).encode()),
        "two subs under the old signature": with_body(json.dumps(claims)[:-1].encode() + b', "sub": "' + victim_id.encode() + b'"}'),
        "no signature": f"{head}.{body}.",
        "no signature and no dot": f"{head}.{body}",
        "header alone": head,
        "four parts": f"{token}.{signature}",
        "five parts": f"{token}.{signature}.{signature}",
        "empty parts": "..",
        "many dots": "." * 2000,
        "signature with other unused bits": f"{head}.{body}.{respelled}",
        "signature padded": f"{token}=",
        "signature cut by one": token[:-1],
        "signature cut by half": f"{head}.{body}.{signature[: len(signature) // 2]}",
        "signature with one bit flipped": f"{head}.{body}.{encode(bytes([decode(signature)[0] ^ 1]) + decode(signature)[1:])}",
        "signature of zeros": f"{head}.{body}.{encode(bytes(32))}",
        "signature twice": f"{head}.{body}.{signature}{signature}",
        "signature in capitals": f"{head}.{body}.{signature.upper()}",
        "header in small letters": f"{head.lower()}.{body}.{signature}",
        "plain base64 alphabet": f"{head}.{body}.{signature[:-2]}+/",
        "a space within": f"{head}. {body}.{signature}",
        "percent signs": token.replace(".", "%2E"),
        "body not base64": f"{head}.***.{signature}",
        "body not JSON": with_body(b"sub=" + victim_id.encode()),
        "body a list": with_body(b"[]"),
        "body null": with_body(b"null"),
        "body nested deep": with_body(b"[" * 3000),
        "body a huge number": with_body(b'{"exp":1e999999,"iat":-1e999999}'),
        "body not UTF-8": with_body(b'{"sub":"\xff\xfe"}'),
        "too long": f"{head}.{encode(b'x' * 5000)}.{signature}",
        "expired long ago, a key of the attacker's": signed(header, {**victim_claims, "exp": int(time.time()) - 10**6}, b"k" * 32),
        "a word": "bearer",
        "a number": "0",
    }
    assert len(set(forgeries.values())) == len(forgeries) and token not in forgeries.values()
    return forgeries
