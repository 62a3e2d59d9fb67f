# SPDX-License-Identifier: Apache-2.0
"""Keys for all ten algorithms, and valid and invalid signatures with them."""

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc.jwk import ECKey, OKPKey, RSAKey

HASHES = {"256": SHA256, "384": SHA384, "512": SHA512}
CURVES = {"ES256": ec.SECP256R1, "ES384": ec.SECP384R1, "ES512": ec.SECP521R1}
ORDERS = {
    "ES256": 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    "ES384": 2**384 - 0x389CB27E0BC8D220A7E5F24DB74F58851313E695333AD68D,
    "ES512": 2**521 - 0x5AE79787C40D069948033FEB708F65A2FC44A36477663B851449048E16EC79BF7,
    "EdDSA": 2**252 + 27742317777372353535851937790883648493,
}
RSA = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")
ALGORITHMS = (*RSA, *CURVES, "EdDSA")
ANY_RSA = "rsa-of-any-algorithm"


class Signers:
    """One RSA key has six algorithms under six kids; another has no `alg` and fits all of them."""

    def __init__(self, random):
        self._rsa, self._any_rsa = (rsa.generate_private_key(65537, 2048) for _ in range(2))
        self._ec = {
            name: ec.derive_private_key(random.randrange(1, ORDERS[name]), curve()) for name, curve in CURVES.items()
        }
        self._ed25519 = ed25519.Ed25519PrivateKey.from_private_bytes(random.randbytes(32))

    def key(self, algorithm, kid=None):
        if algorithm in RSA:
            return self._any_rsa if kid == ANY_RSA else self._rsa
        return self._ec.get(algorithm, self._ed25519)

    @property
    def key_set(self):
        keys = [_jwk(self.key(name)) | {"kid": f"key-{name}", "alg": name, "use": "sig"} for name in ALGORITHMS]
        return {"keys": [*keys, _jwk(self._any_rsa) | {"kid": ANY_RSA}]}

    def pem(self, algorithm):
        return self.key(algorithm).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def sign(self, algorithm, message, kid=None, salt=None):
        """Signs as in RFC 7518 §3.3–3.5 and RFC 8037 §3.1; `salt` overrides the length of PSS's salt."""
        key = self.key(algorithm, kid)
        if algorithm == "EdDSA":
            return key.sign(message)
        kind, digest = algorithm[:2], HASHES[algorithm[2:]]()
        if kind == "ES":
            return side_by_side(algorithm, *decode_dss_signature(key.sign(message, ec.ECDSA(digest))))
        if kind == "PS":
            length = digest.digest_size if salt is None else salt
            return key.sign(message, padding.PSS(padding.MGF1(digest), length), digest)
        return key.sign(message, padding.PKCS1v15(), digest)

    def der(self, algorithm, message):
        """An ECDSA signature in DER, which JWS does not use."""
        return self.key(algorithm).sign(message, ec.ECDSA(HASHES[algorithm[2:]]()))

    def equivalent_number(self, algorithm, signature):
        """The same number modulo the group order or RSA modulus; only ECDSA's negated s is a valid signature, too."""
        if algorithm in RSA:
            modulus = self.key(algorithm).public_key().public_numbers().n
            number = int.from_bytes(signature) + modulus
            return number.to_bytes(len(signature) + (number.bit_length() > 8 * len(signature)))
        half, order = len(signature) // 2, ORDERS[algorithm]
        first, last = signature[:half], signature[half:]
        if algorithm == "EdDSA":
            return first + (int.from_bytes(last, "little") + order).to_bytes(half, "little")
        return side_by_side(algorithm, int.from_bytes(first), order - int.from_bytes(last))


def side_by_side(algorithm, r, s):
    half = (ORDERS[algorithm].bit_length() + 7) // 8
    return r.to_bytes(half) + s.to_bytes(half)


def _jwk(private):
    public = private.public_key()
    kind = {rsa.RSAPrivateKey: RSAKey, ec.EllipticCurvePrivateKey: ECKey}
    model = next((model for cls, model in kind.items() if isinstance(private, cls)), OKPKey)
    return model.import_key(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)).as_dict(private=False)
