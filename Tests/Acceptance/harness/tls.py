# SPDX-License-Identifier: Apache-2.0
"""A self-signed certificate, and a provider that uses it."""

import datetime
import ipaddress
import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from .provider import Provider


def self_signed(directory: Path):
    """The path of a file with a certificate for 127.0.0.1 and its private key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .sign(key, SHA256())
    )
    file = directory / "self-signed.pem"
    file.write_bytes(
        certificate.public_bytes(Encoding.PEM)
        + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    return file


class SelfSignedProvider(Provider):
    def __init__(self, key_set, directory: Path):
        self._certificate = self_signed(directory)
        super().__init__(key_set)
        self.url = self.url.replace("http:", "https:")
        self.key_set_url = self.key_set_url.replace("http:", "https:")

    def wrap(self, socket):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._certificate)
        return context.wrap_socket(socket, server_side=True)
