# SPDX-License-Identifier: Apache-2.0
"""Certificate authorities with an intermediate one, as public ones have them, and the files that Purser reads."""

import datetime
import ipaddress
import os
import ssl

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat


def new_key(kind="P-256"):
    if kind == "Ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    if kind.startswith("RSA-"):
        return rsa.generate_private_key(65537, int(kind.removeprefix("RSA-")))
    return ec.generate_private_key({"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1()}[kind])


def key_pem(key, passphrase=None):
    encryption = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption).decode()


class Leaf:
    """A certificate with its key. `chain` is what a server sends."""

    def __init__(self, certificate, key, issuers):
        self.certificate, self.key = certificate, key
        self.serial = certificate.serial_number
        self.expires = certificate.not_valid_after_utc.timestamp()
        self.chain = "".join(one.public_bytes(Encoding.PEM).decode() for one in [certificate, *issuers])

    def files(self, directory, name="client"):
        """Paths of the chain and of the key, for clients."""
        chain, key = directory / f"{name}.pem", directory / f"{name}.key"
        chain.write_text(self.chain)
        key.write_text(key_pem(self.key))
        return chain, key


class Authority:
    """A root and an intermediate authority; clients trust the root only."""

    def __init__(self, directory, name="root"):
        self._name, self._root_key, self._intermediate_key = name, new_key(), new_key()
        root = self._sign(self._names(name), self._names(name), self._root_key, self._root_key, authority=True)
        self._intermediate = self._sign(
            self._names(f"{name} 1"), self._names(name), self._intermediate_key, self._root_key, authority=True
        )
        directory.mkdir(parents=True, exist_ok=True)
        self.file = directory / f"{name}.pem"
        self.file.write_bytes(root.public_bytes(Encoding.PEM))

    def issue(self, kind="P-256", days=90.0):
        """`days` until it expires; a negative number makes one that has expired."""
        key = new_key(kind)
        certificate = self._sign(
            self._names("localhost"), self._names(f"{self._name} 1"), key, self._intermediate_key, days=days
        )
        return Leaf(certificate, key, [self._intermediate])

    def client_context(self, client=None, **options):
        """Trusts this authority; `client` are the files of a client certificate."""
        context = ssl.create_default_context(cafile=self.file)
        context.set_alpn_protocols(options.get("alpn", ["http/1.1"]))
        if client:
            context.load_cert_chain(*client)
        return context

    @staticmethod
    def _names(name):
        return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])

    @staticmethod
    def _sign(subject, issuer, key, issuer_key, authority=False, days=90.0):
        now = datetime.datetime.now(datetime.timezone.utc)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=60))
            .not_valid_after(now + datetime.timedelta(days=days))
            .add_extension(x509.BasicConstraints(authority, None), critical=True)
        )
        if not authority:
            names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return builder.sign(issuer_key, SHA256())


class CertificateFiles:
    """The `tls` of a listener, whose files change in one of the ways in which they do in practice."""

    WAYS = ("in place", "rename", "secret mount")

    def __init__(self, directory, leaf, client_ca=None):
        self._directory, self._client_ca, self._number = directory, client_ca, 0
        directory.mkdir(parents=True)
        self.certificate, self.key = directory / "tls.crt", directory / "tls.key"
        for file in (self.certificate, self.key):
            file.symlink_to(f"..data/{file.name}")
        self.write(leaf, "secret mount")

    @property
    def settings(self):
        files = {"certificate": str(self.certificate), "key": str(self.key)}
        return files | ({"client-ca": str(self._client_ca)} if self._client_ca else {})

    def write(self, leaf, way="rename"):
        self.write_texts(leaf.chain, key_pem(leaf.key), way)

    def write_texts(self, chain, key, way="rename", mode=0o600):
        self._number += 1
        if way == "secret mount":
            # As Kubernetes updates a mounted secret: a link to a new directory takes the place of the old link.
            data = self._directory / f"..{self._number}"
            data.mkdir()
            self._new(data / "tls.crt", chain, 0o644)
            self._new(data / "tls.key", key, mode)
            (self._directory / "..new").symlink_to(data.name)
            os.replace(self._directory / "..new", self._directory / "..data")
            return
        data = self._directory / "..data"
        for name, text, bits in (("tls.crt", chain, 0o644), ("tls.key", key, mode)):
            if way == "in place":
                (data / name).write_text(text)
                (data / name).chmod(bits)
            else:
                self._new(data / "new", text, bits)
                os.replace(data / "new", data / name)

    @staticmethod
    def _new(file, text, mode):
        file.touch(mode)
        file.chmod(mode)
        file.write_text(text)
