# SPDX-License-Identifier: Apache-2.0
"""The `minted` app of `purser dev`: the sandbox verifies the tokens that Purser signs."""

import time

import boto3
import pytest
from botocore.exceptions import ClientError
from harness.minting import SOURCE_IDENTITY, STS_AUDIENCE, TAGS
from harness.sandbox import Sandbox, put_events
from harness.web import fetch
from joserfc import jwt
from joserfc.jwk import ECKey

APP, ISSUER = "demo-minted", "https://purser.localhost"
ROLES = {name: f"arn:aws:iam::123456789012:role/DemoMinted{name}" for name in ("SignedIn", "Guest")}


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    sandbox = Sandbox(tmp_path_factory.mktemp("sandbox"))
    yield sandbox
    sandbox.stop()


def refusal(call):
    with pytest.raises(ClientError) as caught:
        call()
    return caught.value.response["ResponseMetadata"]["HTTPStatusCode"], caught.value.response["Error"]["Code"]


def claims(**changes):
    now = int(time.time())
    good = {
        "iss": ISSUER,
        "aud": STS_AUDIENCE,
        "sub": "somebody",
        "iat": now,
        "exp": now + 300,
        TAGS: {"principal_tags": {"app": [APP]}},
        SOURCE_IDENTITY: "somebody",
    }
    return {name: value for name, value in (good | changes).items() if value is not None}


def take(sandbox, token, role=ROLES["SignedIn"]):
    return sandbox.sts().assume_role_with_web_identity(RoleArn=role, RoleSessionName="boto3", WebIdentityToken=token)


def test_sessions_from_minted_tokens_write_to_their_own_monitor_only(sandbox):
    alice = sandbox.credentials(sandbox.sign_in("alice"), app=APP).json
    bob = sandbox.credentials(sandbox.sign_in("bob"), app=APP).json
    guests = [sandbox.guest(app=APP).json for _ in range(2)]
    assert len({answer["accessKeyId"] for answer in (alice, bob, *guests)}) == 4
    for mine, other in ((alice, guests[0]), (bob, guests[0]), (guests[0], alice), (guests[1], alice)):
        assert put_events(mine) == 200
        wrong = other["appMonitor"]["id"]
        assert refusal(lambda mine=mine, wrong=wrong: put_events(mine, wrong)) == (403, "AccessDeniedException")


def test_minted_session_names_are_pseudonyms_of_users_and_unique_for_guests(sandbox):
    def caller(answer):
        sts = boto3.client(
            "sts",
            "us-west-2",
            endpoint_url=sandbox.url("sandbox"),
            aws_access_key_id=answer["accessKeyId"],
            aws_secret_access_key=answer["secretAccessKey"],
            aws_session_token=answer["sessionToken"],
        )
        identity = sts.get_caller_identity()
        assert identity["Account"] == "123456789012"
        arn, name = identity["Arn"].rsplit("/", 1)
        assert identity["UserId"].endswith(":" + name)
        return arn.rsplit("/", 1)[1], name

    role, alice = caller(sandbox.credentials(sandbox.sign_in("alice"), app=APP).json)
    assert role == "DemoMintedSignedIn" and len(alice) == 64
    assert caller(sandbox.credentials(sandbox.sign_in("bob"), app=APP).json)[1] != alice
    guests = [caller(sandbox.guest(app=APP).json) for _ in range(2)]
    assert guests[0] != guests[1]
    assert all(role == "DemoMintedGuest" and name.startswith("=visitor.") for role, name in guests)


def test_a_minted_user_session_lasts_twelve_hours(sandbox):
    expiration = sandbox.credentials(sandbox.sign_in("alice"), app=APP).json["expiration"]
    left = time.mktime(time.strptime(expiration, "%Y-%m-%dT%H:%M:%SZ")) - time.mktime(time.gmtime())
    assert 11.9 * 3600 < left <= 12 * 3600


def test_purser_publishes_the_issuer_and_the_key_that_the_sandbox_trusts(sandbox):
    description = sandbox.request("/.well-known/openid-configuration").json
    assert description["issuer"] == ISSUER
    [key] = sandbox.request("/.well-known/jwks.json").json["keys"]
    assert key["alg"] == "ES256" and "d" not in key


def test_the_sandbox_rejects_a_forged_token_with_the_right_kid(sandbox):
    [key] = sandbox.request("/.well-known/jwks.json").json["keys"]
    forged = jwt.encode({"alg": "ES256", "kid": key["kid"]}, claims(), ECKey.generate_key("P-256"))
    for role in ROLES.values():
        assert refusal(lambda role=role: take(sandbox, forged, role)) == (400, "InvalidIdentityToken")
    for header in ({"alg": "ES256"}, {"alg": "ES256", "kid": "another"}):
        token = jwt.encode(header, claims(), ECKey.generate_key("P-256"))
        assert refusal(lambda token=token: take(sandbox, token)) == (400, "InvalidIdentityToken")


def test_the_sandbox_rejects_a_token_of_another_issuer(sandbox):
    foreign = sandbox.sign_in("alice")
    assert refusal(lambda: take(sandbox, foreign)) == (403, "AccessDenied")
    assert refusal(lambda: take(sandbox, foreign, ROLES["Guest"])) == (403, "AccessDenied")
    key = ECKey.generate_key("P-256")
    for issuer in ("https://purser.localhost/", "https://purser.example.com", sandbox.url("sandbox")):
        token = jwt.encode({"alg": "ES256"}, claims(iss=issuer), key)
        assert refusal(lambda token=token: take(sandbox, token)) == (400, "InvalidIdentityToken")


def test_the_broker_rejects_minted_tokens_from_clients(sandbox):
    token = jwt.encode({"alg": "ES256"}, claims(), ECKey.generate_key("P-256"))
    assert sandbox.credentials(token, app=APP).status == 401
    assert fetch(sandbox.url() + f"/v1/apps/{APP}/credentials").status == 401
