# SPDX-License-Identifier: Apache-2.0
"""Invalid or unusual tokens with a signature of the right key. Each function takes a `TokenMaker`."""

import json

from .claim_mutations import CLAIMS
from .json_mutations import odd_json
from .signers import ALGORITHMS, CURVES, HASHES, RSA
from .token_maker import OMIT
from .tokens import compact, hs256, unsigned


def _header(**choices):
    """A header with one of the values in `choices` for each name."""
    return lambda make: make.token(make.header(**{name: make.pick(*values) for name, values in choices.items()}))


def _claims(change):
    return lambda make: make.token(claims=change(make))


def _kid_of_another(make):
    header = make.header()
    return make.token(header | {"kid": f"key-{make.pick(*ALGORITHMS)}"}, kid=header["kid"])


def _algorithm_of_another(make):
    """Another RSA algorithm under the right kid: one RSA key has six algorithms, so only the JWK's `alg` rejects it."""
    header = make.header(make.algorithm(RSA))
    other = make.pick(*RSA)
    return make.token(header | {"alg": other}, by=make.pick(other, header["alg"]), kid=header["kid"])


def _symmetric(make):
    algorithm = make.pick("HS256", "HS384", "HS512")
    return compact(make.header(alg=algorithm), make.claims(), hs256(make.signers.pem(make.algorithm())))


def _unsigned(make):
    return compact(make.header(alg=make.pick("none", "None", "NONE", "")), make.claims(), unsigned)


def _other_spelling(make):
    header = make.header()
    algorithm = header["alg"]
    texts = (algorithm.lower(), algorithm + " ", algorithm + "\0", algorithm[:2] + "\uff12\uff15\uff16")
    spelled = make.pick(*texts, [algorithm], 256, None)
    return make.token(header | {"alg": spelled}, by=algorithm)


def _other_digest(make):
    header = make.header(make.algorithm((*RSA, *CURVES)))
    kind = header["alg"][:2]
    others = [kind + size for size in HASHES if kind != "ES" and kind + size != header["alg"]]
    return make.token(header, by=make.pick(*(others or ["ES256", "ES384", "ES512"])), kid=header["kid"])


def _other_salt(make):
    header = make.header(make.pick("PS256", "PS384", "PS512"))
    salt = make.pick(0, 20, 32, 48, 64, 190)
    return compact(header, make.claims(), lambda text: make.signers.sign(header["alg"], text, header["kid"], salt))


def _der(make):
    header = make.header(make.pick(*CURVES))
    return compact(header, make.claims(), lambda text: make.signers.der(header["alg"], text))


def _equivalent_number(make):
    algorithm = make.algorithm()
    header = make.header(algorithm, kid=f"key-{algorithm}")
    sign, other = make.signers.sign, make.signers.equivalent_number
    return compact(header, make.claims(), lambda text: other(algorithm, sign(algorithm, text)))


def _extreme_number(make):
    """Equal bytes for r and s, or R and S: zero, out of range, or not a signature of this message."""
    algorithm = make.pick(*CURVES, "EdDSA")
    length = len(make.signers.sign(algorithm, b""))
    signature = b"".join(bytes([make.pick(0, 1, 0xFF)]) * (length // 2) for _ in range(2))
    return compact(make.header(algorithm), make.claims(), lambda _: signature)


def _unencoded_payload(make):
    """An unencoded payload with valid crit and b64 (RFC 7797)."""
    return make.token(make.header(b64=make.pick(True, False), crit=["b64"]))


def _long(make):
    """A token slightly below or above the limit of 16 KiB."""
    token = make.token(make.header("EdDSA"), make.claims(filler=""))
    missing = (16_384 - len(token)) * 3 // 4
    return make.token(make.header("EdDSA"), make.claims(filler="x" * (missing + make.random.randint(-40, 40))))


def _long_header(make):
    """A header slightly below or above the limit of 2 KiB."""
    header = make.header("EdDSA", filler="")
    length = len(json.dumps(header, separators=(",", ":")))
    return make.token(header | {"filler": "x" * (2048 - length + make.random.randint(-5, 5))})


def _odd_header(make):
    header = make.header()
    return make.token(odd_json(make, header), by=header["alg"], kid=header["kid"])


_KIDS = ("nobodys-key", "key-rs256", "key-RS256 ", "\u212aey-RS256", "key-ES25\uff16")
_TYPES = (
    "JWS",
    "logout+jwt",
    "dpop+jwt",
    "secevent+jwt",
    "jwt ",
    "application/",
    "JWT\u212a",
    "application/application/jwt",
)
_CRITICAL = (["exp"], ["alg"], ["kid", "typ"], [], "alg", ["b64"], None, [1], ["alg", "alg"])
_ODD = (None, 7, True, "", [], {}, ["JWT"])
SIGNED = {
    "odd JSON, header": (600, _odd_header),
    "odd JSON, payload": (900, lambda make: make.token(claims=odd_json(make, make.claims()))),
    "kid unknown": (150, _header(kid=(*_KIDS, *_ODD))),
    "kid of another": (300, _kid_of_another),
    "kid absent": (300, _header(kid=(OMIT,))),
    "algorithm of another": (400, _algorithm_of_another),
    "algorithm spelled otherwise": (250, _other_spelling),
    "algorithm absent": (30, lambda make: make.token(make.header("ES256", alg=OMIT), by="ES256")),
    "symmetric": (100, _symmetric),
    "unsigned": (50, _unsigned),
    "another digest or curve": (250, _other_digest),
    "another salt": (150, _other_salt),
    "DER": (100, _der),
    "the number's twin": (400, _equivalent_number),
    "extreme numbers": (200, _extreme_number),
    "typ": (500, _header(typ=(*_TYPES, *_ODD))),
    "crit": (250, _header(crit=_CRITICAL)),
    "extensions": (200, _header(**{"zip": ("DEF", None, 1), "enc": ("A128GCM", OMIT)})),
    "b64": (100, _header(b64=(True, False, None, "true"))),
    "b64 with crit": (100, _unencoded_payload),
    "cty": (150, _header(cty=("JWT", "jwt", "application/JWT", "json", *_ODD))),
    "keys in the header": (100, _header(jku=("https://evil.example.test/", 5), jwk=({"kty": "oct", "k": "AA"}, "x"))),
    "long": (120, _long),
    "long header": (120, _long_header),
    **{name: (count, _claims(change)) for name, (count, change) in CLAIMS.items()},
}
