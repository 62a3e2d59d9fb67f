# SPDX-License-Identifier: Apache-2.0
"""A broker whose sessions have every attribute that AssumeRole supports, and its role at ministack."""

import json

from . import roles
from .command import run
from .emulators import ACCOUNT
from .settings import APP, app

ROLE = f"arn:aws:iam::{ACCOUNT}:role/RumAttributed"
EXTERNAL_ID = "shop/external:id"
REQUIRED_CONDITION = {"StringLike": {"sts:SourceIdentity": "?*"}}


def attributed_app(issuer, **more):
    shop = app(issuer)
    shop["signed-in"] |= {
        "exchange": "assume-role",
        "role": ROLE,
        "external-id": EXTERNAL_ID,
        "tags": {"app": "app", "plan": {"claim": "plan"}},
        "transitive-tags": ["app"],
    } | more
    return {APP: shop}


def policy(purser, *arguments):
    """The output of `purser policy` for the configuration file of a running broker."""
    directory = purser.process.errors.parent
    command, *options = arguments
    code, output = run(directory, "policy", command, "--config", "purser.yaml", "--app", APP, *options)
    assert code == 0, output
    return output


def printed_trust(purser, broker):
    return json.loads(policy(purser, "show", "--broker", broker))["signed-in"]["role"]["trust-policy"]


def deny(purser, *options):
    return next(line for line in policy(purser, "deny", *options).splitlines() if line.startswith("{"))


def without_source_identity(trust):
    """The document without the one condition that ministack does not support."""
    [statement] = trust["Statement"]
    condition = dict(statement["Condition"])
    assert {"StringLike": condition.pop("StringLike")} == REQUIRED_CONDITION
    return trust | {"Statement": [statement | {"Condition": condition}]}


def install(ministack, trust, permissions=None):
    """The role allows everything unless `permissions` are given, so only session policies restrict its sessions."""
    roles.make_role(ministack, ROLE, trust, permissions or roles.allow("*"))


def assume_role_parameters(request):
    """The parameters of an AssumeRole request for boto3, without the session policy."""
    form = request.form
    numbers = range(1, 1 + sum(name.endswith(".Key") for name in form))
    return {
        "RoleArn": form["RoleArn"],
        "RoleSessionName": form["RoleSessionName"],
        "Tags": [{"Key": form[f"Tags.member.{n}.Key"], "Value": form[f"Tags.member.{n}.Value"]} for n in numbers],
        "TransitiveTagKeys": [form["TransitiveTagKeys.member.1"]],
        "ExternalId": form["ExternalId"],
    } | ({"SourceIdentity": form["SourceIdentity"]} if "SourceIdentity" in form else {})
