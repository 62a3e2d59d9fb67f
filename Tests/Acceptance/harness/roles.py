# SPDX-License-Identifier: Apache-2.0
"""The IAM side of an account that Purser uses, as an administrator creates it."""

import json

from .emulators import ACCOUNT
from .settings import AUDIENCE, GUEST_ROLE, SIGNED_IN_ROLE

PROVIDER_ARN = f"arn:aws:iam::{ACCOUNT}:oidc-provider/"


def trust(principal, action, condition=None):
    statement = {"Effect": "Allow", "Principal": principal, "Action": action}
    return {"Version": "2012-10-17", "Statement": [statement | ({"Condition": condition} if condition else {})]}


def allow(action, resource="*"):
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": resource}]}


def make_role(account, arn, trust_policy, permissions):
    """Creates or replaces a role with exactly these two documents."""
    iam, name = account.client("iam"), arn.rsplit("/", 1)[1]
    try:
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust_policy), MaxSessionDuration=43200)
    except iam.exceptions.EntityAlreadyExistsException:
        iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(trust_policy))
    iam.put_role_policy(RoleName=name, PolicyName="what-it-may", PolicyDocument=json.dumps(permissions))


def federated_role(account, issuer, audience=AUDIENCE):
    """The role of signed-in users, federated with the identity provider for one audience."""
    host = issuer.split("://", 1)[1]
    condition = {"StringEquals": {f"{host}:aud": audience}}
    principal = {"Federated": PROVIDER_ARN + host}
    make_role(
        account, SIGNED_IN_ROLE, trust(principal, "sts:AssumeRoleWithWebIdentity", condition), allow("rum:PutRumEvents")
    )


# The actions that a session with a source identity and tags requires.
ATTRIBUTED = ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"]


def guest_role(account, principal_arn):
    """The role of guests. It allows everything, so only the session policy restricts its sessions."""
    make_role(account, GUEST_ROLE, trust({"AWS": principal_arn}, ATTRIBUTED), allow("*"))


def broker_user(account, name, may_assume=GUEST_ROLE):
    """The ARN of a new IAM user, and its access key as environment variables.

    The user may assume the guest role, or the given one, with tags and a source identity.
    """
    iam = account.client("iam")
    user = iam.create_user(UserName=name)["User"]["Arn"]
    document = json.dumps(allow(ATTRIBUTED, may_assume))
    iam.put_user_policy(UserName=name, PolicyName="assume", PolicyDocument=document)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return user, {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
