# SPDX-License-Identifier: Apache-2.0
"""Purser with TLS listeners or unix sockets, and connections to these."""

import http.client
import socket
import ssl

from .purser import Purser
from .web import send


def dial(address, context=None, timeout=15.0):
    """A connected socket: `address` is `host:port` or `unix:PATH`; with a context, after the TLS handshake."""
    if address.startswith("unix:"):
        plain = socket.socket(socket.AF_UNIX)
        plain.settimeout(timeout)
        plain.connect(address.removeprefix("unix:"))
    else:
        host, port = address.rsplit(":", 1)
        plain = socket.create_connection((host, int(port)), timeout)
    if context is None:
        return plain
    try:
        return context.wrap_socket(plain, server_hostname="localhost", suppress_ragged_eofs=False)
    except BaseException:
        plain.close()
        raise


class Connection(http.client.HTTPConnection):
    """A connection that `dial` makes."""

    def __init__(self, address, context=None, timeout=15.0):
        super().__init__("localhost", timeout=timeout)
        self._address, self._context = address, context

    def connect(self):
        self.sock = dial(self._address, self._context, self.timeout)


class EncryptedPurser(Purser):
    """`contexts` has the TLS context of the test's clients, by listener; a listener without one has no TLS."""

    def __init__(self, *arguments, contexts=None, **more):
        self.contexts = contexts or {}
        super().__init__(*arguments, **more)

    def connection(self, listener="public", context=None):
        return Connection(self.addresses[listener], context or self.contexts.get(listener))

    def dial(self, listener="public", context=None):
        return dial(self.addresses[listener], context or self.contexts.get(listener))

    def fetch(self, listener, path, method="GET", headers=(), body=None, timeout=15.0):
        connection = Connection(self.addresses[listener], self.contexts.get(listener), timeout)
        try:
            return send(connection, method, path, headers, body)
        finally:
            connection.close()

    def serial(self, listener="public", context=None):
        """The serial number of the certificate that a new connection gets."""
        with self.dial(listener, context) as connection:
            return int(connection.getpeercert()["serialNumber"], 16)


def refused(address, context):
    """Whether the server refuses a client, in the handshake, or with TLS 1.3 when the client reads."""
    try:
        with dial(address, context) as connection:
            connection.sendall(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
            return connection.recv(1) == b""
    except (ssl.SSLError, ConnectionError):
        return True
