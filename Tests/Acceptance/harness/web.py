# SPDX-License-Identifier: Apache-2.0
"""A small HTTP client that sends exactly the headers it is given, repeated ones included."""

import http.client
import json
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Answer:
    status: int
    headers: list
    body: bytes

    def header(self, name):
        """The value of a header that must occur at most once, or None."""
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        assert len(values) <= 1, f"{name} occurs {len(values)} times: {values}"
        return values[0] if values else None

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def text(self):
        return self.body.decode(errors="replace")


def send(connection: http.client.HTTPConnection, method, path, headers=(), body=None) -> Answer:
    """Sends one request over a connection that stays open."""
    connection.putrequest(method, path, skip_accept_encoding=True)
    for name, value in headers:
        connection.putheader(name, value)
    if body is not None and "transfer-encoding" not in {name.lower() for name, _ in headers}:
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body)
    response = connection.getresponse()
    return Answer(response.status, response.getheaders(), response.read())


def fetch(url, method="GET", headers=(), body=None, timeout=15.0) -> Answer:
    """Sends one request over a new connection."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout)
    try:
        return send(connection, method, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), headers, body)
    finally:
        connection.close()
