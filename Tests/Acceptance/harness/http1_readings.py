# SPDX-License-Identifier: Apache-2.0
"""How Purser reads a request that arrives directly or through a proxy: observed at the client, in the log and at the
data plane."""

import json
from dataclasses import dataclass, field

from . import raw
from .deadline import eventually
from .http1_cases import CLOSED
from .web import fetch

SECOND = b"GET /v1/apps/second/guest-credentials HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
OTHER = b"GET /v1/apps/other/guest-credentials HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
# Seconds without a byte after which a test fails; Purser and the proxies close connections long before.
PATIENCE = 10


@dataclass(frozen=True)
class Response:
    """A response, or with `status` None bytes that are none."""

    status: int | None
    headers: dict
    body: bytes


@dataclass
class Reading:
    """`responses` are those to the request and the one behind it on the same connection. `others` are those to another
    client's requests on a connection that the proxy keeps: after both requests, and after the first one alone. `lines`
    are Purser's log lines about the responses in order, and `bodies` what the data plane received."""

    way: str
    responses: list
    others: list
    lines: list = field(default_factory=list)
    bodies: list = field(default_factory=list)

    @property
    def first(self):
        """The status of the first response, or CLOSED."""
        return self.responses[0].status if self.responses else CLOSED

    @property
    def rejected(self):
        return self.first is None or self.first == CLOSED or self.first >= 400

    @property
    def of_request(self):
        """What the accepted request was to Purser: method, app, endpoint, status and body of a batch."""
        line = self.lines[0]
        return (*(line.get(name) for name in ("method", "app", "endpoint", "status")), *self.bodies)


def send(address, *pieces, read_on=True):
    """The responses to these bytes, sent piece by piece, until the peer closes the connection, or only what arrives first."""
    with raw.connect(address, PATIENCE) as connection:
        try:
            for piece in pieces:
                connection.sendall(piece)
        except OSError:
            pass  # the peer closed early; its response may still be there
        received = b""
        try:
            while chunk := connection.recv(65_536):
                received += chunk
                if not read_on:
                    break
        except TimeoutError:
            raise AssertionError(f"the connection was not closed; received: {received[:500]}") from None
        except OSError:
            pass
    return parse(received)


def parse(data):
    """All responses in the bytes, without the interim ones (RFC 9110 §15.2)."""
    found = []
    while data:
        head, end, rest = data.partition(b"\r\n\r\n")
        if not end or not head.startswith(b"HTTP/1."):
            return [*found, Response(None, {}, data)]
        lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        status = int(lines[0].split()[1])
        if status < 200:
            data = rest
            continue
        assert "transfer-encoding" not in headers, "no response here is chunked"
        length = int(headers.get("content-length", 0 if status in (204, 304) else len(rest)))
        found.append(Response(status, headers, rest[:length]))
        data = rest[length:]
    return found


class Observer:
    """Sends each case on each way and collects what Purser made of it."""

    def __init__(self, purser, plane, ways):
        self._purser, self._plane, self._ways = purser, plane, ways
        self._log, self._place = purser.process.errors, 0

    def read(self, case):
        return {name: self._read(name, address, case) for name, address in self._ways.items()}

    def _read(self, way, address, case):
        self._new_lines()
        batches = self._plane.count
        responses = send(address, case.request + SECOND)
        lines = self._new_lines()
        bodies = [request.body for request in self._plane.requests[batches:]]
        others = [send(address, OTHER)]
        if way != "direct":
            send(address, case.request, read_on=False)
            others.append(send(address, OTHER))
        return Reading(way, responses, others, lines, bodies)

    def _new_lines(self):
        """The lines since the last call. Purser writes the line of a new request after all of them."""
        last = fetch(self._purser.url() + "/flush-the-log").header("X-Request-Id")

        def complete():
            with self._log.open("rb") as file:
                file.seek(self._place)
                text = file.read()
            whole = text[: text.rfind(b"\n") + 1]
            return whole if last.encode() in whole else None

        text = eventually(complete, "the line of the last request")
        self._place += len(text)
        lines = [json.loads(line) for line in text.splitlines()]
        return [line for line in lines if line["message"] == "answered" and line["requestId"] != last]
