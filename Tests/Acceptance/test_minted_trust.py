# SPDX-License-Identifier: Apache-2.0
"""The trust policies that `purser policy` prints for `minted`, at ministack.

ministack evaluates the audience and subject of a token, but does not verify its signature.
"""

import json

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError
from harness import roles
from harness.attribution import policy
from harness.minting import minted_app, minting, new_key
from harness.settings import GUEST_ROLE, SIGNED_IN_ROLE
from harness.tokens import compact, unsigned


@pytest.fixture
def wire(ministack, record):
    return record(ministack)


@pytest.fixture
def purser(broker, login, wire, ministack, tmp_path):
    """Its roles are created from the printed policies, without attributes that ministack does not read."""
    apps = minted_app(login.url, signed_in={"source-identity": False})
    purser = broker(wire.url, keys={}, minting=minting(new_key(tmp_path, "mint.key")), apps=apps)
    printed = json.loads(policy(purser, "show"))
    assert printed["identity-providers"] == [
        {
            "url": "https://purser.example.com",
            "arn": "arn:aws:iam::123456789012:oidc-provider/purser.example.com",
            "client-ids": ["sts.amazonaws.com"],
        }
    ]
    for audience in ("signed-in", "guest"):
        role = printed[audience]["role"]
        roles.make_role(ministack, role["arn"], role["trust-policy"], role["permission-policy"])
    return purser


def test_minted_tokens_of_users_and_guests_assume_only_their_own_role(purser, login, wire, ministack):
    assert purser.credentials(login.token("alice")).status == 200
    assert purser.guest().status == 200
    user, guest = (request.form["WebIdentityToken"] for request in wire.requests)
    sts = boto3.client(
        "sts", "us-west-2", endpoint_url=ministack.url, config=Config(signature_version=UNSIGNED)
    )

    def outcome(token, role):
        try:
            sts.assume_role_with_web_identity(RoleArn=role, RoleSessionName="boto3", WebIdentityToken=token)
        except ClientError as error:
            return error.response["Error"]["Code"]
        return "taken"

    assert [outcome(user, role) for role in (SIGNED_IN_ROLE, GUEST_ROLE)] == ["taken", "AccessDenied"]
    assert [outcome(guest, role) for role in (SIGNED_IN_ROLE, GUEST_ROLE)] == ["AccessDenied", "taken"]
    good = {"iss": "https://purser.example.com", "aud": "sts.amazonaws.com", "sub": "somebody"}
    changes = ({"iss": "https://purser.example.org"}, {"aud": "shop"}, {"sub": "=visitor.1"}, {"sub": "=guest.x"})
    for change in ({}, *changes):
        token = compact({"alg": "none"}, good | change, unsigned)
        assert outcome(token, SIGNED_IN_ROLE) == ("AccessDenied" if change else "taken"), change
