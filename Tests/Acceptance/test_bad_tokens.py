"""Every way to ask for credentials without a right to them. One purser takes it all and keeps working."""

import time

import pytest
from harness.bad_tokens import BAD
from harness.fake_sts import FakeSTS
from harness.purser import Purser
from harness.settings import AUDIENCE, OWN_KEYS, settings

PATH = "/v1/apps/shop/credentials"


@pytest.fixture(scope="module")
def sts():
    server = FakeSTS()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def purser(tmp_path_factory, login, sts):
    directory = tmp_path_factory.mktemp("bad-tokens")
    purser = Purser(directory, settings(login.pinned(directory)), sts.url, **OWN_KEYS)
    yield purser
    purser.stop()


@pytest.fixture(autouse=True)
def afterwards(purser, login, sts):
    yield
    purser.check_log()
    asked = sts.count
    answer = purser.credentials(login.token(f"a-good-subject-{asked}"))
    assert answer.status == 200, "the next good request must work"
    assert sts.count == asked + 1


@pytest.mark.parametrize("name", BAD)
def test_bad_tokens_get_one_uniform_answer_and_the_reason_stays_in_the_log(purser, login, sts, name):
    make, reason = BAD[name]
    asked = sts.count
    answer = purser.ask(PATH, make(login))
    assert answer.status == 401, answer
    assert answer.header("WWW-Authenticate") == 'Bearer error="invalid_token"'
    assert answer.header("Content-Type") == "application/problem+json"
    problem = answer.json
    assert set(problem) == {"type", "title", "status", "code", "requestId"}
    assert (problem["status"], problem["code"]) == (401, "invalid_token")
    line = purser.answered(answer)
    assert (line["code"], line["status"]) == ("invalid_token", 401)
    assert reason in (line["reason"], None), line
    assert sts.count == asked


def test_all_refusals_are_the_same_but_for_the_request_id(purser, login):
    answers = [purser.ask(PATH, make(login)) for make, _ in BAD.values()]
    assert len({frozenset((answer.json | {"requestId": ""}).items()) for answer in answers}) == 1
    assert len({frozenset(name.lower() for name, _ in answer.headers) for answer in answers}) == 1


def test_a_guests_session_token_is_no_users_token(purser):
    guest = purser.guest().json
    answer = purser.ask(PATH, guest["sessionToken"])
    assert (answer.status, answer.json["code"]) == (401, "invalid_token")


def test_a_token_is_good_under_each_form_that_the_standards_allow(purser, login):
    now = int(time.time())
    for token in (
        login.token("a-fine-subject", aud=[AUDIENCE, "another"], azp=AUDIENCE),
        login.token("a-fine-subject", login.header(typ="at+jwt")),
        login.token("a-fine-subject", login.header(typ=None)),
        login.token("a-fine-subject", login.header(kid=None)),
        login.token("a-fine-subject", exp=now + 100.5),
        login.token("a-fine-subject", nbf=now + 30),  # within the leeway for clocks that differ
    ):
        answer = purser.ask(PATH, token)
        assert answer.status == 200, (token, answer)
