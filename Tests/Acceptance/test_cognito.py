# SPDX-License-Identifier: Apache-2.0
"""Credentials from a Cognito identity pool, in both flows, with the Cognito, STS and IAM of ministack."""

from datetime import datetime, timedelta, timezone

import pytest
from harness.emulators import ACCOUNT
from harness.identity_pools import IdentityPool, operation, parameters
from harness.purser import Purser
from harness.roles import allow
from harness.settings import APP, AUDIENCE, GUEST_MONITOR, ORIGIN, SIGNED_IN_MONITOR, policy, settings

SECRETS = ("accessKeyId", "secretAccessKey", "sessionToken")
USER_ROLE, GUEST_ROLE, CUSTOM_ROLE = (
    f"arn:aws:iam::{ACCOUNT}:role/{name}" for name in ("PoolSignedIn", "PoolGuest", "PoolCustom")
)
NO_POOL = "us-west-2:00000000-1111-2222-3333-444444444444"
ENHANCED = ["GetId", "GetCredentialsForIdentity"]
BASIC = ["GetId", "GetOpenIdToken", "AssumeRoleWithWebIdentity"]


@pytest.fixture
def pool(ministack, login):
    return IdentityPool(ministack, _name(login), USER_ROLE, GUEST_ROLE, allow("rum:PutRumEvents"))


@pytest.fixture
def wire(ministack, record):
    return record(ministack)


@pytest.fixture
def serve_pool(started, tmp_path, login, wire):
    """Starts purser with apps of one pool, STS and Cognito behind the recording proxy, and no broker credentials."""
    numbers = iter(range(100))

    def start(apps, **changes):
        directory = tmp_path / f"purser-{next(numbers)}"
        configuration = settings(login.pinned(directory), apps=apps, **changes)
        return started(Purser(directory, configuration, wire.url, AWS_ENDPOINT_URL_COGNITO_IDENTITY=wire.url))

    return start


@pytest.fixture
def purser(serve_pool, pool, login):
    return serve_pool({APP: app(login, pool.id)})


def _name(issuer):
    return issuer.url.split("://", 1)[1]


def enhanced(pool, **more):
    return {"exchange": "cognito", "identity-pool": pool, "flow": "enhanced"} | more


def basic(pool, role, **more):
    return {"exchange": "cognito", "identity-pool": pool, "flow": "basic", "role": role, "session": "1h"} | more


def app(issuer, pool, signed_in=None, guest=None):
    return {
        "origins": [ORIGIN],
        "signed-in": {"monitor": SIGNED_IN_MONITOR, "issuers": [issuer.url]} | (signed_in or enhanced(pool)),
        "guest": {"monitor": GUEST_MONITOR} | (guest or basic(pool, GUEST_ROLE)),
    }


def caller(ministack, answer):
    assert answer.status == 200, answer
    return ministack.client("sts", *(answer.json[name] for name in SECRETS)).get_caller_identity()["Arn"]


def operations(wire):
    return [operation(request) for request in wire.requests]


def identities(wire):
    """The identity ids in the requests to Cognito."""
    calls = [parameters(request) for request in wire.requests if request.header("X-Amz-Target")]
    return {question["IdentityId"] for question in calls if "IdentityId" in question}


def refused(answer):
    assert (answer.status, answer.json["code"]) == (502, "aws_refused"), answer


def test_a_user_gets_the_role_of_the_identity_pool_in_the_enhanced_flow(purser, login, ministack, wire):
    answer = purser.credentials(login.token())
    assert caller(ministack, answer) == f"arn:aws:sts::{ACCOUNT}:assumed-role/PoolSignedIn/CognitoIdentityCredentials"
    life = datetime.fromisoformat(answer.json["expiration"]) - datetime.now(timezone.utc)
    assert timedelta(minutes=59) < life <= timedelta(minutes=60, seconds=2)
    assert {name: answer.json["appMonitor"][name] for name in ("id", "name")} == SIGNED_IN_MONITOR
    assert operations(wire) == ENHANCED


def test_cognito_gets_the_user_token_under_the_issuer_name_in_an_unsigned_request(purser, pool, login, wire):
    token = login.token()
    assert purser.credentials(token).status == 200
    first, second = wire.requests
    assert parameters(first) == {"IdentityPoolId": pool.id, "Logins": {_name(login): token}}
    [identity] = identities(wire)
    assert parameters(second) == {"IdentityId": identity, "Logins": {_name(login): token}}
    for request in wire.requests:
        assert (request.method, request.path) == ("POST", "/")
        assert request.header("Content-Type") == "application/x-amz-json-1.1"
        assert request.header("Authorization") is None
        assert request.header("X-Amz-Security-Token") is None


def test_guests_get_the_configured_role_in_the_basic_flow(purser, ministack, wire):
    answer = purser.guest()
    session = wire.requests[-1].form["RoleSessionName"]
    assert caller(ministack, answer) == f"arn:aws:sts::{ACCOUNT}:assumed-role/PoolGuest/{session}"
    assert operations(wire) == BASIC


def test_the_basic_flow_sends_exactly_the_generated_session_policy(purser, pool, wire):
    assert purser.guest().status == 200
    assert parameters(wire.requests[0]) == {"IdentityPoolId": pool.id}
    form = wire.requests[-1].form
    token = form.pop("WebIdentityToken")
    assert token.count(".") == 2
    assert form.pop("RoleSessionName")
    assert form == {
        "Action": "AssumeRoleWithWebIdentity",
        "Version": "2011-06-15",
        "RoleArn": GUEST_ROLE,
        "DurationSeconds": "3600",
        "Policy": policy(GUEST_MONITOR),
    }
    assert wire.requests[-1].header("Authorization") is None
    purser.known_secrets.add_token(token)


def test_users_in_the_basic_flow_and_guests_in_the_enhanced_flow_get_their_roles(
    serve_pool, pool, login, ministack, wire
):
    purser = serve_pool({APP: app(login, pool.id, basic(pool.id, USER_ROLE), enhanced(pool.id))})
    token = login.token()
    user = purser.credentials(token)
    session = wire.requests[-1].form
    assert caller(ministack, user) == f"arn:aws:sts::{ACCOUNT}:assumed-role/PoolSignedIn/{session['RoleSessionName']}"
    assert session["Policy"] == policy(SIGNED_IN_MONITOR)
    assert session["WebIdentityToken"] != token, "STS must get Cognito's token, not the user's"
    guest = purser.guest()
    assert caller(ministack, guest) == f"arn:aws:sts::{ACCOUNT}:assumed-role/PoolGuest/CognitoIdentityCredentials"
    assert operations(wire) == BASIC + ENHANCED


def test_a_user_has_one_cognito_identity_across_apps_and_flows(serve_pool, pool, login, wire):
    same = app(login, pool.id)
    apps = {"shop": same, "office": same, "store": app(login, pool.id, basic(pool.id, USER_ROLE))}
    purser = serve_pool(apps)
    for name in apps:
        assert purser.credentials(login.token(), app=name).status == 200
    assert operations(wire).count("GetId") == 1
    assert len(identities(wire)) == 1


def test_a_user_keeps_the_cognito_identity_across_a_restart(serve_pool, pool, login, wire):
    token = login.token()  # ministack identifies a user by the whole token, AWS by its subject
    for _ in range(2):
        assert serve_pool({APP: app(login, pool.id)}).credentials(token).status == 200
    assert operations(wire) == ENHANCED * 2
    assert len(identities(wire)) == 1


def test_users_and_guests_have_separate_cognito_identities(purser, login, wire):
    answers = [purser.credentials(login.token(subject)) for subject in ("subject-alice", "subject-bob")]
    answers.append(purser.guest())
    assert [answer.status for answer in answers] == [200] * 3
    assert operations(wire).count("GetId") == len(identities(wire)) == 3
    assert len({answer.json["accessKeyId"] for answer in answers}) == 3
    for identity in identities(wire):
        purser.known_secrets.add("an identity", identity)


def test_guests_share_one_session_and_keep_the_identity_after_its_eviction(serve_pool, pool, login, wire):
    short = basic(pool.id, GUEST_ROLE, session="30m")
    purser = serve_pool({APP: app(login, pool.id, guest=short)}, cache={"entries": 16})
    before = purser.guest()
    assert purser.guest().body == before.body
    assert operations(wire) == BASIC
    # Later sessions evict the guests' session from the small cache, after a random number of users.
    for number in range(1000):
        assert purser.credentials(login.token(f"subject-number-{number}")).status == 200
        if purser.guest().json["accessKeyId"] != before.json["accessKeyId"]:
            break
    calls = [parameters(request) for request in wire.requests if operation(request) == "GetOpenIdToken"]
    assert len(calls) == 2 and calls[0] == calls[1]
    assert operations(wire)[-2:] == BASIC[1:]


def test_the_cognito_login_name_and_a_custom_role_are_configurable(serve_pool, ministack, login, wire):
    name = _name(login).rstrip("/")
    pool = IdentityPool(ministack, name, USER_ROLE, GUEST_ROLE, allow("rum:PutRumEvents"))
    purser = serve_pool({APP: app(login, pool.id, enhanced(pool.id, login=name, role=CUSTOM_ROLE))})
    token = login.token()
    assert purser.credentials(token).status == 200
    first, second = (parameters(request) for request in wire.requests)
    assert first["Logins"] == second["Logins"] == {name: token}
    assert second["CustomRoleArn"] == CUSTOM_ROLE


def test_an_identity_pool_without_the_issuer_refuses_its_users(serve_pool, ministack, login):
    pool = IdentityPool(ministack, "another.example.test", USER_ROLE, GUEST_ROLE, allow("rum:PutRumEvents"))
    purser = serve_pool({APP: app(login, pool.id)})
    answer = purser.credentials(login.token())
    refused(answer)
    assert "NotAuthorizedException" in purser.log_line_of(answer)["detail"]
    assert purser.guest().status == 200


def test_an_unknown_identity_pool_is_reported_as_aws_refused(serve_pool, login, wire):
    purser = serve_pool({APP: app(login, NO_POOL)})
    answers = [purser.credentials(login.token()), purser.guest()]
    for answer in answers:
        refused(answer)
        assert "GetId: ResourceNotFoundException" in purser.log_line_of(answer)["detail"]
    assert operations(wire) == ["GetId"] * 2


def test_a_role_that_trusts_another_identity_pool_is_refused_and_the_refusal_is_not_cached(
    serve_pool, pool, login, wire
):
    pool.trust(GUEST_ROLE, "unauthenticated", pool=NO_POOL)
    purser = serve_pool({APP: app(login, pool.id)})
    refused(purser.guest())
    pool.trust(GUEST_ROLE, "unauthenticated")
    assert purser.guest().status == 200, "a refusal must not be cached"
    assert operations(wire).count("GetId") == 1, "the identity id is still cached"


def test_guests_cannot_assume_the_role_of_users(serve_pool, pool, login):
    purser = serve_pool({APP: app(login, pool.id, guest=basic(pool.id, USER_ROLE))})
    refused(purser.guest())
    assert purser.credentials(login.token()).status == 200


def test_a_rejected_token_causes_no_cognito_call(purser, login, wire):
    for token in (login.token(exp=1), login.token(aud=f"not-{AUDIENCE}")):
        assert purser.credentials(token).status == 401
    assert wire.count == 0
