# SPDX-License-Identifier: Apache-2.0
"""boto3's STS client with the URL of Purser's STS endpoint."""

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from .settings import APP, SIGNED_IN_ROLE


class STSClient:
    """Calls AssumeRoleWithWebIdentity at Purser with boto3."""

    def __init__(self, purser, app=APP, role=SIGNED_IN_ROLE, attempts=1):
        self.purser, self.role = purser, role
        self.url = f"{purser.url()}/v1/apps/{app}/sts"
        self.client = boto3.client(
            "sts",
            "us-west-2",
            endpoint_url=self.url,
            config=Config(
                signature_version=UNSIGNED,
                parameter_validation=False,
                retries={"total_max_attempts": attempts, "mode": "standard"},
                connect_timeout=5,
                read_timeout=15,
            ),
        )

    def take(self, token, **more):
        self.purser.known_secrets.add_token(token)
        answer = self.client.assume_role_with_web_identity(
            **{"RoleArn": self.role, "RoleSessionName": "me", "WebIdentityToken": token} | more
        )
        credentials = answer["Credentials"]
        self.purser.known_secrets.add("a secret access key", credentials["SecretAccessKey"])
        self.purser.known_secrets.add("a session token", credentials["SessionToken"])
        return answer

    def refused(self, token, **more):
        """Status and code of the error that botocore raises."""
        try:
            self.take(token, **more)
        except ClientError as error:
            self.purser.known_secrets.check(str(error), "what botocore raises")
            answer = error.response
            assert answer["ResponseMetadata"]["RequestId"]
            return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"]
        raise AssertionError("the call succeeded")
