# SPDX-License-Identifier: Apache-2.0
"""Requests that are invalid before authentication. After each, the next valid request succeeds."""

import itertools

import pytest
from harness import raw
from harness.settings import APP

PATH = f"/v1/apps/{APP}/credentials"
GUEST = f"/v1/apps/{APP}/guest-credentials"


@pytest.fixture
def purser(broker, login):
    purser = broker()
    yield purser
    assert purser.credentials(login.token()).status == 200, "the next valid request must succeed"


@pytest.mark.parametrize("app", ["nobodys", "Shop", "shop%20", "..", "shop/..", "%2e%2e", "s" * 65, "%00", "shop%00"])
@pytest.mark.parametrize("endpoint", ["credentials", "guest-credentials"])
def test_an_unknown_app_is_not_found(purser, login, app, endpoint):
    answer = raw_get(purser, f"/v1/apps/{app}/{endpoint}", login.token())
    assert answer[0] == 404, answer
    assert b'"code":"not_found"' in answer[2].replace(b" ", b"")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/v1",
        "/v1/apps",
        "/v1/apps/shop",
        f"{PATH}/",
        f"{PATH}/more",
        "/v2/apps/shop/credentials",
        "//v1/apps/shop/credentials",
        "/livez",
        "/metrics",
        "/V1/apps/shop/credentials",
    ],
)
def test_an_unknown_path_is_not_found(purser, login, path):
    answer = purser.request(path, login.token())
    assert (answer.status, answer.json["code"]) == (404, "not_found"), answer


@pytest.mark.parametrize("path", [PATH, GUEST])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE"])
def test_a_wrong_method_is_rejected_with_the_allowed_ones(purser, login, path, method):
    answer = purser.request(path, login.token(), method=method)
    assert (answer.status, answer.json["code"]) == (405, "method_not_allowed"), answer
    assert "GET" in [method.strip() for method in answer.header("Allow").split(",")]


def test_oversized_headers_are_rejected_with_431(purser, sts):
    with raw.connect(purser.address) as connection:
        lines = (f"X-Filler-{number}: {'x' * 4000}\r\n".encode() for number in range(500))
        raw.send_while_listening(
            connection, itertools.chain([f"GET {PATH} HTTP/1.1\r\nHost: localhost\r\n".encode()], lines)
        )
        answer = raw.read_answer(connection)
        assert answer[0] == 431, answer
        assert raw.closed(connection)
    assert sts.count == 0


def test_an_oversized_request_line_is_rejected(purser, sts):
    with raw.connect(purser.address) as connection:
        blocks = itertools.chain([b"GET /"], itertools.repeat(b"x" * 4000, 500))
        raw.send_while_listening(connection, blocks)
        answer = raw.read_answer(connection)
        assert answer is None or answer[0] in (400, 414, 431), answer
        assert raw.closed(connection)


@pytest.mark.parametrize(
    "bytes_sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # the beginning of TLS
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\r\n\r\n\r\n",
        b"\x00" * 2000,
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET "
        + PATH.encode()
        + b" HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"GET "
        + PATH.encode()
        + b" HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        b"GET " + PATH.encode() + b" HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"GET " + PATH.encode() + b" HTTP/1.1\r\nHost: localhost\r\nNo colon\r\n\r\n",
        b"BREW " + PATH.encode() + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /v1/apps/shöp/credentials HTTP/1.1\r\nHost: localhost\r\n\r\n".encode(),
    ],
    ids=[
        "TLS",
        "HTTP/2",
        "empty lines",
        "zeroes",
        "version",
        "smuggling",
        "two lengths",
        "negative length",
        "no colon",
        "unknown method",
        "path that is not ASCII",
    ],
)
def test_bytes_that_are_not_http_are_rejected(purser, sts, bytes_sent):
    with raw.connect(purser.address) as connection:
        connection.sendall(bytes_sent)
        connection.shutdown(1)
        answer = raw.read_answer(connection)
        assert answer is None or 400 <= answer[0] < 500, answer
        assert raw.closed(connection)
    assert sts.count == 0


def raw_get(purser, path, token):
    """As `Purser.request`, but the path is sent byte for byte."""
    purser.known_secrets.add_token(token)
    with raw.connect(purser.address) as connection:
        request = raw.head("GET", "", f"Authorization: Bearer {token}", "Connection: close")
        connection.sendall(request.replace(b"GET  ", b"GET " + path.encode() + b" "))
        answer = raw.read_answer(connection)
    purser.known_secrets.check(answer[2].decode(), "the answer")
    return answer
