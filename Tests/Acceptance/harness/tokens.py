# SPDX-License-Identifier: Apache-2.0
"""A test issuer whose key is pinned in a file, for tokens that no real provider would issue."""

import hmac
import json
import time
from base64 import urlsafe_b64encode
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc.jwk import RSAKey

from . import settings

ISSUER = "https://login.example.test/"


def base64url(data: bytes):
    return urlsafe_b64encode(data).decode().rstrip("=")


def compact(header, payload, sign):
    """A compact JWS (RFC 7515 §7.1); dictionaries are serialized as JSON, text and bytes are used unchanged."""
    signing_input = f"{base64url(_written(header))}.{base64url(_written(payload))}"
    return f"{signing_input}.{base64url(sign(signing_input.encode()))}"


def _written(part):
    if isinstance(part, bytes):
        return part
    return (part if isinstance(part, str) else json.dumps(part, separators=(",", ":"))).encode()


def hs256(secret: bytes):
    return lambda message: hmac.digest(secret, message, "sha256")


def unsigned(_):
    return b""


class Issuer:
    def __init__(self, url=ISSUER, kid="the-key", key=None):
        self.url, self.kid = url, kid
        self._key = key or rsa.generate_private_key(65537, 2048)

    def at(self, url):
        """The same key at an issuer with another URL, because key generation takes time."""
        return Issuer(url, self.kid, self._key)

    def rs256(self, message):
        return self._key.sign(message, padding.PKCS1v15(), SHA256())

    @property
    def pem(self):
        return self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    @property
    def key_set(self):
        public = RSAKey.import_key(self.pem).as_dict(private=False)
        return {"keys": [public | {"kid": self.kid, "alg": "RS256", "use": "sig"}]}

    def pinned(self, directory: Path, name="login.jwks.json"):
        """The configuration of the issuer, with its keys in a file beside the configuration."""
        directory.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(json.dumps(self.key_set))
        return settings.issuer(self.url, f"file:{name}")

    def header(self, **changes):
        return _changed({"typ": "JWT", "alg": "RS256", "kid": self.kid}, changes)

    def claims(self, subject, **changes):
        now = int(time.time())
        claims = {"iss": self.url, "aud": settings.AUDIENCE, "sub": subject, "iat": now, "exp": now + 3600}
        return _changed(claims, changes)

    def token(self, subject="the-good-subject", header=None, sign=None, **claims):
        """A valid token, except for the given claims; a claim with the value None is left out."""
        return compact(header or self.header(), self.claims(subject, **claims), sign or self.rs256)


def _changed(values, changes):
    return {name: value for name, value in (values | changes).items() if value is not None}
