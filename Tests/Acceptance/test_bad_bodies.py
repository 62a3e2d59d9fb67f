# SPDX-License-Identifier: Apache-2.0
"""Unexpected request bodies: small ones are ignored, large ones are rejected with a response."""

import itertools

import pytest
from harness import raw
from harness.settings import APP

PATH = f"/v1/apps/{APP}/credentials"
GUEST = f"/v1/apps/{APP}/guest-credentials"
MEGABYTE = 1_048_576


@pytest.fixture
def purser(broker, login):
    purser = broker()
    yield purser
    assert purser.credentials(login.token()).status == 200, "the next valid request must succeed"


def test_a_small_body_of_a_get_request_is_ignored(purser, login):
    for _ in range(2):
        assert purser.credentials(login.token(), body=b"{}").status == 200


def megabytes(number):
    return itertools.repeat(b"x" * MEGABYTE, number)


def chunked(number):
    for block in megabytes(number):
        yield f"{len(block):x}\r\n".encode() + block + b"\r\n"
    yield b"0\r\n\r\n"


@pytest.mark.parametrize("path", [PATH, GUEST])
@pytest.mark.parametrize("framing", ["Content-Length: 70000", "Transfer-Encoding: chunked"])
def test_a_body_slightly_over_the_limit_is_rejected_with_413(purser, login, path, framing):
    body = b"x" * 70_000 if framing.startswith("Content") else b"11170\r\n" + b"x" * 70_000 + b"\r\n0\r\n\r\n"
    with raw.connect(purser.address) as connection:
        connection.sendall(raw.head("GET", path, f"Authorization: Bearer {login.token()}", framing) + body)
        answer = raw.read_answer(connection)
        assert answer, "the connection ended without a response"
        assert answer[0] == 413, answer


@pytest.mark.parametrize("path", [PATH, GUEST])
@pytest.mark.parametrize("framing", ["Content-Length: 10485760", "Transfer-Encoding: chunked"])
def test_a_body_of_ten_megabytes_is_rejected_with_413(purser, login, path, framing):
    body = megabytes(10) if framing.startswith("Content") else chunked(10)
    with raw.connect(purser.address) as connection:
        connection.sendall(raw.head("GET", path, f"Authorization: Bearer {login.token()}", framing))
        raw.send_while_listening(connection, body)
        answer = raw.read_answer(connection)
        assert answer, "the connection ended without a response"
        assert (answer[0], b'"content_too_large"' in answer[2]) == (413, True), answer
        assert raw.closed(connection)
