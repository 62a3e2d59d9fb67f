# SPDX-License-Identifier: Apache-2.0
"""An issuer that signs ES256 (RFC 7518 §3.4)."""

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc.jwk import ECKey

from .tokens import ISSUER, Issuer


class EllipticIssuer(Issuer):
    def __init__(self, url=ISSUER, kid="the-key", key=None):
        super().__init__(url, kid, key or ec.generate_private_key(ec.SECP256R1()))

    def es256(self, message):
        r, s = decode_dss_signature(self._key.sign(message, ec.ECDSA(SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    @property
    def key_set(self):
        public = ECKey.import_key(self.pem).as_dict(private=False)
        return {"keys": [public | {"kid": self.kid, "alg": "ES256", "use": "sig"}]}

    def header(self, **changes):
        return super().header(**{"alg": "ES256"} | changes)

    def token(self, subject="the-good-subject", header=None, sign=None, **claims):
        return super().token(subject, header, sign or self.es256, **claims)
