# SPDX-License-Identifier: Apache-2.0
"""Cognito identity pools of an account that Purser uses, as an administrator creates them."""

import json

from . import roles

PRINCIPAL = "cognito-identity.amazonaws.com"
TARGET = "AWSCognitoIdentityService."


class IdentityPool:
    """An identity pool with one issuer, under the name `login`, and guests; its roles trust only this pool."""

    def __init__(self, account, login, signed_in_role, guest_role, permissions):
        self._account, self._login = account, login
        self._client = account.client("cognito-identity")
        pool = self._client.create_identity_pool(
            IdentityPoolName="rum",
            AllowUnauthenticatedIdentities=True,
            AllowClassicFlow=True,
            OpenIdConnectProviderARNs=[roles.PROVIDER_ARN + login],
        )
        self.id = pool["IdentityPoolId"]
        self._permissions = permissions
        self.trust(signed_in_role, "authenticated")
        self.trust(guest_role, "unauthenticated")
        self._client.set_identity_pool_roles(
            IdentityPoolId=self.id, Roles={"authenticated": signed_in_role, "unauthenticated": guest_role}
        )

    def trust(self, role, kind, pool=None):
        """Creates or replaces a role that identities of that kind may assume, of this pool or of another one."""
        condition = {
            "StringEquals": {f"{PRINCIPAL}:aud": pool or self.id},
            "ForAnyValue:StringLike": {f"{PRINCIPAL}:amr": kind},
        }
        document = roles.trust({"Federated": PRINCIPAL}, "sts:AssumeRoleWithWebIdentity", condition)
        roles.make_role(self._account, role, document, self._permissions)


def operation(request):
    """The Cognito operation (`GetId`, …) or the STS action of a request."""
    target = request.header("X-Amz-Target")
    if target is None:
        return request.form["Action"]
    assert target.startswith(TARGET), target
    return target.removeprefix(TARGET)


def parameters(request):
    return json.loads(request.body)
