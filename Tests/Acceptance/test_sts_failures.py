# SPDX-License-Identifier: Apache-2.0
"""Responses to clients when STS fails, the number of STS calls, and that no failure is cached."""

import time

import pytest
from harness import sts_responses
from harness.fake_sts import FakeSTS
from harness.process import free_port

REFUSALS = {
    "ValidationError": 400,
    "AccessDenied": 403,
    "InvalidIdentityToken": 400,
    "IDPRejectedClaim": 403,
    "MalformedPolicyDocument": 400,
    "PackedPolicyTooLarge": 400,
    "RegionDisabledException": 403,
    "InvalidClientTokenId": 403,
    "SignatureDoesNotMatch": 403,
    "SomethingNobodyKnows": 418,
}
TRANSIENT = {
    "throttling": sts_responses.error(400, "Throttling", "Rate exceeded"),
    "throttling as 429": sts_responses.error(429, "TooManyRequestsException"),
    "identity provider out of reach": sts_responses.error(400, "IDPCommunicationError"),
    "internal failure": sts_responses.error(500, "InternalFailure"),
    "unavailable": sts_responses.error(503, "ServiceUnavailable"),
    "HTML of a gateway": sts_responses.content(502, "<html><body>502 Bad Gateway</body></html>", "text/html"),
    "garbage": sts_responses.content(200, "<AssumeRole&&& this is no XML"),
    "an empty success": sts_responses.content(200, ""),
    "JSON": sts_responses.content(200, '{"Credentials": {}}', "application/json"),
    "a success without credentials": sts_responses.content(
        200, "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult/></AssumeRoleWithWebIdentityResponse>"
    ),
    "an endless body": sts_responses.endless_body(),
    "a broken connection": sts_responses.broken_connection(),
    "a session that is over": sts_responses.session(lifetime=-60),
}


@pytest.fixture
def purser(broker):
    return broker(limits={"exchange-timeout": "8s"})


@pytest.fixture(autouse=True)
def recovers_afterwards(purser, login, sts):
    """After each test, with STS available again, the next request makes one call and gets credentials."""
    yield
    sts.script.clear()
    sts.otherwise = sts_responses.session()
    count_before = sts.count
    assert purser.credentials(login.token()).status == 200
    assert sts.count == count_before + 1


def problem(answer):
    return answer.status, answer.json["code"]


@pytest.mark.parametrize("code", REFUSALS)
def test_an_sts_refusal_is_not_retried_and_not_cached(purser, login, sts, code):
    sts.otherwise = sts_responses.error(REFUSALS[code], code)
    answer = purser.credentials(login.token())
    assert problem(answer) == (502, "aws_refused")
    assert answer.header("Retry-After") is None
    assert sts.count == 1
    assert purser.log_line_of(answer)["code"] == "aws_refused"
    assert purser.credentials(login.token()).status == 502
    assert sts.count == 2, "a refusal must not be cached"


def test_the_error_message_of_aws_is_in_the_log_only(purser, login, sts):
    sts.otherwise = sts_responses.error(
        403, "AccessDenied", "User the-good-subject may not assume arn:aws:iam::123456789012:role/x"
    )
    answer = purser.credentials(login.token())
    assert "AccessDenied" not in answer.text and "arn:" not in answer.text
    assert "AccessDenied" in purser.log_line_of(answer)["detail"]


def test_an_expired_token_reported_by_sts_is_an_invalid_token(purser, login, sts):
    sts.otherwise = sts_responses.error(400, "ExpiredTokenException", "Token expired")
    answer = purser.credentials(login.token())
    assert problem(answer) == (401, "invalid_token")
    assert answer.header("WWW-Authenticate") == 'Bearer error="invalid_token"'
    assert sts.count == 1


@pytest.mark.parametrize("name", TRANSIENT)
def test_a_transient_sts_failure_is_retried(purser, login, sts, name):
    sts.script.append(TRANSIENT[name])
    answer = purser.credentials(login.token("another-subject"))
    assert answer.status == 200, answer
    assert sts.count == 2


@pytest.mark.parametrize("name", TRANSIENT)
def test_an_sts_call_is_attempted_three_times(purser, login, sts, name):
    sts.otherwise = TRANSIENT[name]
    answer = purser.credentials(login.token())
    assert problem(answer) == (503, "unavailable")
    assert int(answer.header("Retry-After")) >= 1
    assert sts.count == 3
    assert purser.log_line_of(answer)["status"] == 503


def test_guests_get_the_same_errors_of_sts_failures(purser, sts):
    for behaviour, expected in (
        (sts_responses.error(403, "AccessDenied"), (502, "aws_refused")),
        (sts_responses.error(400, "Throttling"), (503, "unavailable")),
    ):
        sts.otherwise = behaviour
        assert problem(purser.guest()) == expected


@pytest.mark.parametrize(
    "kind", [sts_responses.silence(), sts_responses.endless_body()], ids=["nothing", "endless body"]
)
def test_the_exchange_timeout_limits_the_response_time(broker, login, sts, kind):
    impatient = broker(limits={"exchange-timeout": "2s"})
    sts.otherwise = kind
    began = time.monotonic()
    answer = impatient.credentials(login.token())
    assert time.monotonic() - began < 4
    assert problem(answer) in ((504, "aws_timeout"), (503, "unavailable"))


def test_an_sts_without_a_response_is_aws_timeout(broker, login, sts):
    impatient = broker(limits={"exchange-timeout": "2s"})
    sts.otherwise = sts_responses.silence()
    assert problem(impatient.credentials(login.token())) == (504, "aws_timeout")


def test_an_sts_that_starts_late_is_used_as_soon_as_it_listens(broker, login, started):
    port = free_port()
    purser = broker(f"http://127.0.0.1:{port}")
    answer = purser.credentials(login.token())
    assert problem(answer) == (503, "unavailable")
    assert int(answer.header("Retry-After")) >= 1
    late = started(FakeSTS(port=port))
    assert purser.credentials(login.token()).status == 200
    assert late.count == 1
