# SPDX-License-Identifier: Apache-2.0
"""Several issuers, each with its own rules and keys."""

import time

import pytest
from harness.elliptic import EllipticIssuer
from harness.settings import APP, app, issuer, settings
from harness.tokens import Issuer

FIRST, SECOND = "https://first.example.test/", "https://second.example.test/"
ONE_KID = "the-same-kid"


@pytest.fixture(scope="module")
def first():
    return Issuer(FIRST, ONE_KID)


@pytest.fixture(scope="module")
def second():
    return EllipticIssuer(SECOND, ONE_KID)


@pytest.fixture
def purser(serve, tmp_path, first, second, sts):
    directory = tmp_path / "purser-0"
    strict = {"audiences": ["first-client"], "algorithms": ["RS256"], "leeway": "0s", "maximum-lifetime": "1h"}
    lenient = {"audiences": ["second-client", "third-client"], "leeway": "5m", "maximum-lifetime": "48h"}
    return serve(
        settings(first.pinned(directory, "first.json") | strict, second.pinned(directory, "second.json") | lenient),
        sts,
    )


def test_each_issuer_has_its_own_audiences(purser, first, second):
    for login, good, bad in (
        (first, ["first-client"], ["second-client", "third-client", "rum-web"]),
        (second, ["second-client", "third-client"], ["first-client", "rum-web"]),
    ):
        assert {purser.credentials(login.token(aud=audience)).status for audience in good} == {200}
        for audience in bad:
            answer = purser.credentials(login.token(aud=audience))
            assert (answer.status, purser.log_line_of(answer)["reason"]) == (401, "audience_wrong")


def test_each_issuer_has_its_own_leeway_and_lifetime(purser, first, second):
    now = int(time.time())
    short = {"iat": now - 600, "exp": now - 60}
    long = {"iat": now - 60, "exp": now + 24 * 3600}
    assert purser.credentials(second.token(aud="second-client", **short)).status == 200
    assert purser.credentials(second.token(aud="second-client", **long)).status == 200
    for claims, reason in ((short, "expired"), (long, "lifetime_too_long")):
        answer = purser.credentials(first.token(aud="first-client", **claims))
        assert (answer.status, purser.log_line_of(answer)["reason"]) == (401, reason)


def test_each_issuer_has_its_own_algorithms(serve, tmp_path, sts):
    held, free = EllipticIssuer(FIRST), EllipticIssuer(SECOND)
    directory = tmp_path / "purser-0"
    both = [held.pinned(directory, "held.json"), free.pinned(directory, "free.json")]
    both[0]["algorithms"] = ["ES256", "RS256"]
    both[1]["algorithms"] = ["ES256"]
    purser = serve(settings(*both), sts)
    assert {purser.credentials(login.token()).status for login in (held, free)} == {200}
    rsa = Issuer(SECOND)
    answer = purser.credentials(rsa.token())
    assert (answer.status, purser.log_line_of(answer)["reason"]) == (401, "algorithm_not_allowed")


def test_keys_of_two_issuers_with_the_same_kid_never_mix(serve, tmp_path, sts):
    directory = tmp_path / "purser-0"
    logins = [Issuer(url, ONE_KID) for url in (FIRST, SECOND)]
    purser = serve(settings(*(one.pinned(directory, f"{n}.json") for n, one in enumerate(logins))), sts)
    assert {purser.credentials(login.token()).status for login in logins} == {200}
    for login, other in (logins, logins[::-1]):
        answer = purser.credentials(login.token(iss=other.url))
        assert (answer.status, purser.log_line_of(answer)["reason"]) == (401, "signature_invalid")


def test_one_subject_at_two_issuers_is_two_users(purser, first, second, sts):
    keys = {
        purser.credentials(login.token("one-user-id", aud=audience)).json["accessKeyId"]
        for _ in range(3)
        for login, audience in ((first, "first-client"), (second, "second-client"))
    }
    assert len(keys) == sts.count == 2
    assert len({request.form["RoleSessionName"] for request in sts.requests}) == 2


def test_an_app_serves_only_the_issuers_that_it_names(serve, tmp_path, first, second, sts):
    directory = tmp_path / "purser-0"
    both = [first.pinned(directory, "first.json"), second.pinned(directory, "second.json")]
    purser = serve(settings(*both, apps={APP: app(FIRST), "office": app(FIRST, SECOND)}), sts)
    assert purser.credentials(second.token(), app="office").status == 200
    assert purser.credentials(second.token()).status == 403
    assert purser.credentials(first.token()).status == 200


def test_an_issuer_url_that_is_a_prefix_of_another_is_not_confused_with_it(serve, tmp_path, sts):
    directory = tmp_path / "purser-0"
    short, long = Issuer("https://login.example.test"), Issuer("https://login.example.test/tenant")
    purser = serve(settings(short.pinned(directory, "short.json"), long.pinned(directory, "long.json")), sts)
    assert {purser.credentials(login.token()).status for login in (short, long)} == {200}
    assert purser.credentials(long.token(iss=short.url)).status == 401
    assert purser.credentials(short.token(iss=short.url + "/")).status == 401


def test_one_key_under_two_issuers_keeps_their_audiences_apart(serve, tmp_path, first, sts):
    """One key may be trusted under two issuer URLs with two audiences."""
    directory = tmp_path / "purser-0"
    twin = first.at(SECOND)
    entries = [first.pinned(directory), issuer(SECOND, "file:login.jwks.json", "another-client")]
    purser = serve(settings(*entries), sts)
    assert purser.credentials(first.token()).status == 200
    assert purser.credentials(twin.token()).status == 401
    assert purser.credentials(twin.token(aud="another-client")).status == 200
