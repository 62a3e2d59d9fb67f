"""Credentials are renewed before they run out, and never handed out with less life than the minimum.

The fake STS gives sessions that live a few seconds longer than the minimum, so that their end is near at once.
"""

import time
from datetime import datetime, timezone

import pytest
from harness import sts_answers as says
from harness.deadline import eventually

MINIMUM = 300


@pytest.fixture
def purser(broker):
    return broker(cache={"minimum-life": "5m"})


def life(answer):
    return (datetime.fromisoformat(answer.json["expiration"]) - datetime.now(timezone.utc)).total_seconds()


def test_a_session_is_renewed_ahead_while_the_old_one_is_still_handed_out(purser, login, sts):
    sts.otherwise = says.session(lifetime=MINIMUM + 8)
    token = login.token()
    first = purser.credentials(token)
    assert first.status == 200, first
    sts.hold()
    # Asked again and again it starts a renewal by itself, and nobody waits for it.
    answers = []

    def asked_ahead():
        answers.append(purser.credentials(token, timeout=2))
        return sts.count == 2

    eventually(asked_ahead, "a renewal ahead", within=15)
    assert {answer.body for answer in answers} == {first.body}
    assert all(purser.answered(answer)["hit"] for answer in answers[-3:])
    assert life(answers[-1]) >= MINIMUM
    sts.release()
    renewed = eventually(lambda: changed(purser, token, first), "the renewed session")
    assert life(renewed) > life(first)


def changed(purser, token, first):
    answer = purser.credentials(token)
    assert answer.status == 200
    return answer if answer.body != first.body else None


def test_nobody_gets_credentials_that_are_nearly_over(purser, login, sts):
    sts.otherwise = says.session(lifetime=MINIMUM - 10)
    answer = purser.credentials(login.token())
    assert answer.status in (502, 503), answer
    assert "secret" not in answer.text


def test_without_sts_a_session_ends_for_callers_when_the_minimum_is_reached(purser, login, sts):
    sts.script.append(says.session(lifetime=MINIMUM + 4))
    sts.otherwise = says.error(500, "InternalFailure")
    token = login.token()
    assert purser.credentials(token).status == 200

    def refused():
        answer = purser.credentials(token)
        if answer.status == 200:
            assert life(answer) >= MINIMUM - 1, "handed out with less than the minimum of life"
        return answer if answer.status != 200 else None

    answer = eventually(refused, "the end", within=20)
    assert (answer.status, answer.json["code"]) == (503, "unavailable")
    sts.otherwise = says.session()
    assert purser.credentials(token).status == 200


def test_an_expired_token_gets_nothing_although_its_credentials_are_there(broker, login, sts):
    purser = broker()
    # Within the leeway of 60 s at first, and out of it after a moment.
    token = login.token(iat=int(time.time()) - 600, exp=int(time.time()) - 57)
    assert purser.credentials(token).status == 200
    answer = eventually(lambda: refusal(purser, token), "the end of the token", within=10)
    assert (answer.status, answer.json["code"]) == (401, "invalid_token")
    assert purser.answered(answer)["reason"] == "expired"
    assert purser.credentials(login.token()).status == 200
    assert sts.count == 1


def refusal(purser, token):
    answer = purser.credentials(token)
    return answer if answer.status != 200 else None
