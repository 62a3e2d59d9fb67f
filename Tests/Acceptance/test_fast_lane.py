# SPDX-License-Identifier: Apache-2.0
"""The fast lane answers what the decoder's path would answer, byte for byte, and nothing else."""

import socket

import pytest
from harness import raw
from harness.data_plane import DataPlane
from harness.fake_sts import FakeSTS
from harness.http1_cases import CASES, PATH, get
from harness.http1_readings import send
from harness.observability import metric
from harness.purser import Purser
from harness.settings import APP, BROKER_KEYS, ORIGIN, app, settings

CONTAINER = f"/v1/apps/{APP}/credentials/container"
USERS = f"/v1/apps/{APP}/credentials"
LAST = raw.head("GET", "/the-last-request", "Connection: close")


def normal(response):
    """A response without what differs between any two: its id and its date."""
    if response is None:
        return None
    status, headers, body = response
    body = body.replace(headers.get("x-request-id", "none").encode(), b"ID")
    return status, {name: value for name, value in headers.items() if name not in ("date", "x-request-id")}, body


@pytest.fixture(scope="module")
def purser_and_token(tmp_path_factory, login):
    directory = tmp_path_factory.mktemp("lane")
    sts, plane = FakeSTS(), DataPlane()
    issuer = login.pinned(directory)
    shop = app(issuer["issuer"], origins=[ORIGIN, "https://other.example.com"])
    limits = {"header-timeout": "2s"}
    variables = BROKER_KEYS | {"AWS_ENDPOINT_URL_RUM": plane.url}
    purser = Purser(directory, settings(issuer, apps={APP: shop}, limits=limits), sts.url, **variables)
    token = login.token("alice")
    assert purser.credentials(token).status == 200 and purser.guest().status == 200
    yield purser, token
    for it in (purser, sts, plane):
        it.stop()


@pytest.mark.parametrize("path", [USERS, CONTAINER, PATH, f"{PATH}/container"])
@pytest.mark.parametrize(
    "lines",
    [
        [],
        [f"Origin: {ORIGIN}"],
        ["Origin: https://other.example.com", "Accept: */*", "Cookie: a=b; c=d"],
        ["Origin: https://evil.example", "Connection: keep-alive", "X-Forwarded-For: 203.0.113.7"],
    ],
)
def test_the_response_is_that_of_the_decoders_path(purser_and_token, path, lines):
    purser, token = purser_and_token
    lines = [*lines, *([] if "guest" in path else [f"Authorization: Bearer {token}"])]
    request = raw.head("GET", path, *lines)
    # A name of a field in another case changes nothing for the lane; a query sends a request to the decoder.
    plain = raw.head("GET", f"{path}?", *lines)
    with raw.connect(purser.address) as connection, connection.makefile("rb") as stream:
        read = []
        for one in (request, request, request, plain, request, request + request):
            connection.sendall(one)
            read.append(raw.read_from(stream))
        read.append(raw.read_from(stream))
    assert all(normal(one) == normal(read[0]) for one in read), read
    assert read[0][0] == 200
    names = [list(one[1]) for one in read]
    assert all(one == names[0] for one in names), "the order of the fields"
    logged = [purser.await_log("answered", requestId=one[1]["x-request-id"])[0] for one in read]
    for line in logged:
        for name in ("time", "requestId", "durationMs"):
            line.pop(name)
    assert all(line == logged[0] for line in logged), logged
    assert len({one[1]["x-request-id"] for one in read}) == len(read)


def _reading(address, pieces):
    """The responses to these pieces until the connection ends, which it does after the last request at the latest."""
    return [normal((it.status, it.headers, it.body)) for it in send(address, *pieces, LAST)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_any_request_is_read_alike_in_one_piece_byte_by_byte_and_behind_warm_requests(purser_and_token, case):
    purser, _ = purser_and_token
    warm = raw.head("GET", PATH)
    whole = _reading(purser.address, [case.request])
    single = _reading(purser.address, [case.request[place : place + 1] for place in range(len(case.request))])
    behind = _reading(purser.address, [warm, warm, warm + case.request])
    assert whole == single
    assert [response[0] for response in behind[:3]] == [200, 200, 200]
    assert behind[3:] == whole


def test_requests_keep_their_order_when_the_lane_and_the_decoder_take_turns(purser_and_token):
    purser, token = purser_and_token
    warm, user = raw.head("GET", PATH), raw.head("GET", USERS, f"Authorization: Bearer {token}")
    bad = raw.head("GET", USERS, "Authorization: Bearer junk")
    post = raw.head("POST", "/unknown", "Content-Length: 5") + b"hello"
    chunked = raw.head("POST", "/unknown", "Transfer-Encoding: chunked") + b"5\r\nhello\r\n0\r\n\r\n"
    kinds = [(warm, 200), (user, 200), (bad, 401), (post, 404), (raw.head("HEAD", "/openapi.json"), 200)]
    order = [0, 0, 1, 2, 0, 1, 3, 1, 1, 2, 2, 0, 3, 3, 0, 1, 0] * 20
    with raw.connect(purser.address) as connection, connection.makefile("rb") as stream:
        for kind in [0, 0, *order]:
            connection.sendall(kinds[kind][0])
            assert raw.read_from(stream)[0] == kinds[kind][1]
        data = b"".join(kinds[kind][0] for kind in order)
        connection.sendall(data)
        assert [raw.read_from(stream)[0] for _ in order] == [kinds[kind][1] for kind in order]
        # Cut at every place.
        data = b"".join(kinds[kind][0] for kind in (0, 1, 2, 0, 3, 0, 0))
        for cut in range(1, len(data), 7):
            connection.sendall(data[:cut])
            connection.sendall(data[cut:])
            assert [raw.read_from(stream)[0] for _ in range(7)] == [200, 200, 401, 200, 404, 200, 200]
        connection.sendall(warm + chunked + warm)
        assert [raw.read_from(stream)[0] for _ in range(3)] == [200, 404, 200]


def test_the_metrics_count_each_response_of_the_lane(purser_and_token):
    purser, _ = purser_and_token
    before = metric(purser, "purser_answers_total", endpoint="guest-credentials", code="ok")
    with raw.connect(purser.address) as connection, connection.makefile("rb") as stream:
        for _ in range(50):
            connection.sendall(raw.head("GET", PATH))
            assert raw.read_from(stream)[0] == 200
    after = metric(purser, "purser_answers_total", endpoint="guest-credentials", code="ok")
    assert after - before == 50


def test_another_host_than_the_allowed_one_is_rejected_on_a_connection_of_the_lane(purser_and_token):
    purser, _ = purser_and_token
    for host in ("Host: evil.example", "Host: localhost\r\nHost: localhost"):
        with raw.connect(purser.address) as connection, connection.makefile("rb") as stream:
            for _ in range(3):
                connection.sendall(get(target=PATH))
                assert raw.read_from(stream)[0] == 200
            connection.sendall(get(target=PATH, host=host))
            assert raw.read_from(stream)[0] in (400, 421)
            assert raw.closed(connection)


def test_another_host_is_rejected_as_the_first_request_of_a_connection(purser_and_token):
    purser, _ = purser_and_token
    for host, status in (("Host: evil.example", 421), ("Host: localhost\r\nHost: localhost", 400), ("Host:", 400)):
        with raw.connect(purser.address) as connection, connection.makefile("rb") as stream:
            connection.sendall(get(target=PATH, host=host))
            assert raw.read_from(stream)[0] == status
            assert raw.closed(connection)


@pytest.mark.parametrize("requests", [0, 1, 3])
def test_a_connection_with_plain_requests_only_ends_when_its_client_closes_its_side(purser_and_token, requests):
    purser, _ = purser_and_token
    with raw.connect(purser.address) as connection, connection.makefile("rb") as stream:
        connection.sendall(raw.head("GET", PATH) * requests)
        connection.shutdown(socket.SHUT_WR)
        assert [raw.read_from(stream)[0] for _ in range(requests)] == [200] * requests
        assert raw.closed(connection)


def test_a_connection_with_plain_requests_only_is_closed_when_it_is_idle_and_at_shutdown(tmp_path, login):
    sts = FakeSTS()
    limits = {"idle-timeout": "2s", "header-timeout": "1s"}
    purser = Purser(tmp_path, settings(login.pinned(tmp_path), limits=limits), sts.url, **BROKER_KEYS)
    try:
        assert purser.guest().status == 200
        idle = raw.connect(purser.address)
        idle.sendall(raw.head("GET", PATH))
        assert raw.read_answer(idle)[0] == 200
        # Closed by the deadline of the first request, and not before.
        silent = raw.connect(purser.address)
        assert raw.closed(silent) and raw.closed(idle)
        last = raw.connect(purser.address)
        last.sendall(raw.head("GET", PATH))
        assert raw.read_answer(last)[0] == 200
        assert purser.process.stop() == 0
        assert raw.closed(last)
    finally:
        purser.stop()
        sts.stop()


def test_a_connection_with_plain_requests_only_takes_a_fraction_of_the_memory(purser_and_token):
    purser, _ = purser_and_token

    def used_by(request, count=600):
        before = purser.resident()
        connections = [raw.connect(purser.address) for _ in range(count)]
        try:
            for connection in connections:
                connection.sendall(request)
                assert raw.read_answer(connection)[0] == 200
            return purser.resident() - before
        finally:
            for connection in connections:
                connection.close()

    plain, other = raw.head("GET", PATH), raw.head("GET", PATH, "Content-Length: 0")
    # The first connections allocate what later ones use again.
    used_by(plain, 50)
    assert used_by(plain) < used_by(other) / 2
