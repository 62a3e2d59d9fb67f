# SPDX-License-Identifier: Apache-2.0
"""Limits of the signing proxy: size, duration and rate of batches."""

import select
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from harness import data_plane, raw
from harness.batches import GUESTS, JSON, batch, post
from harness.data_plane import DataPlane
from harness.deadline import eventually
from harness.observability import await_metric
from harness.settings import APP, BROKER_KEYS

PATH = f"/v1/apps/{APP}/appmonitors/{GUESTS}"
MEGABYTE = 1_048_576


@pytest.fixture
def plane(started):
    return started(DataPlane())


@pytest.fixture
def proxy(broker, plane):
    return lambda **limits: broker(keys=BROKER_KEYS | {"AWS_ENDPOINT_URL_RUM": plane.url}, limits=limits)


def head(*lines):
    return raw.head("POST", PATH, f"Content-Type: {JSON}", *lines)


def chunks(body, size=50_000):
    blocks = [body[place : place + size] for place in range(0, len(body), size)]
    return b"".join(f"{len(block):x}\r\n".encode() + block + b"\r\n" for block in blocks) + b"0\r\n\r\n"


@pytest.mark.parametrize("framing", ["length", "chunked"])
def test_a_batch_at_the_size_limit_is_forwarded_and_a_larger_one_is_rejected(proxy, plane, framing):
    purser = proxy(**{"batch-size": "64KiB"})
    for size, status in ((65_536, 200), (65_537, 413)):
        body = b"x" * size
        with raw.connect(purser.address) as connection:
            if framing == "length":
                connection.sendall(head(f"Content-Length: {size}") + body)
            else:
                connection.sendall(head("Transfer-Encoding: chunked") + chunks(body))
            answer = raw.read_answer(connection)
            assert answer[0] == status, answer
            assert status == 200 or raw.closed(connection)
    [request] = plane.requests
    assert request.body == b"x" * 65_536


def test_the_default_batch_size_limit_is_one_mebibyte(proxy, plane):
    purser = proxy()
    assert post(purser, body=b"x" * MEGABYTE).status == 200
    assert post(purser, body=b"x" * (MEGABYTE + 1)).status == 413
    assert plane.count == 1


@pytest.mark.parametrize("framing", ["Content-Length: 200000", "Transfer-Encoding: chunked"])
def test_a_slow_batch_body_reaches_the_timeout_and_is_not_forwarded(proxy, plane, framing):
    purser = proxy(**{"header-timeout": "1s"})
    with raw.connect(purser.address) as connection:
        connection.sendall(head(framing))
        assert raw.drip(connection, b"1\r\nx\r\n" * 200) < 6
    assert post(purser).status == 200
    assert plane.count == 1, "the incomplete batch was not forwarded"


def test_a_steady_batch_body_may_take_longer_than_the_header_timeout(proxy, plane):
    purser = proxy(**{"header-timeout": "1s"})
    with raw.connect(purser.address) as connection:
        connection.sendall(head("Content-Length: 300000"))
        for _ in range(30):
            connection.sendall(b"x" * 10_000)
            time.sleep(0.08)  # 125 kB per second, in total longer than the header timeout
        assert raw.read_answer(connection)[0] == 200
    assert len(plane.requests[0].body) == 300_000


def test_bodies_that_are_announced_and_not_sent_take_no_room(proxy, plane):
    purser = proxy()
    unsent = [raw.connect(purser.address) for _ in range(100)]
    for connection in unsent:
        connection.sendall(head(f"Content-Length: {MEGABYTE}"))
    assert post(purser, body=b"x" * MEGABYTE).status == 200
    for connection in unsent:
        connection.close()


def unfinished(purser, source, count):
    """Batches of guests of which all but the last byte arrives."""
    sent = []
    for _ in range(count):
        sent.append(connection := raw.connect(purser.address, source=source))
        connection.sendall(head(f"Content-Length: {MEGABYTE}") + b"x" * (MEGABYTE - 1))
    return sent


def test_the_bodies_of_one_client_take_only_their_part_of_the_budget(proxy, plane, login, sts):
    purser = proxy()
    # The budget of guests is 16 MiB, of which one client has 4 MiB.
    mine = unfinished(purser, "127.0.0.8", 5)
    losers = select.select(mine, [], [], 15)[0]
    assert losers, "the client has more than its part"
    for loser in losers:
        status, fields, _ = raw.read_answer(loser)
        assert (status, fields["retry-after"], fields["connection"]) == (429, "1", "close")
    assert purser.await_log("answered", reason="no_room")[0]["endpoint"] == "appmonitors"
    assert post(purser, body=b"x" * MEGABYTE).status == 200, "another client's"
    sources = iter(f"127.0.1.{number}" for number in range(1, 200))
    # Guests have no room left; users' batches and the other wires have budgets of their own.
    eventually(lambda: mine.extend(unfinished(purser, next(sources), 4)) or post(purser).status == 429, "no room")
    assert post(purser, login.token(), body=b"x" * MEGABYTE).status == 200
    assert purser.guest().status == 200
    for connection in mine[5:]:
        connection.close()
    eventually(lambda: post(purser).status == 200, "released budget")
    [winner, *_] = [it for it in mine[:5] if it not in losers]
    winner.sendall(b"x")
    assert raw.read_answer(winner)[0] == 200, "a body that was let in arrives"
    for connection in mine[:5]:
        connection.close()


@pytest.mark.parametrize("refusal", ["app", "monitor", "token", "rate"])
def test_a_body_of_a_request_that_may_not_be_made_takes_no_room(proxy, plane, refusal):
    purser = proxy(**({"client-rate": 1} if refusal == "rate" else {}))
    path = {"app": PATH.replace(APP, "unknown"), "monitor": PATH.replace(GUESTS, "unknown")}.get(refusal, PATH)
    fields = ["Authorization: Bearer junk"] if refusal == "token" else []
    if refusal == "rate":
        for _ in range(5):
            with raw.connect(purser.address, source="127.0.0.8") as connection:
                connection.sendall(raw.head("GET", "/x"))
                assert raw.read_answer(connection)[0] == 404
    begin = raw.head("POST", path, f"Content-Type: {JSON}", "Content-Length: 60000", *fields)
    refused = [raw.connect(purser.address, source="127.0.0.8") for _ in range(20)]
    for connection in refused:
        connection.sendall(begin + b"x" * 59_999)
    assert post(purser, body=b"x" * MEGABYTE).status == 200
    for connection in refused:
        connection.sendall(b"x" + raw.head("GET", "/after"))
        with connection.makefile("rb") as stream:
            # The batch endpoint answers 401, since the client takes 404 for the end.
            assert raw.read_from(stream)[0] == (429 if refusal == "rate" else 401)
            assert raw.read_from(stream)[0] == (429 if refusal == "rate" else 404), "the connection stays in step"
        connection.close()
    assert {len(request.body) for request in plane.requests} == {MEGABYTE}


@pytest.mark.parametrize("framing", [f"Content-Length: {MEGABYTE}", "Transfer-Encoding: chunked"])
def test_an_aborted_batch_releases_its_budget_and_is_not_forwarded(proxy, plane, framing):
    purser = proxy()
    part = b"x" * 1000 if framing.startswith("Content") else chunks(b"x" * 1000)[:-5]
    for _ in range(70):
        with raw.connect(purser.address) as connection:
            connection.sendall(head(framing) + part)
    eventually(lambda: post(purser, body=b"x" * MEGABYTE).status == 200, "released budget")
    assert {len(request.body) for request in plane.requests} == {MEGABYTE}, "no incomplete batch was forwarded"


def test_batches_over_the_rate_limit_get_429_with_retry_after(proxy, plane):
    purser = proxy(**{"rum-rate": 10})
    assert post(purser).status == 200
    began = time.monotonic()
    with ThreadPoolExecutor(80) as pool:
        answers = list(pool.map(lambda _: post(purser, timeout=30), range(80)))
    took = time.monotonic() - began
    served, refused = ([it for it in answers if it.status == status] for status in (200, 429))
    assert len(served) + len(refused) == 80
    assert plane.count == len(served) + 1
    assert 5 <= len(served) <= 10 * took + 3
    for answer in refused:
        assert 1 <= int(answer.header("Retry-After")) <= 30
        assert purser.log_line_of(answer)["reason"] == "delivery_turned_away"
    await_metric(purser, "purser_aws_waiting", 0, service="rum")
    await_metric(purser, "purser_forwarded_total", len(refused), outcome="turned_away")
    soonest = min(int(answer.header("Retry-After")) for answer in refused)
    time.sleep(soonest)
    assert post(purser).status == 200, "a client that retries after Retry-After is served"


def test_a_batch_waits_in_the_queue_for_at_most_a_second(proxy, plane):
    purser = proxy(**{"rum-rate": 1})
    assert post(purser).status == 200
    began = time.monotonic()
    with ThreadPoolExecutor(20) as pool:
        statuses = {answer.status for answer in pool.map(lambda _: post(purser, timeout=30), range(20))}
    assert statuses <= {200, 429}
    assert time.monotonic() - began < 4


def test_the_circuit_breaker_stops_calls_to_an_unavailable_data_plane(proxy, plane):
    purser = proxy(**{"rum-rate": 1000})
    plane.otherwise = data_plane.broken
    for _ in range(20):
        assert post(purser).status == 503
    count = plane.count
    answers = [post(purser) for _ in range(10)]
    assert {answer.status for answer in answers} == {503}
    assert all(1 <= int(answer.header("Retry-After")) <= 10 for answer in answers)
    assert plane.count - count <= 1, "at most one health check"
    assert purser.credentials("no-token").status == 401
    plane.otherwise = data_plane.answer(200)
    eventually(lambda: post(purser).status == 200, "recovery", every=0.2)


SMUGGLED = f"POST {PATH} HTTP/1.1\r\nHost: a\r\nContent-Type: {JSON}\r\n".encode()


@pytest.mark.parametrize(
    "rest",
    [
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /",
        b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\nGET /",
        b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}x",
        b"Content-Length: 2, 3\r\n\r\n{}x",
        b"Content-Length: -2\r\n\r\n{}",
        b"Content-Length: +2\r\n\r\n{}",
        b"Content-Length: 0x2\r\n\r\n{}",
        b"Content-Length: 99999999999999999999\r\n\r\n{}",
        b"Transfer-Encoding: chunked, identity\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        b"Transfer-Encoding: gzip\r\n\r\n{}",
        b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{}",
        b"Transfer-Encoding : chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    ],
)
def test_request_smuggling_is_rejected(proxy, plane, rest):
    purser = proxy()
    with raw.connect(purser.address) as connection:
        connection.sendall(SMUGGLED + rest)
        connection.shutdown(socket.SHUT_WR)
        answer = raw.read_answer(connection)
        assert answer is None or 400 <= answer[0] < 500, answer
        assert raw.closed(connection)
    assert plane.count == 0
    assert post(purser, body=batch()).status == 200
