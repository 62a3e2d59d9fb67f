"""What callers hear when STS misbehaves, how often STS is asked, and that no failure is remembered."""

import time

import pytest
from harness import sts_answers as says
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
PASSING = {
    "throttling": says.error(400, "Throttling", "Rate exceeded"),
    "throttling as 429": says.error(429, "TooManyRequestsException"),
    "identity provider out of reach": says.error(400, "IDPCommunicationError"),
    "internal failure": says.error(500, "InternalFailure"),
    "unavailable": says.error(503, "ServiceUnavailable"),
    "HTML of a gateway": says.content(502, "<html><body>502 Bad Gateway</body></html>", "text/html"),
    "garbage": says.content(200, "<AssumeRole&&& this is no XML"),
    "an empty success": says.content(200, ""),
    "JSON": says.content(200, '{"Credentials": {}}', "application/json"),
    "a success without credentials": says.content(
        200, "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult/></AssumeRoleWithWebIdentityResponse>"
    ),
    "an endless body": says.endless_body(),
    "a broken connection": says.broken_connection(),
    "a session that is over": says.session(lifetime=-60),
}


@pytest.fixture
def purser(broker):
    return broker(limits={"exchange-timeout": "8s"})


@pytest.fixture(autouse=True)
def well_again(purser, login, sts):
    """Whatever happened: with STS well again the next request asks it and gets credentials."""
    yield
    sts.script.clear()
    sts.otherwise = says.session()
    asked = sts.count
    assert purser.credentials(login.token()).status == 200
    assert sts.count == asked + 1


def problem(answer):
    return answer.status, answer.json["code"]


@pytest.mark.parametrize("code", REFUSALS)
def test_a_refusal_is_final(purser, login, sts, code):
    sts.otherwise = says.error(REFUSALS[code], code)
    answer = purser.credentials(login.token())
    assert problem(answer) == (502, "aws_refused")
    assert answer.header("Retry-After") is None
    assert sts.count == 1
    assert purser.answered(answer)["code"] == "aws_refused"
    assert purser.credentials(login.token()).status == 502
    assert sts.count == 2, "a refusal must not be remembered"


def test_what_aws_says_is_for_the_operator_only(purser, login, sts):
    sts.otherwise = says.error(
        403, "AccessDenied", "User the-good-subject may not assume arn:aws:iam::123456789012:role/x"
    )
    answer = purser.credentials(login.token())
    assert "AccessDenied" not in answer.text and "arn:" not in answer.text
    assert "AccessDenied" in purser.answered(answer)["detail"]


def test_a_token_that_expired_on_the_way_needs_a_new_one(purser, login, sts):
    sts.otherwise = says.error(400, "ExpiredTokenException", "Token expired")
    answer = purser.credentials(login.token())
    assert problem(answer) == (401, "invalid_token")
    assert answer.header("WWW-Authenticate") == 'Bearer error="invalid_token"'
    assert sts.count == 1


@pytest.mark.parametrize("name", PASSING)
def test_what_passes_is_tried_again(purser, login, sts, name):
    sts.script.append(PASSING[name])
    answer = purser.credentials(login.token("another-subject"))
    assert answer.status == 200, answer
    assert sts.count == 2


@pytest.mark.parametrize("name", PASSING)
def test_what_does_not_pass_is_given_up_after_three_attempts(purser, login, sts, name):
    sts.otherwise = PASSING[name]
    answer = purser.credentials(login.token())
    assert problem(answer) == (503, "unavailable")
    assert int(answer.header("Retry-After")) >= 1
    assert sts.count == 3
    assert purser.answered(answer)["status"] == 503


def test_guests_hear_the_same(purser, sts):
    for behaviour, expected in (
        (says.error(403, "AccessDenied"), (502, "aws_refused")),
        (says.error(400, "Throttling"), (503, "unavailable")),
    ):
        sts.otherwise = behaviour
        assert problem(purser.guest()) == expected


@pytest.mark.parametrize("kind", [says.silence(), says.endless_body()], ids=["nothing", "endless body"])
def test_no_answer_takes_no_longer_than_configured(broker, login, sts, kind):
    impatient = broker(limits={"exchange-timeout": "2s"})
    sts.otherwise = kind
    began = time.monotonic()
    answer = impatient.credentials(login.token())
    assert time.monotonic() - began < 4
    assert problem(answer) in ((504, "aws_timeout"), (503, "unavailable"))


def test_silence_is_a_timeout(broker, login, sts):
    impatient = broker(limits={"exchange-timeout": "2s"})
    sts.otherwise = says.silence()
    assert problem(impatient.credentials(login.token())) == (504, "aws_timeout")


def test_an_sts_that_does_not_listen_is_found_again_when_it_does(broker, login, started):
    port = free_port()
    purser = broker(f"http://127.0.0.1:{port}")
    answer = purser.credentials(login.token())
    assert problem(answer) == (503, "unavailable")
    assert int(answer.header("Retry-After")) >= 1
    late = started(FakeSTS(port=port))
    assert purser.credentials(login.token()).status == 200
    assert late.count == 1
