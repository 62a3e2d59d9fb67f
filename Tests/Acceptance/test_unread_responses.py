# SPDX-License-Identifier: Apache-2.0
"""Clients that send requests and do not read the responses."""

import signal
import time

import pytest
from harness import raw
from harness.deadline import eventually

REQUESTS = 40_000


def send_without_reading(connection, request, count, within=5.0):
    """Sends as much as the server takes; returns the whole requests that were sent."""
    connection.setblocking(False)
    data, sent, deadline = memoryview(request * count), 0, time.monotonic() + within
    while sent < len(data) and time.monotonic() < deadline:
        try:
            sent += connection.send(data[sent : sent + 65_536])
        except BlockingIOError:
            # The server has stopped to read. It stays so: give it the time to prove it.
            time.sleep(0.05)
    return sent // len(request)


@pytest.mark.parametrize("kind", ["warm", "cold"])
def test_pipelined_requests_without_reading_take_no_memory(broker, login, kind):
    purser, token = broker(), login.token()
    path = "/v1/apps/shop/credentials"
    assert purser.credentials(token).status == 200
    request = raw.head("GET", path if kind == "warm" else "/v1/apps/shop/nothing", f"Authorization: Bearer {token}")
    before = purser.resident()
    with raw.connect(purser.address) as connection:
        sent = send_without_reading(connection, request, REQUESTS)
        # What was sent is in the buffers of both sockets; 10,000 responses in memory would be 15 MiB.
        assert sent < REQUESTS
        assert purser.resident() - before < 8 << 20
        assert purser.credentials(token).status == 200
        connection.setblocking(True)
        stream = connection.makefile("rb")
        for _ in range(100):
            status, _, _ = raw.read_from(stream)
            assert status == (200 if kind == "warm" else 404)


def test_clients_that_read_nothing_do_not_delay_the_shutdown(broker, login):
    purser, token = broker(limits={"drain": "1s", "exchange-timeout": "2s"}), login.token()
    assert purser.credentials(token).status == 200
    clients = []
    for path in ["/openapi.json", "/v1/apps/shop/credentials", "/rum-credentials.js"]:
        clients.append(raw.connect(purser.address))
        send_without_reading(clients[-1], raw.head("GET", path, f"Authorization: Bearer {token}"), REQUESTS, within=1.5)
    purser.process.send(signal.SIGTERM)
    # `drain` and `exchange-timeout` and 5 s, and as much again for a busy machine.
    assert purser.process.wait(16) == 0
    for client in clients:
        client.close()


def test_head_has_no_body_on_any_path(broker, login):
    purser, token = broker(), login.token()
    assert purser.credentials(token).status == 200
    with raw.connect(purser.address) as connection:
        for path in ["/v1/apps/shop/credentials", "/nothing", "/openapi.json", "/rum-credentials.js"]:
            connection.sendall(raw.head("HEAD", path, f"Authorization: Bearer {token}"))
            connection.sendall(raw.head("GET", "/v1/apps/shop/guest-credentials"))
            head = b""
            while b"\r\n\r\n" not in head:
                head += connection.recv(1)
            assert head.startswith(b"HTTP/1.1 "), head
            # The next bytes are the next response, not a body of the one to HEAD.
            status, _, body = raw.read_answer(connection)
            assert status == 200 and b"accessKeyId" in body


def test_a_path_over_512_bytes_is_rejected(broker):
    purser = broker()
    for path, expected in [("/" + "a" * 511, 404), ("/" + "a" * 512, 400), ("/" + "a" * 20_000, 400)]:
        with raw.connect(purser.address) as connection:
            connection.sendall(raw.head("GET", path))
            status, _, _ = raw.read_answer(connection)
            assert status == expected, len(path)


@pytest.mark.parametrize("coding", ["gzip", "gzip, chunked", "identity", "chunked, chunked", "xchunked"])
def test_transfer_codings_other_than_chunked_are_rejected(broker, coding):
    purser = broker()
    with raw.connect(purser.address) as connection:
        connection.sendall(
            raw.head("POST", "/v1/apps/shop/sts", f"Transfer-Encoding: {coding}") + b"0\r\n\r\n"
        )
        status, headers, _ = raw.read_answer(connection)
        assert status == 400 and headers["connection"].lower() == "close"
        eventually(lambda: connection.recv(1) == b"", "the end of the connection")


@pytest.mark.parametrize(
    "request_bytes",
    [
        raw.head("GET", "/x", "Connection: Upgrade", "Upgrade: h2c"),
        raw.head("GET", "/x", "Connection: keep-alive, Upgrade", "Upgrade: websocket"),
        raw.head("GET", "/x", "Upgrade: TLS/1.0"),
        raw.head("OPTIONS", "*", "Connection: Upgrade", "Upgrade: h2c"),
        b"CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ],
)
def test_a_request_to_switch_the_protocol_ends_its_connection(broker, request_bytes):
    """The decoder reads nothing behind it, so a proxy that keeps the connection would lose other clients' requests."""
    purser = broker()
    with raw.connect(purser.address) as connection:
        connection.sendall(request_bytes)
        _, fields, _ = raw.read_answer(connection)
        assert fields["connection"] == "close"
        assert raw.closed(connection)
