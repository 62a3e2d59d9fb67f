# SPDX-License-Identifier: Apache-2.0
"""Sources of an issuer's keys, and responses while the keys are unavailable."""

import json

import pytest
from harness import settings as made
from harness.deadline import eventually
from harness.key_server import KeyServer
from harness.purser import Purser
from harness.tokens import Issuer


@pytest.fixture
def key_server(started, login):
    return started(KeyServer(login.key_set))


def by_url(login, server):
    return made.settings(made.issuer(login.url, server.key_set_url))


def test_keys_of_a_url_are_fetched_once_at_the_start(serve, login, sts, key_server):
    purser = serve(by_url(login, key_server), sts)
    eventually(lambda: purser.probe("/readyz").status == 200, "readiness")
    for _ in range(3):
        assert purser.credentials(login.token()).status == 200
    assert key_server.count == 1


def test_keys_of_a_pem_file_verify_tokens_without_a_kid(started, tmp_path, login, sts):
    (tmp_path / "login.pem").write_bytes(login.pem)
    purser = started(Purser(tmp_path, made.settings(made.issuer(login.url, "file:login.pem")), sts.url))
    assert purser.credentials(login.token(header=login.header(kid=None))).status == 200


def test_purser_is_live_but_not_ready_until_the_keys_are_fetched(serve, login, sts, key_server):
    key_server.hold()
    purser = serve(by_url(login, key_server), sts, **made.BROKER_KEYS)
    key_server.await_count(1)
    assert purser.probe("/livez").status == 200
    assert purser.probe("/readyz").status == 503
    assert purser.guest().status == 200, "guests need no keys"
    key_server.release()
    eventually(lambda: purser.probe("/readyz").status == 200, "readiness")
    assert purser.credentials(login.token()).status == 200


@pytest.mark.parametrize(
    "document",
    ["", "<html>not found</html>", "[]", '{"keys": []}', '{"keys": [{"kty": "oct", "k": "AAAA"}]}', "{" * 10_000],
)
def test_purser_is_not_ready_with_an_invalid_key_set(serve, login, sts, key_server, document):
    key_server.document = document
    purser = serve(by_url(login, key_server), sts)
    key_server.await_count(1)
    answer = purser.credentials(login.token())
    assert (answer.status, answer.json["code"]) == (503, "unavailable")
    assert int(answer.header("Retry-After")) >= 1
    assert purser.probe("/readyz").status == 503
    assert purser.probe("/livez").status == 200
    assert sts.count == 0


def test_an_unavailable_provider_does_not_block_other_issuers(serve, tmp_path, login, sts, key_server):
    other = Issuer("https://other.example.test/", "other-key")
    key_server.document, key_server.status = "down", 500
    both = made.settings(made.issuer(login.url, key_server.key_set_url), other.pinned(tmp_path / "purser-0"))
    purser = serve(both, sts)
    assert purser.credentials(other.token()).status == 200
    assert purser.credentials(login.token()).status == 503


def test_an_invalid_key_of_a_set_is_skipped_and_the_others_are_used(serve, login, sts, key_server):
    document = login.key_set
    document["keys"] = [
        {"kty": "oct", "kid": "secret", "k": "c2VjcmV0"},
        {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
        7,
        {"kty": "OKP", "crv": "X448", "x": "AA"},
    ] + document["keys"]
    key_server.document = json.dumps(document)
    purser = serve(by_url(login, key_server), sts)
    eventually(lambda: purser.probe("/readyz").status == 200, "readiness")
    assert purser.credentials(login.token()).status == 200


def test_an_unverified_token_cannot_trigger_requests_to_its_urls(serve, login, sts, key_server):
    purser = serve(by_url(login, key_server), sts)
    eventually(lambda: purser.probe("/readyz").status == 200, "readiness")
    for header in (
        {"kid": "https://evil.test/x"},
        {"jku": key_server.url + "/evil"},
        {"x5u": key_server.url + "/evil"},
    ):
        purser.credentials(login.token(header=login.header(**header)))
    purser.credentials(login.token(iss=key_server.url))
    assert [request.path for request in key_server.requests if request.path != "/jwks.json"] == []
    assert key_server.count <= 2, "at most one more fetch, for the unknown kid"
