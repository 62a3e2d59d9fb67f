# SPDX-License-Identifier: Apache-2.0
"""Keys that Purser must not use (RFC 7517 §4, RFC 7518 §6, RFC 8037 §2), each derived from a valid one."""

from .tokens import base64url

_EDWARDS = {"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA"}


def _modulus(bits):
    """An odd modulus of exactly that length, without a private key."""
    return base64url(b"\xa7" * (bits // 8))


BAD_RSA = {
    "1024 bits": {"n": _modulus(1024)},
    "2040 bits": {"n": _modulus(2040)},
    "8200 bits": {"n": _modulus(8200)},
    "even modulus": {"n": base64url(b"\xa7" * 255 + b"\xa6")},
    "exponent 1": {"e": "AQ"},
    "even exponent": {"e": "Ag"},
    "exponent of 33 bits": {"e": base64url(b"\x01\x00\x00\x00\x01")},
    "padded modulus": {"n": _modulus(2048) + "=="},
    "for encryption": {"use": "enc"},
    "not to verify": {"key_ops": ["sign"]},
    "alg HS256": {"alg": "HS256"},
    "alg none": {"alg": "none"},
    "alg RSA-OAEP": {"alg": "RSA-OAEP"},
    "alg of another kind": {"alg": "ES256"},
    "private exponent": {"d": "AQAB"},
    "prime factor": {"p": "AQAB"},
    "symmetric": {"kty": "oct", "k": "c2VjcmV0"},
    "unknown kty": {"kty": "LWE"},
    "no kty": {"kty": None},
}
BAD_EC = {
    "another curve's name": {"crv": "P-384"},
    "secp256k1": {"crv": "secp256k1"},
    "point off the curve": {"x": base64url(b"\x11" * 32)},
    "short coordinate": {"x": base64url(b"\x11" * 31)},
    "point at infinity": {"x": base64url(bytes(32)), "y": base64url(bytes(32))},
    "private scalar": {"d": base64url(b"\x11" * 32)},
    "X25519": _EDWARDS | {"crv": "X25519", "x": base64url(b"\x09" + bytes(31))},
    "Ed448": _EDWARDS | {"crv": "Ed448", "x": base64url(b"\x11" * 57)},
    "Ed25519 of small order": _EDWARDS | {"x": base64url(b"\x01" + bytes(31))},
    "Ed25519 off the curve": _EDWARDS | {"x": base64url(b"\x02" + bytes(31))},
    "Ed25519 too short": _EDWARDS | {"x": base64url(b"\x11" * 31)},
}


def bad_keys(rsa, ec):
    """One key of each kind, with the kind's name as kid."""
    for good, changes in ((rsa, BAD_RSA), (ec, BAD_EC)):
        for name, change in changes.items():
            members = good | change | {"kid": name}
            yield {member: value for member, value in members.items() if value is not None}
