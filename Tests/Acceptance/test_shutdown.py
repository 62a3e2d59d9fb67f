"""SIGTERM: no accepted request is lost, and the process ends by itself with 0."""

import asyncio
import signal
import socket
import threading

import pytest
from harness import raw
from harness.crowd import read_answer
from harness.deadline import eventually

PATH = "/v1/apps/shop/credentials"


def request(token):
    return raw.head("GET", PATH, f"Authorization: Bearer {token}")


async def ask_until_told_to_leave(address, request, seen):
    """Answers how many answers came. Every request that went out must have got one."""
    reader, writer = await asyncio.open_connection(*address)
    count = 0
    try:
        while True:
            writer.write(request)
            status, headers, _ = await read_answer(reader)
            assert status == 200
            count += 1
            seen()
            if headers.get("connection", "").lower() == "close":
                assert await reader.read() == b""
                return count
    finally:
        writer.close()


async def sigterm_under_load(purser, request, size):
    answered, enough = 0, asyncio.Event()

    def seen():
        nonlocal answered
        answered += 1
        if answered >= 20 * size:
            enough.set()

    async with asyncio.timeout(30):
        clients = [asyncio.create_task(ask_until_told_to_leave(purser.address, request, seen)) for _ in range(size)]
        await enough.wait()
        purser.process.send(signal.SIGTERM)
        return await asyncio.gather(*clients)


@pytest.mark.parametrize("size", [1, 64])
def test_no_request_is_lost_when_sigterm_comes_under_load(broker, login, size):
    purser, token = broker(limits={"drain": "1s"}), login.token()
    counts = asyncio.run(sigterm_under_load(purser, request(token), size))
    assert len(counts) == size
    assert purser.process.wait(10) == 0
    # The log is whole: one line for each answer that somebody got.
    assert len(purser.log("answered", status=200)) == sum(counts)


def refuses(address):
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(address) != 0


def test_a_request_that_waits_for_sts_outlives_the_listener(broker, login, sts):
    purser, token = broker(), login.token()
    sts.hold()
    with raw.connect(purser.address) as waiting:
        waiting.sendall(request(token))
        sts.await_count(1)
        purser.process.send(signal.SIGTERM)
        eventually(lambda: refuses(purser.address), "the listener's end")
        assert purser.process.running()
        sts.release()
        status, headers, _ = raw.read_answer(waiting)
        assert (status, headers["connection"].lower()) == (200, "close")
    assert purser.process.wait(10) == 0


def test_while_it_drains_it_is_not_ready_and_still_serves(broker, login):
    purser = broker(limits={"drain": "3s"})
    assert purser.probe("/readyz").status == 200
    purser.process.send(signal.SIGTERM)
    eventually(lambda: purser.probe("/readyz").status == 503, "unreadiness", within=2)
    assert purser.probe("/livez").status == 200
    answer = purser.credentials(login.token())
    assert answer.status == 200
    assert answer.header("Connection").lower() == "close"
    assert purser.process.wait(10) == 0


def test_idle_connections_do_not_hold_it_up(broker):
    purser = broker()
    idle = [raw.connect(purser.address) for _ in range(50)]
    try:
        purser.process.send(signal.SIGTERM)
        assert purser.process.wait(6) == 0
    finally:
        for connection in idle:
            connection.close()


@pytest.mark.parametrize("attempt", range(3))
def test_connections_that_keep_arriving_do_not_make_it_fail(broker, login, attempt):
    purser, token, stop = broker(limits={"drain": "1s"}), login.token(), threading.Event()
    assert purser.credentials(token).status == 200

    def keep_arriving():
        while not stop.is_set():
            try:
                with raw.connect(purser.address, timeout=5) as connection:
                    connection.sendall(request(token))
                    raw.read_answer(connection)
            except OSError:
                stop.wait(0.01)

    clients = [threading.Thread(target=keep_arriving) for _ in range(8)]
    try:
        for client in clients:
            client.start()
        eventually(lambda: len(purser.log("answered")) > 100, "some load")
        purser.process.send(signal.SIGTERM)
        assert purser.process.wait(20) == 0, purser.process.said()[-3000:]
    finally:
        stop.set()
        for client in clients:
            client.join(10)


def test_an_sts_that_never_answers_does_not_hold_it_up_for_long(broker, login, sts):
    purser, token = broker(limits={"exchange-timeout": "2s"}), login.token()
    sts.hold()
    asking = threading.Thread(target=lambda: purser.credentials(token))
    asking.start()
    sts.await_count(1)
    purser.process.send(signal.SIGTERM)
    assert purser.process.wait(10) == 0
    asking.join(10)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_with_0_when_it_is_told_to(broker, number):
    purser = broker()
    purser.process.send(number)
    assert purser.process.wait(10) == 0
