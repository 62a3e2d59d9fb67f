# SPDX-License-Identifier: Apache-2.0
"""Signed-in users with a real identity provider and two independent STS implementations."""

from datetime import datetime, timedelta, timezone

import pytest
from harness import roles
from harness.emulators import REGION
from harness.glewlwyd import Glewlwyd
from harness.settings import BROKER_KEYS, SIGNED_IN_MONITOR, SIGNED_IN_ROLE, issuer, policy, settings
from harness.sign_in import sign_in

SECRETS = ("accessKeyId", "secretAccessKey", "sessionToken")


@pytest.fixture(params=["ministack", "moto"])
def account(request, provider):
    account = request.getfixturevalue(request.param)
    roles.federated_role(account, provider.issuer)
    return account


@pytest.fixture
def wire(account, record):
    return record(account)


@pytest.fixture
def purser(serve, provider, wire):
    return serve(settings(issuer(provider.issuer, provider.key_set)), wire)


def test_a_user_token_is_exchanged_for_credentials_of_the_signed_in_monitor(purser, provider):
    answer = purser.credentials(sign_in(provider, "alice"))
    assert answer.status == 200, answer
    assert answer.header("Cache-Control") == "no-store"
    assert answer.header("Content-Type").split(";")[0] == "application/json"
    body = answer.json
    assert set(body) == {*SECRETS, "expiration", "appMonitor"}
    assert all(body[name] for name in SECRETS)
    life = datetime.fromisoformat(body["expiration"]) - datetime.now(timezone.utc)
    assert timedelta(minutes=59) < life <= timedelta(minutes=60, seconds=2)
    assert body["appMonitor"] == SIGNED_IN_MONITOR | {
        "region": REGION,
        "endpoint": f"https://dataplane.rum.{REGION}.amazonaws.com",
    }


def test_the_sts_request_has_exactly_the_generated_policy_and_no_broker_credentials(serve, provider, wire):
    own = BROKER_KEYS | {"AWS_SESSION_TOKEN": "a-session-token-of-our-own"}
    token = sign_in(provider, "alice")
    purser = serve(settings(issuer(provider.issuer, provider.key_set)), wire, **own)
    # The token exists before Purser has fetched the provider's keys.
    purser.ready()
    answer = purser.credentials(token)
    assert answer.status == 200, answer
    [request] = wire.requests
    assert (request.method, request.path) == ("POST", "/")
    assert request.header("Content-Type").lower() == "application/x-www-form-urlencoded; charset=utf-8"
    form = request.form
    name = form.pop("RoleSessionName")
    assert 2 <= len(name) <= 64 and all(c.isascii() and (c.isalnum() or c in "_+=,.@-") for c in name)
    assert form == {
        "Action": "AssumeRoleWithWebIdentity",
        "Version": "2011-06-15",
        "RoleArn": SIGNED_IN_ROLE,
        "WebIdentityToken": token,
        "DurationSeconds": "3600",
        "Policy": policy(SIGNED_IN_MONITOR),
    }
    assert request.header("Authorization") is None
    assert not [name for name, _ in request.headers if name.lower().startswith("x-amz-security-token")]


def test_two_users_get_different_credentials(purser, provider, wire):
    alice, bob = (purser.credentials(sign_in(provider, user)).json for user in ("alice", "bob"))
    assert all(alice[name] != bob[name] for name in SECRETS)
    first, second = (request.form["RoleSessionName"] for request in wire.requests)
    assert first != second


def test_a_second_request_makes_no_sts_call(purser, provider, wire):
    token = sign_in(provider, "alice")
    first, second = purser.credentials(token), purser.credentials(token)
    assert first.body == second.body
    assert wire.count == 1
    assert [purser.log_line_of(answer)["hit"] for answer in (first, second)] == [False, True]


def test_a_new_token_of_a_cached_user_makes_no_sts_call(purser, provider, wire):
    first, second = (purser.credentials(sign_in(provider, "alice")) for _ in range(2))
    assert first.body == second.body
    assert wire.count == 1


def test_tokens_of_a_provider_that_signs_with_es256_are_accepted(serve, started, tmp_path, account, record):
    elliptic = started(Glewlwyd(tmp_path / "es256", ["ES256", "RS256"]))
    roles.federated_role(account, elliptic.issuer)
    purser = serve(settings(issuer(elliptic.issuer, elliptic.key_set)), record(account))
    answer = purser.credentials(sign_in(elliptic, "bob"))
    assert answer.status == 200, answer


def test_sts_confirms_the_assumed_role_of_the_returned_credentials(serve, provider, ministack, record):
    roles.federated_role(ministack, provider.issuer)
    wire = record(ministack)
    purser = serve(settings(issuer(provider.issuer, provider.key_set)), wire)
    session = purser.credentials(sign_in(provider, "alice")).json
    identity = ministack.client("sts", *(session[name] for name in SECRETS)).get_caller_identity()
    name = wire.requests[0].form["RoleSessionName"]
    assert identity["Arn"] == f"arn:aws:sts::123456789012:assumed-role/RumSignedIn/{name}"


def test_a_trust_policy_for_another_audience_is_aws_refused_and_the_refusal_is_not_cached(
    serve, provider, ministack, record
):
    roles.federated_role(ministack, provider.issuer, audience="another-client")
    wire = record(ministack)
    purser = serve(settings(issuer(provider.issuer, provider.key_set)), wire)
    token = sign_in(provider, "alice")
    answer = purser.credentials(token)
    assert (answer.status, answer.json["code"]) == (502, "aws_refused")
    roles.federated_role(ministack, provider.issuer)
    assert purser.credentials(token).status == 200, "a refusal must not be cached"
