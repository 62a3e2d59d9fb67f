"""The bounds of the signing proxy: what a batch may weigh, how long it may take, how many may come."""

import select
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from harness import data_plane as plane_says
from harness import raw
from harness.batches import GUESTS, JSON, batch, post
from harness.data_plane import DataPlane
from harness.deadline import eventually
from harness.prometheus import value
from harness.settings import APP, OWN_KEYS

PATH = f"/v1/apps/{APP}/appmonitors/{GUESTS}"
MEGABYTE = 1_048_576


@pytest.fixture
def plane(started):
    return started(DataPlane())


@pytest.fixture
def proxy(broker, plane):
    return lambda **limits: broker(keys=OWN_KEYS | {"AWS_ENDPOINT_URL_RUM": plane.url}, limits=limits)


def head(*lines):
    return raw.head("POST", PATH, f"Content-Type: {JSON}", *lines)


def chunks(body, size=50_000):
    blocks = [body[place : place + size] for place in range(0, len(body), size)]
    return b"".join(f"{len(block):x}\r\n".encode() + block + b"\r\n" for block in blocks) + b"0\r\n\r\n"


@pytest.mark.parametrize("framing", ["length", "chunked"])
def test_a_batch_up_to_the_limit_passes_and_one_byte_more_does_not(proxy, plane, framing):
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


def test_the_limit_is_a_megabyte_unless_said_otherwise(proxy, plane):
    purser = proxy()
    assert post(purser, body=b"x" * MEGABYTE).status == 200
    assert post(purser, body=b"x" * (MEGABYTE + 1)).status == 413
    assert plane.count == 1


@pytest.mark.parametrize("framing", ["Content-Length: 200000", "Transfer-Encoding: chunked"])
def test_a_body_that_drips_is_cut_off(proxy, plane, framing):
    purser = proxy(**{"header-timeout": "1s"})
    with raw.connect(purser.address) as connection:
        connection.sendall(head(framing))
        assert raw.drip(connection, b"1\r\nx\r\n" * 200) < 6
    assert post(purser).status == 200
    assert plane.count == 1, "what was cut off did not go on"


def test_a_body_that_comes_steadily_has_time(proxy, plane):
    purser = proxy(**{"header-timeout": "1s"})
    with raw.connect(purser.address) as connection:
        connection.sendall(head("Content-Length: 300000"))
        for _ in range(30):
            connection.sendall(b"x" * 10_000)
            time.sleep(0.08)  # 125 kB a second, longer than a header may take
        assert raw.read_answer(connection)[0] == 200
    assert len(plane.requests[0].body) == 300_000


def test_bodies_in_flight_have_a_budget_that_is_taken_before_they_are_read(proxy, plane):
    purser = proxy(**{"header-timeout": "10s"})
    holding = [raw.connect(purser.address) for _ in range(65)]
    for connection in holding:
        connection.sendall(head(f"Content-Length: {MEGABYTE}"))
    # One more than there is room for, and nothing else is under way that could take or give any.
    [loser] = select.select(holding, [], [], 15)[0]
    assert raw.read_answer(loser)[0] == 429
    holding.remove(loser)
    loser.close()
    refused = post(purser)
    assert refused.status == 429
    assert (refused.json["code"], refused.header("Retry-After")) == ("too_many_requests", "1")
    assert refused.header("Connection") == "close"
    assert purser.answered(refused)["reason"] == "no_room"
    assert purser.guest().status == 200, "what has no body needs no room"
    holding.pop().close()
    eventually(lambda: post(purser).status == 200, "room again")
    # They hold their places no longer than a request may take without sending.
    more = [raw.connect(purser.address) for _ in range(2)]
    more[0].sendall(head(f"Content-Length: {MEGABYTE}"))
    eventually(lambda: post(purser, body=b"x" * MEGABYTE).status == 200, "room for all", every=0.2)
    for connection in holding + more:
        connection.close()


@pytest.mark.parametrize("framing", [f"Content-Length: {MEGABYTE}", "Transfer-Encoding: chunked"])
def test_a_client_that_hangs_up_in_the_middle_gives_its_room_back_and_nothing_goes_on(proxy, plane, framing):
    purser = proxy()
    part = b"x" * 1000 if framing.startswith("Content") else chunks(b"x" * 1000)[:-5]
    for _ in range(70):
        with raw.connect(purser.address) as connection:
            connection.sendall(head(framing) + part)
    eventually(lambda: post(purser, body=b"x" * MEGABYTE).status == 200, "room")
    assert {len(request.body) for request in plane.requests} == {MEGABYTE}, "none of them went on"


def test_a_flood_stays_under_the_rate_and_the_rest_is_told_when_to_come_again(proxy, plane):
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
        assert purser.answered(answer)["reason"] == "delivery_turned_away"
    assert value(purser, "purser_aws_waiting", service="rum") == 0
    assert value(purser, "purser_forwarded_total", outcome="turned_away") == len(refused)
    soonest = min(int(answer.header("Retry-After")) for answer in refused)
    time.sleep(soonest)
    assert post(purser).status == 200, "who comes when he was told to is served"


def test_nobody_waits_for_his_turn_for_more_than_a_second(proxy, plane):
    purser = proxy(**{"rum-rate": 1})
    assert post(purser).status == 200
    began = time.monotonic()
    with ThreadPoolExecutor(20) as pool:
        statuses = {answer.status for answer in pool.map(lambda _: post(purser, timeout=30), range(20))}
    assert statuses <= {200, 429}
    assert time.monotonic() - began < 4


def test_a_data_plane_that_is_down_is_left_alone(proxy, plane):
    purser = proxy(**{"rum-rate": 1000})
    plane.otherwise = plane_says.broken
    for _ in range(20):
        assert post(purser).status == 503
    count = plane.count
    answers = [post(purser) for _ in range(10)]
    assert {answer.status for answer in answers} == {503}
    assert all(1 <= int(answer.header("Retry-After")) <= 10 for answer in answers)
    assert plane.count - count <= 1, "one probe at most"
    assert purser.credentials("no-token").status == 401
    plane.otherwise = plane_says.answer(200)
    eventually(lambda: post(purser).status == 200, "it is found up again", every=0.2)


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
def test_what_two_readers_could_take_for_different_requests_is_refused(proxy, plane, rest):
    purser = proxy()
    with raw.connect(purser.address) as connection:
        connection.sendall(SMUGGLED + rest)
        connection.shutdown(socket.SHUT_WR)
        answer = raw.read_answer(connection)
        assert answer is None or 400 <= answer[0] < 500, answer
        assert raw.closed(connection)
    assert plane.count == 0
    assert post(purser, body=batch()).status == 200
