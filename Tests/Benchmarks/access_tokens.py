"""Ids and access tokens as the system makes them."""

import base64
import hashlib
import hmac
import json
import secrets
import string
import time
from collections.abc import Callable
from pathlib import Path

# Longer than any benchmark.
TOKEN_SECONDS = 3600


def new_id() -> str:
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(20))


def signer(keys: Path) -> Callable[[str, str], str]:
    """Signs access tokens as the system does, with its own key."""
    name, secret = next(line for line in keys.read_text().splitlines() if line and not line.startswith("#")).split(" ")
    key = base64.urlsafe_b64decode(secret + "=" * (-len(secret) % 4))

    def encode(data: bytes) -> str:
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    head = encode(('{"alg":"HS256","typ":"at+jwt","kid":"%s"}' % name).encode())

    def sign(user: str, session: str) -> str:
        now = int(time.time())
        claims = {"iss": "echochat", "aud": "echochat", "sub": user, "sid": session, "jti": new_id(), "iat": now, "exp": now + TOKEN_SECONDS}
        text = head + "." + encode(json.dumps(claims, separators=(",", ":")).encode())
        return text + "." + encode(hmac.new(key, text.encode(), hashlib.sha256).digest())

    return sign
