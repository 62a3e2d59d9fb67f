# SPDX-License-Identifier: Apache-2.0
"""The cache refreshes credentials before they expire, and never returns any with less than the minimum life.

The fake STS returns sessions that last a few seconds longer than the minimum, so that they are due at once.
"""

import time
from datetime import datetime, timezone

import pytest
from harness import sts_responses
from harness.deadline import eventually

MINIMUM = 300


@pytest.fixture
def purser(broker):
    return broker(cache={"minimum-life": "5m"})


def life(answer):
    return (datetime.fromisoformat(answer.json["expiration"]) - datetime.now(timezone.utc)).total_seconds()


def test_a_session_is_refreshed_ahead_while_the_old_one_is_still_served(purser, login, sts):
    sts.otherwise = sts_responses.session(lifetime=MINIMUM + 8)
    token = login.token()
    first = purser.credentials(token)
    assert first.status == 200, first
    sts.hold()
    # Repeated requests start a refresh, and none of them waits for it.
    answers = []

    def refresh_started():
        answers.append(purser.credentials(token, timeout=2))
        return sts.count == 2

    eventually(refresh_started, "a refresh ahead of the expiration", within=15)
    assert {answer.body for answer in answers} == {first.body}
    assert all(purser.log_line_of(answer)["hit"] for answer in answers[-3:])
    assert life(answers[-1]) >= MINIMUM
    sts.release()
    renewed = eventually(lambda: changed(purser, token, first), "the refreshed session")
    assert life(renewed) > life(first)


def changed(purser, token, first):
    answer = purser.credentials(token)
    assert answer.status == 200
    return answer if answer.body != first.body else None


def test_credentials_below_the_minimum_life_are_never_returned(purser, login, sts):
    sts.otherwise = sts_responses.session(lifetime=MINIMUM - 10)
    answer = purser.credentials(login.token())
    assert answer.status in (502, 503), answer
    assert "secret" not in answer.text


def test_without_sts_a_session_is_served_until_its_minimum_life(purser, login, sts):
    sts.script.append(sts_responses.session(lifetime=MINIMUM + 4))
    sts.otherwise = sts_responses.error(500, "InternalFailure")
    token = login.token()
    assert purser.credentials(token).status == 200

    def refused():
        answer = purser.credentials(token)
        if answer.status == 200:
            assert life(answer) >= MINIMUM - 1, "returned with less than the minimum life"
        return answer if answer.status != 200 else None

    answer = eventually(refused, "a rejection", within=20)
    assert (answer.status, answer.json["code"]) == (503, "unavailable")
    sts.otherwise = sts_responses.session()
    assert purser.credentials(token).status == 200


def test_an_expired_token_is_rejected_although_its_credentials_are_cached(broker, login, sts):
    purser = broker()
    # Within the leeway of 60 s at first, and beyond it after 3 s.
    token = login.token(iat=int(time.time()) - 600, exp=int(time.time()) - 57)
    assert purser.credentials(token).status == 200
    answer = eventually(lambda: refusal(purser, token), "the rejection of the expired token", within=10)
    assert (answer.status, answer.json["code"]) == (401, "invalid_token")
    assert purser.log_line_of(answer)["reason"] == "expired"
    assert purser.credentials(login.token()).status == 200
    assert sts.count == 1


def refusal(purser, token):
    answer = purser.credentials(token)
    return answer if answer.status != 200 else None
