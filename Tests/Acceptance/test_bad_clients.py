# SPDX-License-Identifier: Apache-2.0
"""Slow and idle clients: time-outs close their connections, and other clients are served."""

import time
from pathlib import Path

import pytest
from harness import raw
from harness.deadline import eventually
from harness.observability import await_metric, metric
from harness.settings import APP
from harness.web import fetch

PATH = "/v1/apps/shop/credentials"


def test_slow_headers_reach_the_header_timeout(broker, login, sts):
    purser = broker(limits={"header-timeout": "1s"})
    request = raw.head("GET", PATH, f"Authorization: Bearer {login.token()}", *[f"X-Filler: {'x' * 500}"] * 4)
    with raw.connect(purser.address) as connection:
        seconds = raw.drip(connection, request, within=10)
        assert raw.closed(connection)
    assert 0.5 < seconds < 4
    assert sts.count == 0
    assert purser.credentials(login.token()).status == 200


def test_a_connection_without_a_request_is_closed(broker, login):
    purser = broker(limits={"header-timeout": "1s", "idle-timeout": "1s"})
    with raw.connect(purser.address) as connection:
        began = time.monotonic()
        assert raw.closed(connection, within=6)
        assert time.monotonic() - began > 0.5
    assert purser.credentials(login.token()).status == 200


def test_a_connection_that_is_idle_after_a_request_is_closed(broker, login):
    purser = broker(limits={"idle-timeout": "1s"})
    with raw.connect(purser.address) as connection:
        connection.sendall(raw.head("GET", PATH, f"Authorization: Bearer {login.token()}"))
        assert raw.read_answer(connection)[0] == 200
        began = time.monotonic()
        assert raw.closed(connection, within=6)
        assert 0.5 < time.monotonic() - began


def test_a_slow_body_of_a_rejected_request_is_closed(broker, login):
    purser = broker(limits={"idle-timeout": "1s", "header-timeout": "1s"})
    with raw.connect(purser.address) as connection:
        connection.sendall(raw.head("POST", PATH, f"Authorization: Bearer {login.token()}", "Content-Length: 1000"))
        raw.drip(connection, b"x" * 1000, within=10)
        assert raw.closed(connection, within=10)
    assert purser.credentials(login.token()).status == 200


def test_five_thousand_idle_connections_do_not_block_other_requests(broker, login):
    purser = broker()
    idle = []
    try:
        for _ in range(5000):
            idle.append(raw.connect(purser.address))
        answer = purser.credentials(login.token())
        assert answer.status == 200
        assert purser.probe("/livez").status == 200
    finally:
        for connection in idle:
            connection.close()
    assert purser.credentials(login.token()).status == 200


def test_at_the_limit_of_connections_new_ones_are_served_and_those_idle_longest_are_closed(broker, login):
    purser = broker(limits={"connections": 20, "idle-timeout": "1h", "header-timeout": "120s"})
    idle = [raw.connect(purser.address) for _ in range(60)]
    try:
        assert purser.probe("/livez").status == 200
        assert purser.credentials(login.token()).status == 200
        # One after the other over a connection of its own: the 20 that were idle longest go first.
        kept = raw.connect(purser.address)
        kept.sendall(request := raw.head("GET", f"/v1/apps/{APP}/guest-credentials"))
        assert raw.read_answer(kept)[0] == 200
        for _ in range(10):
            assert served(purser, login)
        kept.sendall(request)
        assert raw.read_answer(kept)[0] == 200, "the connection that was used last is still open"
        assert all(raw.closed(connection) for connection in idle[:40])
        kept.close()
    finally:
        for connection in idle:
            connection.close()
    assert metric(purser, "purser_connections_limit", listener="public") == 20
    await_metric(purser, "purser_connections", 0, listener="public")
    assert metric(purser, "purser_connections_closed_total", limit="listener") >= 40
    [warning] = purser.complete_log("connection limit reached")
    assert (warning["level"], warning["setting"]) == ("warning", "limits.connections")


def test_the_memory_of_many_closed_connections_goes_back_to_the_system(broker):
    purser = broker()
    request = raw.head("GET", f"/v1/apps/{APP}/guest-credentials")
    assert purser.guest().status == 200

    def memory():
        # Without the pages of the program itself, which stay once they are read.
        [line] = [it for it in Path(f"/proc/{purser.process.pid}/status").read_text().splitlines() if "RssAnon" in it]
        return int(line.split()[1]) / 1024

    before = memory()
    opened = [raw.connect(purser.address) for _ in range(3000)]
    for connection in opened:
        connection.sendall(request)
    for connection in opened:
        assert raw.read_answer(connection)[0] == 200
    most = memory()
    for connection in opened:
        connection.close()
    eventually(
        lambda: memory() < before + (most - before) / 2,
        lambda: f"{before:.0f} MiB before, {most:.0f} at most, now {memory():.0f}",
        within=90,
        every=1,
    )


def test_a_client_over_its_connections_loses_its_own_that_were_idle_longest(broker):
    purser = broker(limits={"client-connections": 5})

    def ask(connection):
        connection.sendall(raw.head("GET", f"/v1/apps/{APP}/guest-credentials"))
        assert raw.read_answer(connection)[0] == 200

    opened = []
    for source in ["127.0.0.9", *["127.0.0.8"] * 8]:
        opened.append(raw.connect(purser.address, source=source))
        ask(opened[-1])
    other, *mine = opened
    assert all(raw.closed(connection) for connection in mine[:3])
    for connection in [other, *mine[3:]]:
        ask(connection)
        connection.close()
    assert metric(purser, "purser_connections_closed_total", limit="client") == 3
    assert purser.complete_log("connection limit reached")[0]["setting"] == "limits.client-connections"


def test_more_connections_than_file_descriptors_cause_no_busy_loop(broker, login):
    purser = broker(files=256)
    idle = [raw.connect(purser.address) for _ in range(600)]
    try:
        assert purser.probe("/livez").status == 200
        # The last connections are still in the kernel's queue. Once the others are set up, Purser must be idle.
        eventually(lambda: cpu_seconds_while(purser, lambda: raw.closed(idle[-1], within=1)) < 0.1, "an idle second")
    finally:
        for connection in idle:
            connection.close()
    assert eventually(lambda: served(purser, login), "a response after the others are closed")


def cpu_seconds_while(purser, wait):
    used = purser.cpu_time()
    wait()
    return purser.cpu_time() - used


def served(purser, login):
    try:
        return purser.credentials(login.token(), timeout=3).status == 200
    except OSError:
        return False


def test_an_http_1_0_client_gets_a_readable_response(broker, login):
    purser = broker()
    with raw.connect(purser.address) as connection:
        request = raw.head("GET", PATH, f"Authorization: Bearer {login.token()}").replace(b"HTTP/1.1", b"HTTP/1.0")
        connection.sendall(request)
        assert raw.read_answer(connection)[0] == 200
        assert raw.closed(connection, within=5)


@pytest.mark.parametrize("value", ["close", "Close", "close, TE", "TE, close"])
def test_connection_close_is_honored(broker, login, value):
    purser = broker()
    with raw.connect(purser.address) as connection:
        connection.sendall(raw.head("GET", PATH, f"Authorization: Bearer {login.token()}", f"Connection: {value}"))
        status, headers, _ = raw.read_answer(connection)
        assert (status, headers.get("connection")) == (200, "close")
        assert raw.closed(connection, within=5)


def test_pipelined_requests_are_answered_in_order(broker, login):
    purser = broker()
    token = login.token()
    known = raw.head("GET", PATH, f"Authorization: Bearer {token}")
    unknown = raw.head("GET", "/nothing/here")
    assert fetch(purser.url() + PATH, headers=[("Authorization", f"Bearer {token}")]).status == 200
    with raw.connect(purser.address) as connection, connection.makefile("rb") as stream:
        connection.sendall((known + unknown) * 50)
        statuses = [raw.read_from(stream)[0] for _ in range(2 * 50)]
    assert statuses == [200, 404] * 50
