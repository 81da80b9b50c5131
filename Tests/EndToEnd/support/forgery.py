"""Tokens that Mallory makes from Alice's, none of which may open a door."""

import base64
import hashlib
import hmac
import json
import time

import jwt


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def forged_tokens(token: str, victim_id: str) -> dict[str, str]:
    """Named forgeries. `token` is a good one of Mallory's own, `victim_id` the user she would like to be."""
    head, body, seal = token.split(".")
    header, claims = json.loads(decode(head)), json.loads(decode(body))
    hers = {**claims, "sub": victim_id}

    def signed(with_header: dict, with_claims: dict, key: bytes, algorithm=hashlib.sha256) -> str:
        text = encode(json.dumps(with_header).encode()) + "." + encode(json.dumps(with_claims).encode())
        return text + "." + encode(hmac.new(key, text.encode(), algorithm).digest())

    def with_body(changed: bytes) -> str:
        return f"{head}.{encode(changed)}.{seal}"

    def with_header(changed: dict) -> str:
        return f"{encode(json.dumps(changed).encode())}.{body}.{seal}"

    def unsigned(alg: str, tail: str = "") -> str:
        return encode(json.dumps({**header, "alg": alg}).encode()) + "." + encode(json.dumps(hers).encode()) + "." + tail

    # The last character of a 32-byte seal carries two idle bits: a lax decoder reads four spellings as one.
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    respelt = seal[:-1] + alphabet[alphabet.index(seal[-1]) ^ 1]

    forgeries = {
        "alg none": unsigned("none"),
        "alg None": unsigned("None"),
        "alg NONE with a seal": unsigned("NONE", seal),
        "alg empty": unsigned(""),
        "no alg": encode(json.dumps({"typ": "JWT"}).encode()) + "." + encode(json.dumps(hers).encode()) + ".",
        "no header": encode(b"{}") + "." + body + "." + seal,
        "header of another alg over her own seal": with_header({**header, "alg": "HS512"}),
        "header of RS256 over her own seal": with_header({**header, "alg": "RS256"}),
        "header typ changed": with_header({**header, "typ": "refresh"}),
        "header kid changed": with_header({**header, "kid": "../../../../dev/null"}),
        "header kid with a quote": with_header({**header, "kid": "x' UNION SELECT 'key"}),
        "kid empty, key empty": signed({**header, "kid": ""}, hers, b""),
        "key empty": signed(header, hers, b""),
        "key 'secret'": signed(header, hers, b"secret"),
        "key of its own kid": signed(header, hers, str(header.get("kid", "")).encode()),
        "key 'your-256-bit-secret'": signed(header, hers, b"your-256-bit-secret"),
        "key 'echochat'": signed(header, hers, b"echochat"),
        "HS384 with a key of her own": signed({**header, "alg": "HS384"}, hers, b"k" * 48, hashlib.sha384),
        "HS512 with a key of her own": signed({**header, "alg": "HS512"}, hers, b"k" * 64, hashlib.sha512),
        "by a library, key of her own": jwt.encode(hers, "k" * 32, "HS256", headers={"kid": header.get("kid")}),
        "jwk in the header": signed({**header, "jwk": {"kty": "oct", "k": encode(b"k" * 32)}}, hers, b"k" * 32),
        "jku in the header": signed({**header, "jku": "http://127.0.0.1:1/keys"}, hers, b"k" * 32),
        "x5u in the header": signed({**header, "x5u": "http://127.0.0.1:1/cert"}, hers, b"k" * 32),
        "crit in the header": signed({**header, "crit": ["exp"]}, hers, b"k" * 32),
        "another's sub under her seal": with_body(json.dumps(hers).encode()),
        "longer life under her seal": with_body(json.dumps({**claims, "exp": claims["exp"] + 10**6}).encode()),
        "exp as text under her seal": with_body(json.dumps({**claims, "exp": str(claims["exp"])}).encode()),
        "same claims, other spacing": with_body(json.dumps(claims, indent=1).encode()),
        "two subs under her seal": with_body(json.dumps(claims)[:-1].encode() + b', "sub": "' + victim_id.encode() + b'"}'),
        "no seal": f"{head}.{body}.",
        "no seal and no dot": f"{head}.{body}",
        "header alone": head,
        "four parts": f"{token}.{seal}",
        "five parts": f"{token}.{seal}.{seal}",
        "empty parts": "..",
        "many dots": "." * 2000,
        "seal respelt in its idle bits": f"{head}.{body}.{respelt}",
        "seal padded": f"{token}=",
        "seal cut by one": token[:-1],
        "seal cut by half": f"{head}.{body}.{seal[: len(seal) // 2]}",
        "seal with one bit flipped": f"{head}.{body}.{encode(bytes([decode(seal)[0] ^ 1]) + decode(seal)[1:])}",
        "seal of zeros": f"{head}.{body}.{encode(bytes(32))}",
        "seal twice": f"{head}.{body}.{seal}{seal}",
        "seal in capitals": f"{head}.{body}.{seal.upper()}",
        "header in small letters": f"{head.lower()}.{body}.{seal}",
        "plain base64 alphabet": f"{head}.{body}.{seal[:-2]}+/",
        "a space within": f"{head}. {body}.{seal}",
        "percent signs": token.replace(".", "%2E"),
        "body not base64": f"{head}.***.{seal}",
        "body not JSON": with_body(b"sub=" + victim_id.encode()),
        "body a list": with_body(b"[]"),
        "body null": with_body(b"null"),
        "body nested deep": with_body(b"[" * 3000),
        "body a huge number": with_body(b'{"exp":1e999999,"iat":-1e999999}'),
        "body not UTF-8": with_body(b'{"sub":"\xff\xfe"}'),
        "too long": f"{head}.{encode(b'x' * 5000)}.{seal}",
        "expired long ago, key of her own": signed(header, {**hers, "exp": int(time.time()) - 10**6}, b"k" * 32),
        "a word": "bearer",
        "a number": "0",
    }
    assert len(set(forgeries.values())) == len(forgeries) and token not in forgeries.values()
    return forgeries
