"""Forged tokens of a host application, each of which the server must reject: at least one for each rule of HostTokenVerifier."""

import json
import time
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils

from .host_application import AUDIENCE, HostApplication, decode, encode, jwk, public_der, public_pem, raw_signature, sign, token

# The orders of the groups of P-256 (SEC 2) and Ed25519 (RFC 8032).
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
ED25519_ORDER = 2**252 + 27742317777372353535851937790883648493
BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def own_key(data: Path) -> tuple[str, bytes]:
    """Name and secret of the key with which EchoChat signs its own tokens."""
    lines = (data / "keys" / "access-tokens").read_text().splitlines()
    name, secret = next(line for line in lines if not line.startswith("#")).split()
    return name, decode(secret)


def forged_by_claims(host: HostApplication, by: str) -> dict[str, str]:
    """Rightly signed by a key of the host application: what they say is refused."""
    key, header, good = getattr(host, by), host.header(by), host.claims("victim")
    now = int(time.time())

    def signed(**changed) -> str:
        return token(key, header, {name: value for name, value in {**good, **changed}.items() if value is not ...})

    text = json.dumps(good)
    raw = {
        "sub twice": text[:-1] + ', "sub": "other"}',
        "sub twice, once escaped": text[:-1] + ', "s\\u0075b": "other"}',
        "exp twice": text[:-1] + f', "exp": {now + 99}}}',
        "a name twice within": text[:-1] + ', "x": {"a": 1, "a": 2}}',
        "a comma too many": text[:-1] + ",}",
        "something behind the claims": text + " {}",
        "half of a surrogate pair": text[:-1] + ', "name": "\\ud800"}',
        "a line break in a text": text[:-1] + ', "name": "a\nb"}',
        "nested deep": text[:-1] + ', "x": ' + "[" * 40 + "]" * 40 + "}",
        "a list": json.dumps([good]),
        "null": "null",
        "nothing": "",
        "a BOM": "\ufeff" + text,
        "single quotes": text.replace('"', "'"),
        "exp with an exponent": text.replace(f'"exp": {good["exp"]}', '"exp": 9e9'),
        "exp not finite": text.replace(f'"exp": {good["exp"]}', '"exp": Infinity'),
    }
    forged = {
        "expired": signed(iat=now - 700, exp=now - 1),
        "expired long ago": signed(iat=1, exp=2),
        "not valid yet": signed(nbf=now + 60),
        "issued in the future": signed(iat=now + 60, exp=now + 700),
        "no iss": signed(iss=...),
        "no aud": signed(aud=...),
        "no sub": signed(sub=...),
        "no exp": signed(exp=...),
        "no iat": signed(iat=...),
        "another iss": signed(iss="https://elsewhere.example"),
        "iss with a slash": signed(iss=good["iss"] + "/"),
        "iss in capitals": signed(iss=good["iss"].upper()),
        "iss a list": signed(iss=[good["iss"]]),
        "iss null": signed(iss=None),
        "another aud": signed(aud="elsewhere"),
        "aud in capitals": signed(aud=AUDIENCE.upper()),
        "aud a list of others": signed(aud=["elsewhere", "nowhere"]),
        "aud an empty list": signed(aud=[]),
        "aud with a number": signed(aud=[AUDIENCE, 1]),
        "aud with a list": signed(aud=[[AUDIENCE]]),
        "aud an object": signed(aud={AUDIENCE: True}),
        "aud of 33": signed(aud=["x"] * 32 + [AUDIENCE]),
        "sub empty": signed(sub=""),
        "sub a number": signed(sub=4711),
        "sub null": signed(sub=None),
        "sub a list": signed(sub=["victim"]),
        "sub too long": signed(sub="x" * 256),
        "sub with a NUL": signed(sub="victim\0"),
        "sub with a line break": signed(sub="victim\n"),
        "sub with a C1 control": signed(sub="victim\x85"),
        "exp a text": signed(exp=str(good["exp"])),
        "exp negative": signed(exp=-good["exp"]),
        "exp true": signed(exp=True),
        "exp null": signed(exp=None),
        "exp beyond all years": signed(exp=10**15),
        "exp before iat": signed(exp=good["iat"] - 1),
        "exp at iat": signed(exp=good["iat"]),
        "iat a text": signed(iat=str(good["iat"])),
        "iat negative": signed(iat=-1),
        "nbf a text": signed(nbf="0"),
        "nbf null": signed(nbf=None),
        "valid for too long": signed(exp=good["iat"] + 30 * 86400 + 1),
        "sid a number": signed(sid=7),
        "sid empty": signed(sid=""),
        "sid too long": signed(sid="x" * 256),
        "too long": signed(name="x" * 4000),
        "not UTF-8": token(key, header, text.encode()[:-1] + b', "name": "\xff"}'),
        "not JSON": token(key, header, b"sub=victim"),
        **{name: token(key, header, content.encode()) for name, content in raw.items()},
    }
    return {f"claims: {name}": forged[name] for name in forged}


def forged_by_header(host: HostApplication, by: str, own_name: str) -> dict[str, str]:
    """Rightly signed by a key of the host application, under a header that is refused."""
    key, good, claims = getattr(host, by), host.header(by), host.claims("victim")
    algorithm = good["alg"]

    def headed(**changed) -> str:
        return token(key, {name: value for name, value in {**good, **changed}.items() if value is not ...}, claims)

    text = json.dumps(good)
    forged = {
        "alg in small letters": headed(alg=algorithm.lower()),
        "alg in capitals": headed(alg=algorithm.upper() if algorithm != algorithm.upper() else algorithm.capitalize()),
        "alg with a space": headed(alg=algorithm + " "),
        "alg with a NUL": headed(alg=algorithm + "\0"),
        "alg a list": headed(alg=[algorithm]),
        "alg null": headed(alg=None),
        "alg a number": headed(alg=256),
        "no alg": headed(alg=...),
        "alg by another name": headed(alg={"EdDSA": "Ed25519", "RS256": "SHA256withRSA", "ES256": "ECDSA", "HS256": "HMAC"}[algorithm]),
        **{
            f"alg {other}": headed(alg=other)
            for other in ("none", "HS384", "RS384", "RS512", "PS256", "ES384", "ES256K")
            if other != algorithm
        },
        **{f"alg {other} over its own": headed(alg=other) for other in ("HS256", "RS256", "ES256", "EdDSA") if other != algorithm},
        "alg twice": token(key, (text[:-1] + ', "alg": "none"}').encode(), claims),
        "alg twice, first none": token(key, ('{"alg": "none", ' + text[1:]).encode(), claims),
        "kid empty": headed(kid=""),
        "kid a number": headed(kid=1),
        "kid null": headed(kid=None),
        "kid a list": headed(kid=[by]),
        "kid too long": headed(kid="x" * 256),
        "kid of our own key": headed(kid=own_name),
        "kid twice": token(key, ('{"kid": "x", "kid": "x", ' + json.dumps({"alg": algorithm})[1:]).encode(), claims),
        "typ of our own tokens": headed(typ="at+jwt"),
        "typ of our own tokens, as a media type": headed(typ="application/at+jwt"),
        "typ of a refresh token": headed(typ="refresh"),
        "typ of a logout token": headed(typ="logout+jwt"),
        "typ a number": headed(typ=1),
        "typ null": headed(typ=None),
        "crit": headed(crit=["exp"]),
        "crit empty": headed(crit=[]),
        "crit unknown": headed(crit=["x"], x=1),
        "b64": headed(b64=False, crit=["b64"]),
        "b64 alone": headed(b64=False),
        "jwk": headed(jwk={"kty": "oct", "k": "AA"}),
        "jku": headed(jku="http://127.0.0.1:1/keys"),
        "x5u": headed(x5u="http://127.0.0.1:1/cert"),
        "x5c": headed(x5c=["AA"]),
        "zip": headed(zip="DEF"),
        "enc": headed(enc="A128GCM"),
        "too long": headed(x="x" * 800),
        "nested deep": token(key, (text[:-1] + ', "x": ' + "[" * 40 + "]" * 40 + "}").encode(), claims),
        "a list": token(key, json.dumps([good]).encode(), claims),
        "a text": token(key, json.dumps(algorithm).encode(), claims),
        "empty": token(key, b"", claims),
        "something behind": token(key, (text + "x").encode(), claims),
        "not UTF-8": token(key, text.encode()[:-1] + b', "x": "\xff"}', claims),
    }
    return {f"header: {name}": forged[name] for name in forged}


def forged_by_shape(host: HostApplication, by: str) -> dict[str, str]:
    """A good token in another spelling, or with something missing or added."""
    good = host.token("victim", by=by)
    head, body, signature = good.split(".")

    def respelled(part: str) -> str:
        """The same bytes for a decoder that ignores unused bits; nil if this length has none."""
        unused = {2: 15, 3: 3}.get(len(part) % 4, 0)
        return part[:-1] + BASE64URL[BASE64URL.index(part[-1]) ^ 1] if unused else part + "A"

    forged = {
        "no signature": f"{head}.{body}.",
        "no signature and no dot": f"{head}.{body}",
        "no header": f".{body}.{signature}",
        "no claims": f"{head}..{signature}",
        "four parts": f"{good}.{signature}",
        "five parts": f"{good}.{signature}.{signature}",
        "JSON": json.dumps({"protected": head, "payload": body, "signature": signature}).replace(" ", ""),
        "padded": good + "=",
        "header padded": f"{head}=.{body}.{signature}",
        "header with unused bits": f"{respelled(head)}.{body}.{signature}",
        "claims with unused bits": f"{head}.{respelled(body)}.{signature}",
        "signature with unused bits": f"{head}.{body}.{respelled(signature)}",
        "signature cut": good[:-2],
        "signature twice": good + signature,
        "signature in capitals": f"{head}.{body}.{signature.upper()}",
        "signature of zeros": f"{head}.{body}.{encode(bytes(len(decode(signature))))}",
        "signature of ones": f"{head}.{body}.{encode(bytes([255]) * len(decode(signature)))}",
        "signature backwards": f"{head}.{body}.{encode(decode(signature)[::-1])}",
        "signature of other claims": f"{head}.{encode(json.dumps(host.claims('other')).encode())}.{signature}",
        "percent signs": good.replace(".", "%2E"),
        "plain base64": f"{head}.{body}.{signature[:-2]}+/",
    }
    return {f"shape: {name}": forged[name] for name in forged}


def forged_by_key(host: HostApplication) -> dict[str, str]:
    """For the key set: signed with the wrong key, or with a wrong signature of the right one."""
    claims = host.claims("victim")
    rs, es, ed = (host.header(name) for name in ("rsa", "ec", "ed"))
    hs = {"alg": "HS256", "typ": "JWT"}
    pem = public_pem(host.rsa)
    n = host.rsa.public_key().public_numbers().n.to_bytes(256, "big")
    raw_ed = decode(jwk(host.ed)["x"])
    ec_numbers = host.ec.public_key().public_numbers()
    mallory_rsa = rsa.generate_private_key(65537, 2048)
    mallory_ec, mallory_ed = ec.generate_private_key(ec.SECP256R1()), ed25519.Ed25519PrivateKey.generate()
    p384, k256 = ec.generate_private_key(ec.SECP384R1()), ec.generate_private_key(ec.SECP256K1())

    message = f"{encode(json.dumps(es).encode())}.{encode(json.dumps(claims).encode())}".encode()
    der = host.ec.sign(message, ec.ECDSA(hashes.SHA256()))
    r, s = utils.decode_dss_signature(der)
    rs_message = f"{encode(json.dumps(rs).encode())}.{encode(json.dumps(claims).encode())}".encode()
    ed_message = f"{encode(json.dumps(ed).encode())}.{encode(json.dumps(claims).encode())}".encode()
    ed_signature, rs_signature = sign(host.ed, ed_message), sign(host.rsa, rs_message)
    scalar = int.from_bytes(ed_signature[32:], "little")

    def es256(signature: bytes) -> str:
        return token(host.ec, es, claims, signature)

    def eddsa(signature: bytes) -> str:
        return token(host.ed, ed, claims, signature)

    def rs256(signature: bytes) -> str:
        return token(host.rsa, rs, claims, signature)

    p384_r, p384_s = utils.decode_dss_signature(p384.sign(message, ec.ECDSA(hashes.SHA384())))
    k256_r, k256_s = utils.decode_dss_signature(k256.sign(message, ec.ECDSA(hashes.SHA256())))
    forged = {
        "HS256 with the RSA key in PEM": token(pem, {**hs, "kid": "rsa"}, claims),
        "HS256 with the RSA key in PEM, no line break": token(pem.strip(), {**hs, "kid": "rsa"}, claims),
        "HS256 with the RSA key in PEM, no kid": token(pem, hs, claims),
        "HS256 with the RSA key in DER": token(public_der(host.rsa), {**hs, "kid": "rsa"}, claims),
        "HS256 with the RSA modulus": token(n, {**hs, "kid": "rsa"}, claims),
        "HS256 with the RSA key as JWK": token(json.dumps(jwk(host.rsa)).encode(), {**hs, "kid": "rsa"}, claims),
        "HS256 with the EC key in PEM": token(public_pem(host.ec), {**hs, "kid": "ec"}, claims),
        "HS256 with the EC point": token(ec_numbers.x.to_bytes(32, "big"), {**hs, "kid": "ec"}, claims),
        "HS256 with the Ed25519 key": token(raw_ed, {**hs, "kid": "ed"}, claims),
        "HS256 with the key set": token(host.key_set(), {**hs, "kid": "rsa"}, claims),
        "HS256 with nothing": token(b"", {**hs, "kid": "rsa"}, claims),
        "HS256 with the kid": token(b"rsa", {**hs, "kid": "rsa"}, claims),
        "HS256 with the secret that is not in use": token(host.secret, hs, claims),
        "RS256 with the PEM as secret": token(pem, rs, claims),
        "ES256 with the PEM as secret": token(public_pem(host.ec), es, claims),
        "EdDSA with the key as secret": token(raw_ed, ed, claims),
        "RS256 of another key": token(mallory_rsa, rs, claims),
        "RS256 of another key, no kid": token(mallory_rsa, {"alg": "RS256"}, claims),
        "RS256 of another key, in the header": token(mallory_rsa, {**rs, "jwk": jwk(mallory_rsa)}, claims),
        "ES256 of another key": token(mallory_ec, es, claims),
        "ES256 of another key, in the header": token(mallory_ec, {**es, "jwk": jwk(mallory_ec)}, claims),
        "EdDSA of another key": token(mallory_ed, ed, claims),
        "EdDSA of another key, in the header": token(mallory_ed, {**ed, "jwk": jwk(mallory_ed)}, claims),
        "the unnamed key under the name of another": token(host.unnamed, rs, claims),
        "the RSA key under another kid": token(host.rsa, {**rs, "kid": "other"}, claims),
        "the RSA key under the EC kid": token(host.rsa, {**rs, "kid": "ec"}, claims),
        "the EC key under the RSA kid": token(host.ec, {**es, "kid": "rsa"}, claims),
        "kid that is a path": token(b"", {**hs, "kid": "../../../../dev/null"}, claims),
        "kid that is a path of RS256": token(mallory_rsa, {**rs, "kid": "/dev/null"}, claims),
        "kid that is a file": token(pem, {**hs, "kid": str(host.folder / "keys.json")}, claims),
        "kid of SQL": token(mallory_rsa, {**rs, "kid": "x' UNION SELECT 'key"}, claims),
        "kid of a shell": token(mallory_rsa, {**rs, "kid": "|touch /tmp/x"}, claims),
        "kid in capitals": token(host.ec, {**es, "kid": "EC"}, claims),
        "ES256 in DER": es256(der),
        "ES256 in DER, cut to 64": es256(der[:64]),
        "ES256 with r = 0": es256(raw_signature(0, s)),
        "ES256 with s = 0": es256(raw_signature(r, 0)),
        "ES256 of zeros": es256(bytes(64)),
        "ES256 with r = n": es256(raw_signature(P256_ORDER, s)),
        "ES256 with s = n": es256(raw_signature(r, P256_ORDER)),
        "ES256 with r + n": es256(raw_signature((r + P256_ORDER) % 2**256, s)),
        "ES256 with r and s swapped": es256(raw_signature(s, r)),
        "ES256 of 63 bytes": es256(raw_signature(r, s)[:-1]),
        "ES256 of 65 bytes": es256(raw_signature(r, s) + b"\0"),
        "ES256 of 96 bytes": es256(raw_signature(r, s, 48)),
        "ES256 of P-384": es256(raw_signature(p384_r, p384_s, 48)),
        "ES384 of P-384": token(p384, {**es, "alg": "ES384"}, claims, raw_signature(p384_r, p384_s, 48)),
        "ES256 of secp256k1": es256(raw_signature(k256_r, k256_s)),
        "ES256K of secp256k1": token(k256, {**es, "alg": "ES256K"}, claims, raw_signature(k256_r, k256_s)),
        "EdDSA with s + L": eddsa(ed_signature[:32] + (scalar + ED25519_ORDER).to_bytes(32, "little")),
        "EdDSA with -s": eddsa(ed_signature[:32] + (ED25519_ORDER - scalar).to_bytes(32, "little")),
        "EdDSA of 63 bytes": eddsa(ed_signature[:-1]),
        "EdDSA of 65 bytes": eddsa(ed_signature + b"\0"),
        "EdDSA of 32 bytes": eddsa(ed_signature[:32]),
        "EdDSA with the neutral point and 0": eddsa(b"\1" + bytes(63)),
        "EdDSA with another R": eddsa(bytes([ed_signature[0] ^ 1]) + ed_signature[1:]),
        "EdDSA with the sign of R": eddsa(ed_signature[:31] + bytes([ed_signature[31] ^ 0x80]) + ed_signature[32:]),
        "RS256 by PSS": rs256(host.rsa.sign(rs_message, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())),
        "PS256": token(
            host.rsa,
            {**rs, "alg": "PS256"},
            claims,
            host.rsa.sign(rs_message, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256()),
        ),
        "RS256 with SHA-1": rs256(host.rsa.sign(rs_message, padding.PKCS1v15(), hashes.SHA1())),
        "RS256 with SHA-512": rs256(host.rsa.sign(rs_message, padding.PKCS1v15(), hashes.SHA512())),
        "RS256 of 255 bytes": rs256(rs_signature[1:]),
        "RS256 of 257 bytes": rs256(b"\0" + rs_signature),
        "RS256 of 1": rs256(bytes(255) + b"\1"),
        "RS256 of n - 1": rs256((int.from_bytes(n, "big") - 1).to_bytes(256, "big")),
        "RS256 of n": rs256(n),
        "RS256 plus n": rs256(((int.from_bytes(rs_signature, "big") + int.from_bytes(n, "big")) % 2**2048).to_bytes(256, "big")),
    }
    return {f"key: {name}": forged[name] for name in forged}


def confused_with_ours(host: HostApplication, by: str, data: Path, own: str) -> dict[str, str]:
    """Confusions of the host application's keys and ours. `own` is a good token of EchoChat."""
    name, secret = own_key(data)
    key, header, claims = getattr(host, by), host.header(by), host.claims("victim")
    head, body, signature = own.split(".")
    own_header, own_claims = json.loads(decode(head)), json.loads(decode(body))
    assert token(secret, decode(head), decode(body)) == own, "the control: this is how EchoChat signs"
    hs = {"alg": "HS256", "typ": "JWT"}
    forged = {
        "our token, signed by the host": token(key, decode(head), decode(body)),
        "our header over the host's claims, signed by the host": token(key, decode(head), claims),
        "our claims under the host's header": token(key, header, own_claims),
        "our kid in the host's header": token(key, {**header, "kid": name}, claims),
        "our typ in the host's header": token(key, {**header, "typ": "at+jwt"}, claims),
        "our kid and typ in the host's header": token(key, {**header, "kid": name, "typ": "at+jwt"}, claims),
        "the host's claims, signed with our key": token(secret, decode(head), claims),
        "the host's claims in our order, signed with our key": token(secret, json.dumps(own_header).encode(), claims),
        "the host's HS256, signed with our key": token(secret, hs, claims),
        "the host's HS256 under our kid, signed with our key": token(secret, {**hs, "kid": name}, claims),
        "the host's header, signed with our key": token(secret, header, claims),
        "our token with the host's alg": token(key, {**own_header, "alg": header["alg"]}, own_claims),
        "our signature under the host's header": f"{encode(json.dumps(header).encode())}.{body}.{signature}",
        "our header and signature over the host's claims": f"{head}.{encode(json.dumps(claims).encode())}.{signature}",
        "our token for the host's audience, signed with our key": token(secret, decode(head), {**own_claims, "aud": claims["aud"]}),
    }
    if by == "secret":
        forged |= {
            "our token, signed with the host's secret": token(host.secret, own_header, own_claims),
            "the host's secret and ours together": token(host.secret + secret, hs, claims),
            "half of the host's secret": token(host.secret[:20], hs, claims),
        }
    # Some are the same for some keys.
    return {f"confusion: {what}": text for what, text in forged.items()}
