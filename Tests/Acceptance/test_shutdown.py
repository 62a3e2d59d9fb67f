# SPDX-License-Identifier: Apache-2.0
"""SIGTERM: no accepted request is lost, and the process ends with exit code 0."""

import asyncio
import signal
import socket
import threading

import pytest
from harness import raw
from harness.concurrent_clients import read_answer
from harness.deadline import eventually
from harness.sandbox import Sandbox

PATH = "/v1/apps/shop/credentials"


def request(token):
    return raw.head("GET", PATH, f"Authorization: Bearer {token}")


async def send_until_closed(address, request, seen):
    """Sends requests until a response closes the connection. Returns the number of responses."""
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
        clients = [asyncio.create_task(send_until_closed(purser.address, request, seen)) for _ in range(size)]
        await enough.wait()
        purser.process.send(signal.SIGTERM)
        return await asyncio.gather(*clients)


@pytest.mark.parametrize("size", [1, 64])
def test_sigterm_under_load_loses_no_request(broker, login, size):
    purser, token = broker(limits={"drain": "1s"}), login.token()
    counts = asyncio.run(sigterm_under_load(purser, request(token), size))
    assert len(counts) == size
    assert purser.process.wait(10) == 0
    # The log is complete: one line for each received response.
    assert len(purser.complete_log("answered", status=200)) == sum(counts)


def refuses(address):
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(address) != 0


def test_a_request_in_flight_at_sts_is_answered_after_sigterm(broker, login, sts):
    purser, token = broker(), login.token()
    sts.hold()
    with raw.connect(purser.address) as waiting:
        waiting.sendall(request(token))
        sts.await_count(1)
        purser.process.send(signal.SIGTERM)
        eventually(lambda: refuses(purser.address), "the end of the listener")
        assert purser.process.running()
        sts.release()
        status, headers, _ = raw.read_answer(waiting)
        assert (status, headers["connection"].lower()) == (200, "close")
    assert purser.process.wait(10) == 0


def test_a_draining_purser_is_not_ready_but_serves_requests(broker, login):
    purser = broker(limits={"drain": "3s"})
    assert purser.probe("/readyz").status == 200
    purser.process.send(signal.SIGTERM)
    eventually(lambda: purser.probe("/readyz").status == 503, "a failed readiness check", within=2)
    assert purser.probe("/livez").status == 200
    answer = purser.credentials(login.token())
    assert answer.status == 200
    assert answer.header("Connection").lower() == "close"
    assert purser.process.wait(10) == 0


def test_the_log_has_the_begin_and_the_end_of_the_drain(broker):
    purser = broker(limits={"drain": "1s"})
    purser.process.send(signal.SIGTERM)
    assert purser.process.wait(10) == 0
    drains = [line["message"] for line in purser.log_so_far() if line["message"].startswith("drain ")]
    assert drains == ["drain began", "drain ended"]


def test_idle_connections_do_not_delay_shutdown(broker):
    purser = broker()
    idle = [raw.connect(purser.address) for _ in range(50)]
    try:
        purser.process.send(signal.SIGTERM)
        assert purser.process.wait(6) == 0
    finally:
        for connection in idle:
            connection.close()


@pytest.mark.parametrize("attempt", range(3))
def test_new_connections_during_shutdown_cause_no_failure(broker, login, attempt):
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
        purser.await_log("answered", at_least=101)
        purser.process.send(signal.SIGTERM)
        assert purser.process.wait(20) == 0, purser.process.output_text()[-3000:]
    finally:
        stop.set()
        for client in clients:
            client.join(10)


def test_an_sts_that_never_responds_does_not_block_shutdown(broker, login, sts):
    purser, token = broker(limits={"exchange-timeout": "2s"}), login.token()
    sts.hold()
    request_thread = threading.Thread(target=lambda: purser.credentials(token))
    request_thread.start()
    sts.await_count(1)
    purser.process.send(signal.SIGTERM)
    assert purser.process.wait(10) == 0
    request_thread.join(10)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_sigterm_and_sigint_end_the_process_with_exit_code_0(broker, number):
    purser = broker()
    purser.process.send(number)
    assert purser.process.wait(10) == 0


@pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_ends_the_process_at_once_with_exit_code_0(broker, login, second):
    purser = broker(limits={"drain": "60s"})
    purser.process.send(signal.SIGTERM)
    purser.await_log("drain began")
    assert purser.credentials(login.token()).status == 200
    purser.process.send(second)
    assert purser.process.wait(5) == 0
    assert purser.log_so_far("shutdown forced by a second signal")
    assert purser.log_so_far("answered", status=200), "the log is complete"


def test_dev_ends_at_once_on_a_second_signal(started, tmp_path):
    sandbox = started(Sandbox(tmp_path))
    connection = raw.connect(sandbox.address)
    connection.sendall(b"POST /v1/apps/demo-store/sts HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n")
    sandbox.process.send(signal.SIGINT)
    sandbox.await_log("drain began")
    sandbox.process.send(signal.SIGINT)
    assert sandbox.process.wait(5) == 0
    connection.close()


def test_clients_that_hold_requests_and_read_nothing_do_not_hold_up_the_shutdown(broker, login, sts):
    purser, token = broker(limits={"drain": "1s", "exchange-timeout": "2s"}), login.token()
    assert purser.credentials(token).status == 200
    sts.hold()
    clients = [raw.connect(purser.address) for _ in range(3)]
    clients[0].sendall(request(login.token("bob")))
    clients[1].sendall(b"POST /v1/apps/shop/sts HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf")
    clients[2].sendall(request(token))
    sts.await_count(2)
    purser.process.send(signal.SIGTERM)
    # `drain`, `exchange-timeout` and 5 s.
    assert purser.process.wait(8) == 0
    for client in clients:
        client.close()
