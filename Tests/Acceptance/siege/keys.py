# SPDX-License-Identifier: Apache-2.0
"""The issuer of a siege. Each process makes it from the same private key."""

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from harness.elliptic import EllipticIssuer


def new_key():
    """A private key as PEM. ES256, because the siege signs thousands of tokens."""
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )


def issuer(pem):
    return EllipticIssuer(key=load_pem_private_key(pem, None))
