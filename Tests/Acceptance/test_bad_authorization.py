"""The Authorization header itself, before any token is looked at."""

import pytest
from harness.settings import app
from harness.tokens import Issuer

PATH = "/v1/apps/shop/credentials"


@pytest.fixture
def purser(broker):
    return broker()


def refused(purser, headers, status, code):
    answer = purser.ask(PATH, headers=headers)
    assert (answer.status, answer.json["code"]) == (status, code), answer
    assert purser.answered(answer)["code"] == code
    return answer


MISSING = {
    "none": [],
    "another scheme": [("Authorization", "Basic YWxpY2U6c2VjcmV0LW9mLWFsaWNl")],
    "a signature of AWS": [("Authorization", "AWS4-HMAC-SHA256 Credential=x, SignedHeaders=host, Signature=y")],
    "an empty header": [("Authorization", "")],
}


@pytest.mark.parametrize("name", MISSING)
def test_without_a_bearer_token_the_answer_says_what_is_missing_and_no_more(purser, login, sts, name):
    answer = refused(purser, MISSING[name], 401, "missing_token")
    assert answer.header("WWW-Authenticate") == "Bearer"
    assert sts.count == 0
    assert purser.credentials(login.token()).status == 200


@pytest.mark.parametrize("value", ["Bearer", "Bearer ", "Bearer   "])
def test_an_empty_token_is_none_or_a_bad_one(purser, sts, value):
    answer = purser.ask(PATH, headers=[("Authorization", value)])
    challenges = {"missing_token": "Bearer", "invalid_token": 'Bearer error="invalid_token"'}
    assert answer.status == 401
    assert answer.header("WWW-Authenticate") == challenges[answer.json["code"]]
    assert sts.count == 0


def test_two_authorization_headers_are_a_malformed_request(purser, login, sts):
    good = ("Authorization", f"Bearer {login.token()}")
    for second in (good, ("Authorization", "Bearer something-else"), ("authorization", "Basic eDp5")):
        refused(purser, [good, second], 400, "malformed_request")
    assert sts.count == 0
    assert purser.ask(PATH, headers=[good]).status == 200


def test_two_tokens_in_one_header_are_not_one_of_them(purser, login, sts):
    token = login.token()
    for value in (f"Bearer {token}, Bearer {token}", f"Bearer {token},{token}", f"Bearer {token} {token}"):
        answer = purser.ask(PATH, headers=[("Authorization", value)])
        assert answer.status in (400, 401), answer
    assert sts.count == 0


def test_the_scheme_is_read_in_any_case(purser, login):
    for scheme in ("Bearer", "bearer", "BEARER"):
        assert purser.ask(PATH, headers=[("Authorization", f"{scheme} {login.token()}")]).status == 200


def test_a_token_elsewhere_is_ignored(purser, login, sts):
    token = login.token()
    purser.ledger.learn_token(token)
    for path, headers in (
        (f"{PATH}?access_token={token}", []),
        (f"{PATH}?token={token}", []),
        (PATH, [("Cookie", f"access_token={token}")]),
        (PATH, [("X-Authorization", f"Bearer {token}")]),
        (PATH, [("Proxy-Authorization", f"Bearer {token}")]),
    ):
        answer = purser.ask(path, headers=headers)
        assert (answer.status, answer.json["code"]) == (401, "missing_token"), path
    assert sts.count == 0
    assert purser.credentials(token).status == 200


def test_a_verified_user_of_an_issuer_that_is_not_this_apps_may_not(broker, tmp_path, login, sts):
    other = Issuer("https://other.example.test/", "other-key")
    issuers = [login.pinned(tmp_path / "broker-0"), other.pinned(tmp_path / "broker-0", "other.json")]
    purser = broker(issuers=issuers, apps={"shop": app(login.url), "office": app(other.url)})
    token = other.token("a-stranger-to-the-shop")
    answer = purser.credentials(token)
    assert (answer.status, answer.json["code"]) == (403, "not_authorized"), answer
    assert sts.count == 0
    assert purser.credentials(token, app="office").status == 200
