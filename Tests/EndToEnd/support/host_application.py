"""A host application that vouches for users of its own: keys of each algorithm, the files that EchoChat reads, and tokens.

Signatures are made by `cryptography` and PyJWT, which know nothing of EchoChat.
"""

import base64
import json
import secrets
import time
from pathlib import Path

import jwt
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils
from cryptography.hazmat.primitives.hmac import HMAC

ISSUER = "https://intranet.example"
AUDIENCE = "echochat"


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def public_pem(key) -> bytes:
    return key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def public_der(key) -> bytes:
    return key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def private_pem(key) -> bytes:
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def jwk(key, **more) -> dict:
    """The public key as a JSON Web Key."""
    algorithms = {
        rsa.RSAPrivateKey: jwt.algorithms.RSAAlgorithm,
        ec.EllipticCurvePrivateKey: jwt.algorithms.ECAlgorithm,
        ed25519.Ed25519PrivateKey: jwt.algorithms.OKPAlgorithm,
    }
    to_jwk = next(algorithm.to_jwk for kind, algorithm in algorithms.items() if isinstance(key, kind))
    made = json.loads(to_jwk(key.public_key()))
    # PyJWT names what the key is for.
    return {name: value for name, value in made.items() if name != "key_ops"} | more


def sign(key, message: bytes) -> bytes:
    """The signature of a JWS: RS256, ES256, EdDSA, or HS256 for a secret."""
    if isinstance(key, bytes):
        code = HMAC(key, hashes.SHA256())
        code.update(message)
        return code.finalize()
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(message, padding.PKCS1v15(), hashes.SHA256())
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(message)
    r, s = utils.decode_dss_signature(key.sign(message, ec.ECDSA(hashes.SHA256())))
    return raw_signature(r, s)


def raw_signature(r: int, s: int, size: int = 32) -> bytes:
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def token(key, header: dict | bytes, claims: dict | bytes, signature: bytes | None = None) -> str:
    """A compact JWS of any header and claims, with the right signature unless another is given."""
    parts = [part if isinstance(part, bytes) else json.dumps(part).encode() for part in (header, claims)]
    message = ".".join(encode(part) for part in parts)
    return f"{message}.{encode(sign(key, message.encode()) if signature is None else signature)}"


class HostApplication:
    """Its keys: `rsa`, `ec` and `ed`, which the key set calls by these names, `unnamed` (RSA, without a kid), and `secret`."""

    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.rsa = rsa.generate_private_key(65537, 2048)
        self.unnamed = rsa.generate_private_key(65537, 2048)
        self.ec = ec.generate_private_key(ec.SECP256R1())
        self.ed = ed25519.Ed25519PrivateKey.generate()
        self.secret = secrets.token_bytes(40)
        self.algorithms = {"rsa": "RS256", "ec": "ES256", "ed": "EdDSA", "unnamed": "RS256", "secret": "HS256"}

    # Files, and the settings that name them

    def write(self, name: str, content: bytes, mode: int = 0o600) -> Path:
        """Writes beside the file and renames, as a careful host does."""
        draft = self.folder / f"{name}.draft"
        draft.write_bytes(content)
        draft.chmod(mode)
        return draft.rename(self.folder / name)

    def key_set(self) -> bytes:
        keys = [jwk(getattr(self, name), kid=name, use="sig", alg=self.algorithms[name]) for name in ("rsa", "ec", "ed")]
        return json.dumps({"keys": [*keys, jwk(self.unnamed)]}).encode()

    def settings(self, path: Path) -> dict[str, str]:
        return {"ECHOCHAT_HOST_KEYS": str(path), "ECHOCHAT_HOST_ISSUER": ISSUER, "ECHOCHAT_HOST_AUDIENCE": AUDIENCE}

    def with_key_set(self) -> dict[str, str]:
        return self.settings(self.write("keys.json", self.key_set(), 0o644))

    def with_pem(self, *keys) -> dict[str, str]:
        pem = b"".join(public_pem(key) for key in keys or (self.rsa, self.ec, self.ed))
        return self.settings(self.write("keys.pem", b"# the application's keys\n" + pem, 0o644))

    def with_secret(self) -> dict[str, str]:
        return self.settings(self.write("secret", self.secret))

    # Tokens

    def claims(self, subject: str = "4711", age: float = 0, lifetime: float = 600, **more) -> dict:
        now = int(time.time() - age)
        return {"iss": ISSUER, "aud": AUDIENCE, "sub": subject, "iat": now, "exp": now + int(lifetime), **more}

    def header(self, name: str) -> dict:
        header = {"alg": self.algorithms[name], "typ": "JWT"}
        return header if name in ("unnamed", "secret") else {**header, "kid": name}

    def token(self, subject: str = "4711", by: str = "ed", age: float = 0, lifetime: float = 600, **more) -> str:
        """A good token, made by PyJWT."""
        header = {"kid": by} if by not in ("unnamed", "secret") else None
        claims = self.claims(subject, age, lifetime, **more)
        return jwt.encode(claims, getattr(self, by), algorithm=self.algorithms[by], headers=header)
