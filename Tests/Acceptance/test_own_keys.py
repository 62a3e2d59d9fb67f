"""The credentials that Purser itself signs with: good, borrowed, bad and missing ones."""

import pytest
from harness import roles
from harness.emulators import Moto
from harness.settings import APP, GUEST_ROLE, app


@pytest.fixture(scope="module")
def enforcing_moto(session_directory):
    """A moto of its own, because once it enforces it does so for everyone; and keys that it accepts."""
    account = Moto(session_directory / "enforcing-moto")
    try:
        user, keys = roles.own_user(account, "purser")
        roles.guest_role(account, user)
        account.enforce()
        yield account, keys
    finally:
        account.stop()


@pytest.fixture(params=["ministack", "moto"])
def judge(request):
    """An STS that checks signatures, and keys that it accepts."""
    if request.param == "moto":
        return request.getfixturevalue("enforcing_moto")
    return request.getfixturevalue("ministack"), request.getfixturevalue("own")


def test_two_judges_of_signatures_accept_ours(judge, broker, record):
    account, keys = judge
    assert broker(record(account).url, keys=keys).guest().status == 200


def test_they_accept_ours_with_tags_and_a_source_identity(judge, broker, record, login):
    account, keys = judge
    wire = record(account)
    shop = app(login.url)
    shop["signed-in"] |= {
        "exchange": "assume-role",
        "role": GUEST_ROLE,
        # What has to be escaped in the form that the signature covers.
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


def test_a_bad_secret_is_a_refusal_and_is_not_remembered(judge, broker, record):
    account, keys = judge
    wire = record(account)
    purser = broker(wire.url, keys=keys | {"AWS_SECRET_ACCESS_KEY": "bad" + keys["AWS_SECRET_ACCESS_KEY"][3:]})
    answer = purser.guest()
    assert (answer.status, answer.json["code"]) == (502, "aws_refused")
    asked = wire.count
    assert purser.guest().status == 502
    assert wire.count > asked, "the refusal was remembered"


def test_a_key_that_nobody_knows_is_a_refusal(judge, broker):
    account, keys = judge
    answer = broker(account.url, keys=keys | {"AWS_ACCESS_KEY_ID": "AKIANOBODYKNOWSTHIS0"}).guest()
    assert (answer.status, answer.json["code"]) == (502, "aws_refused")


def test_a_session_signs_with_its_token(ministack, broker, record):
    role = f"{GUEST_ROLE.rsplit('/', 1)[0]}/Broker"
    user, keys = roles.own_user(ministack, "operator", may_assume="*")
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
def test_without_keys_guests_have_to_wait_and_users_have_not(broker, login, sts, keys):
    purser = broker(keys=keys)
    answer = purser.guest()
    assert (answer.status, answer.json["code"]) == (503, "unavailable")
    assert int(answer.header("Retry-After")) >= 1
    assert sts.count == 0
    assert purser.credentials(login.token()).status == 200
