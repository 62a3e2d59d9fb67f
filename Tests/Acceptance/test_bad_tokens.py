# SPDX-License-Identifier: Apache-2.0
"""Requests for credentials with invalid tokens, all at one purser, which must keep working."""

import time

import pytest
from harness.bad_tokens import BAD
from harness.fake_sts import FakeSTS
from harness.purser import Purser
from harness.settings import AUDIENCE, BROKER_KEYS, settings

PATH = "/v1/apps/shop/credentials"


@pytest.fixture(scope="module")
def sts():
    server = FakeSTS()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def purser(tmp_path_factory, login, sts):
    directory = tmp_path_factory.mktemp("bad-tokens")
    purser = Purser(directory, settings(login.pinned(directory)), sts.url, **BROKER_KEYS)
    yield purser
    purser.stop()


@pytest.fixture(autouse=True)
def afterwards(purser, login, sts):
    yield
    purser.check_log()
    count_before = sts.count
    answer = purser.credentials(login.token(f"a-good-subject-{count_before}"))
    assert answer.status == 200, "the next valid request must succeed"
    assert sts.count == count_before + 1


@pytest.mark.parametrize("name", BAD)
def test_an_invalid_token_gets_a_uniform_401_and_only_the_log_has_the_reason(purser, login, sts, name):
    make, reason = BAD[name]
    count_before = sts.count
    answer = purser.request(PATH, make(login))
    assert answer.status == 401, answer
    assert answer.header("WWW-Authenticate") == 'Bearer error="invalid_token"'
    assert answer.header("Content-Type") == "application/problem+json"
    problem = answer.json
    assert set(problem) == {"type", "title", "status", "code", "requestId"}
    assert (problem["status"], problem["code"]) == (401, "invalid_token")
    line = purser.log_line_of(answer)
    assert (line["code"], line["status"]) == ("invalid_token", 401)
    assert reason in (line["reason"], None), line
    assert sts.count == count_before


def test_all_rejections_of_tokens_differ_only_in_the_request_id(purser, login):
    answers = [purser.request(PATH, make(login)) for make, _ in BAD.values()]
    assert len({frozenset((answer.json | {"requestId": ""}).items()) for answer in answers}) == 1
    assert len({frozenset(name.lower() for name, _ in answer.headers) for answer in answers}) == 1


def test_a_guests_session_token_is_rejected_as_a_user_token(purser):
    guest = purser.guest().json
    answer = purser.request(PATH, guest["sessionToken"])
    assert (answer.status, answer.json["code"]) == (401, "invalid_token")


def test_a_token_is_accepted_in_each_form_that_the_standards_allow(purser, login):
    now = int(time.time())
    for token in (
        login.token("a-fine-subject", aud=[AUDIENCE, "another"], azp=AUDIENCE),
        login.token("a-fine-subject", aud=["another", "third", AUDIENCE]),
        login.token("a-fine-subject", aud=["another", AUDIENCE], azp="another-client"),
        login.token("a-fine-subject", typ="ID", token_use="id", token_type="Bearer"),
        login.token("a-fine-subject", login.header(typ="at+jwt")),
        login.token("a-fine-subject", login.header(typ=None)),
        login.token("a-fine-subject", login.header(kid=None)),
        login.token("a-fine-subject", exp=now + 100.5),
        login.token("a-fine-subject", nbf=now + 30),  # within the clock leeway
    ):
        answer = purser.request(PATH, token)
        assert answer.status == 200, (token, answer)
