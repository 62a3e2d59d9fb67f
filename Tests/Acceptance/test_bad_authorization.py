# SPDX-License-Identifier: Apache-2.0
"""The Authorization header, before the token is parsed."""

import pytest
from harness.settings import app
from harness.tokens import Issuer

PATH = "/v1/apps/shop/credentials"


@pytest.fixture
def purser(broker):
    return broker()


def refused(purser, headers, status, code):
    answer = purser.request(PATH, headers=headers)
    assert (answer.status, answer.json["code"]) == (status, code), answer
    assert purser.log_line_of(answer)["code"] == code
    return answer


MISSING = {
    "none": [],
    "another scheme": [("Authorization", "Basic YWxpY2U6c2VjcmV0LW9mLWFsaWNl")],
    "a signature of AWS": [("Authorization", "AWS4-HMAC-SHA256 Credential=x, SignedHeaders=host, Signature=y")],
    "an empty header": [("Authorization", "")],
}


@pytest.mark.parametrize("name", MISSING)
def test_a_request_without_a_bearer_token_is_rejected_as_missing_token(purser, login, sts, name):
    answer = refused(purser, MISSING[name], 401, "missing_token")
    assert answer.header("WWW-Authenticate") == "Bearer"
    assert sts.count == 0
    assert purser.credentials(login.token()).status == 200


@pytest.mark.parametrize("value", ["Bearer", "Bearer ", "Bearer   "])
def test_an_empty_bearer_token_is_rejected(purser, sts, value):
    answer = purser.request(PATH, headers=[("Authorization", value)])
    challenges = {"missing_token": "Bearer", "invalid_token": 'Bearer error="invalid_token"'}
    assert answer.status == 401
    assert answer.header("WWW-Authenticate") == challenges[answer.json["code"]]
    assert sts.count == 0


def test_two_authorization_headers_are_a_malformed_request(purser, login, sts):
    good = ("Authorization", f"Bearer {login.token()}")
    for second in (good, ("Authorization", "Bearer something-else"), ("authorization", "Basic eDp5")):
        refused(purser, [good, second], 400, "malformed_request")
    assert sts.count == 0
    assert purser.request(PATH, headers=[good]).status == 200


def test_two_tokens_in_one_authorization_header_are_rejected(purser, login, sts):
    token = login.token()
    for value in (f"Bearer {token}, Bearer {token}", f"Bearer {token},{token}", f"Bearer {token} {token}"):
        answer = purser.request(PATH, headers=[("Authorization", value)])
        assert answer.status in (400, 401), answer
    assert sts.count == 0


def test_the_bearer_scheme_is_case_insensitive(purser, login):
    for scheme in ("Bearer", "bearer", "BEARER"):
        assert purser.request(PATH, headers=[("Authorization", f"{scheme} {login.token()}")]).status == 200


def test_a_token_outside_the_authorization_header_is_ignored(purser, login, sts):
    token = login.token()
    purser.known_secrets.add_token(token)
    for path, headers in (
        (f"{PATH}?access_token={token}", []),
        (f"{PATH}?token={token}", []),
        (PATH, [("Cookie", f"access_token={token}")]),
        (PATH, [("X-Authorization", f"Bearer {token}")]),
        (PATH, [("Proxy-Authorization", f"Bearer {token}")]),
    ):
        answer = purser.request(path, headers=headers)
        assert (answer.status, answer.json["code"]) == (401, "missing_token"), path
    assert sts.count == 0
    assert purser.credentials(token).status == 200


def test_a_verified_user_of_another_apps_issuer_is_not_authorized(broker, tmp_path, login, sts):
    other = Issuer("https://other.example.test/", "other-key")
    issuers = [login.pinned(tmp_path / "broker-0"), other.pinned(tmp_path / "broker-0", "other.json")]
    purser = broker(issuers=issuers, apps={"shop": app(login.url), "office": app(other.url)})
    token = other.token("a-user-of-another-app")
    answer = purser.credentials(token)
    assert (answer.status, answer.json["code"]) == (403, "not_authorized"), answer
    assert sts.count == 0
    assert purser.credentials(token, app="office").status == 200
