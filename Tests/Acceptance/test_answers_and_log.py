# SPDX-License-Identifier: Apache-2.0
"""Headers of every response, and its log line."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from harness import raw, sts_responses
from harness.settings import app

PATH = "/v1/apps/shop/credentials"


@pytest.fixture
def purser(broker):
    return broker()


def every_kind(purser, login, sts):
    yield purser.credentials(login.token())
    yield purser.credentials(login.token())
    yield purser.guest()
    yield purser.credentials("no-token-at-all")
    yield purser.request(PATH)
    yield purser.request("/nothing/here")
    yield purser.request(PATH, method="DELETE")
    yield purser.request(PATH, method="OPTIONS", headers=[("Origin", "https://shop.example.com")])
    sts.script.append(sts_responses.error(403, "AccessDenied"))
    yield purser.credentials(login.token("somebody-else"))


def test_every_response_has_no_store_and_a_unique_request_id(purser, login, sts):
    answers = list(every_kind(purser, login, sts))
    assert {answer.header("Cache-Control") for answer in answers} == {"no-store"}
    assert len({answer.header("X-Request-Id") for answer in answers}) == len(answers)
    for answer in answers:
        if answer.status >= 400:
            assert answer.header("Content-Type") == "application/problem+json"
            assert set(answer.json) == {"type", "title", "status", "code", "requestId"}
            assert answer.json["status"] == answer.status
            assert answer.json["requestId"] == answer.header("X-Request-Id")


def test_each_answered_request_has_exactly_one_log_line(purser, login, sts):
    answers = list(every_kind(purser, login, sts))
    for answer in answers:
        line = purser.log_line_of(answer)
        assert {"time", "level", "message", "requestId", "status", "code", "durationMs", "hit"} <= set(line)
        assert line["status"] == answer.status
        assert line["code"] == (answer.json["code"] if answer.status >= 400 else "ok")
        assert isinstance(line["durationMs"], (int, float)) and 0 <= line["durationMs"] < 15_000
    lines = purser.complete_log("answered")
    assert len(lines) == len(answers)
    assert [line["hit"] for line in lines[:3]] == [False, True, False]
    assert [line.get("endpoint") for line in lines[:3]] == ["credentials", "credentials", "guest-credentials"]
    assert {line.get("app") for line in lines[:5]} == {"shop"}
    assert [line["method"] for line in lines[:7]] == ["GET"] * 6 + ["DELETE"]


def test_a_client_cannot_choose_its_request_id_or_inject_log_lines(purser, login):
    evil = 'chosen"}\\n{"message":"answered'
    answer = purser.credentials(login.token(), headers=[("X-Request-Id", evil), ("User-Agent", evil)])
    assert answer.status == 200
    assert "chosen" not in answer.header("X-Request-Id")
    assert purser.request("/%0A%7B%22message%22%3A%22forged%22%7D").status == 404
    with raw.connect(purser.address) as connection:
        connection.sendall(b'EVIL"}{"message":"forged" /v1/apps/x"}{"/credentials HTTP/1.1\r\nHost: localhost\r\n\r\n')
        raw.read_answer(connection)
    purser.credentials(login.token())
    assert "forged" not in purser.log_text()


def test_every_log_line_is_complete_json_under_concurrency(purser, login):
    token = login.token()
    with ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(lambda _: purser.credentials(token).status, range(400)))
    assert set(statuses) == {200}
    lines = purser.complete_log("answered")
    assert len({line["requestId"] for line in lines}) == len(lines) == 400


def test_an_unreadable_request_is_logged(purser):
    with raw.connect(purser.address) as connection:
        connection.sendall(raw.head("GET", PATH, "X-Filler: " + "x" * 100_000))
        status, headers, _ = raw.read_answer(connection)
    assert status == 431
    [line] = purser.await_log("answered", requestId=headers["x-request-id"])
    assert line["code"] == "headers_too_large"


def test_an_aborted_request_is_not_logged_as_answered(purser, login):
    with raw.connect(purser.address) as connection:
        connection.sendall(
            raw.head("GET", PATH, f"Authorization: Bearer {login.token()}", "Content-Length: 1000") + b"x"
        )
        raw.read_answer(connection)
    with raw.connect(purser.address) as connection:
        connection.sendall(b"GET /v1/apps/shop/cred")
    answer = purser.credentials(login.token())
    purser.log_line_of(answer)
    # The end of a connection is handled asynchronously, so a new request forces no line about it. The end of the
    # process does.
    purser.stop()
    assert len(purser.complete_log("answered")) <= 2, purser.complete_log("answered")


def test_an_app_without_a_guest_grant_returns_no_guest_credentials(broker, login):
    shop = app(login.url)
    del shop["guest"]
    purser = broker(apps={"shop": shop})
    answer = purser.guest()
    assert (answer.status, answer.json["code"]) == (404, "not_found")
    assert purser.credentials(login.token()).status == 200
