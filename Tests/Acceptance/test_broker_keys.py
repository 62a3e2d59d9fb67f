# SPDX-License-Identifier: Apache-2.0
"""Signing with the broker's AWS credentials: valid, temporary, invalid and missing ones."""

import pytest
from harness import roles
from harness.emulators import Moto
from harness.settings import APP, GUEST_ROLE, app


@pytest.fixture(scope="module")
def enforcing_moto(session_directory):
    """A separate moto, because enforcement affects all its clients, and keys that it accepts."""
    account = Moto(session_directory / "enforcing-moto")
    try:
        user, keys = roles.broker_user(account, "purser")
        roles.guest_role(account, user)
        account.enforce()
        yield account, keys
    finally:
        account.stop()


@pytest.fixture(params=["ministack", "moto"])
def account_and_keys(request):
    """An STS that checks signatures, and keys that it accepts."""
    if request.param == "moto":
        return request.getfixturevalue("enforcing_moto")
    return request.getfixturevalue("ministack"), request.getfixturevalue("broker_keys")


def test_two_sts_implementations_accept_the_signatures_of_purser(account_and_keys, broker, record):
    account, keys = account_and_keys
    assert broker(record(account).url, keys=keys).guest().status == 200


def test_two_sts_implementations_accept_signed_tags_and_a_source_identity(account_and_keys, broker, record, login):
    account, keys = account_and_keys
    wire = record(account)
    shop = app(login.url)
    shop["signed-in"] |= {
        "exchange": "assume-role",
        "role": GUEST_ROLE,
        # Characters that must be escaped in the signed form.
        "tags": {"app": "app", "Shop: a/b+c=d@e": "issuer", "Größe": {"claim": "size"}},
        "transitive-tags": ["app", "Größe"],
    }
    answer = broker(wire.url, keys=keys, apps={APP: shop}).credentials(login.token(size="XL é"))
    assert answer.status == 200, answer
    form = wire.requests[0].form
    assert form["SourceIdentity"] == form["RoleSessionName"]
    assert {form[f"Tags.member.{n}.Key"]: form[f"Tags.member.{n}.Value"] for n in (1, 2, 3)} == {
        "app": APP,
        "Shop: a/b+c=d@e": login.url,
        "Größe": "XL é",
    }


def test_a_wrong_secret_key_is_aws_refused_and_the_refusal_is_not_cached(account_and_keys, broker, record):
    account, keys = account_and_keys
    wire = record(account)
    purser = broker(wire.url, keys=keys | {"AWS_SECRET_ACCESS_KEY": "bad" + keys["AWS_SECRET_ACCESS_KEY"][3:]})
    answer = purser.guest()
    assert (answer.status, answer.json["code"]) == (502, "aws_refused")
    count_before = wire.count
    assert purser.guest().status == 502
    assert wire.count > count_before, "the refusal was cached"


def test_an_unknown_access_key_is_aws_refused(account_and_keys, broker):
    account, keys = account_and_keys
    answer = broker(account.url, keys=keys | {"AWS_ACCESS_KEY_ID": "AKIANOBODYKNOWSTHIS0"}).guest()
    assert (answer.status, answer.json["code"]) == (502, "aws_refused")


def test_temporary_broker_credentials_sign_with_their_session_token(ministack, broker, record):
    role = f"{GUEST_ROLE.rsplit('/', 1)[0]}/Broker"
    user, keys = roles.broker_user(ministack, "operator", may_assume="*")
    roles.make_role(ministack, role, roles.trust({"AWS": user}, "sts:AssumeRole"), roles.allow("sts:AssumeRole"))
    roles.guest_role(ministack, role)
    session = ministack.client("sts", *keys.values()).assume_role(RoleArn=role, RoleSessionName="purser")["Credentials"]
    wire = record(ministack)
    answer = broker(
        wire.url,
        keys={
            "AWS_ACCESS_KEY_ID": session["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": session["SecretAccessKey"],
            "AWS_SESSION_TOKEN": session["SessionToken"],
        },
    ).guest()
    assert answer.status == 200, answer
    assert wire.requests[0].header("X-Amz-Security-Token") == session["SessionToken"]
    assert "x-amz-security-token" in wire.requests[0].header("Authorization")


@pytest.mark.parametrize("keys", [{}, {"AWS_ACCESS_KEY_ID": "AKIAALONE00000000000"}], ids=["none", "half a pair"])
def test_without_broker_credentials_guests_get_503_and_users_are_served(broker, login, sts, keys):
    purser = broker(keys=keys)
    answer = purser.guest()
    assert (answer.status, answer.json["code"]) == (503, "unavailable")
    assert int(answer.header("Retry-After")) >= 1
    assert sts.count == 0
    assert purser.credentials(login.token()).status == 200
