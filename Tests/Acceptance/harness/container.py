# SPDX-License-Identifier: Apache-2.0
"""A container credentials endpoint, as in ECS and EKS Pod Identity."""

import json
import secrets
from datetime import datetime, timedelta, timezone

from .recording_server import RecordingServer, reply


class ContainerEndpoint(RecordingServer):
    """Returns `credentials` to a client that sends the token that the token file has at that time."""

    def __init__(self, directory, credentials):
        self._credentials = credentials
        self.token_file = directory / "container-token"
        self.renew_token()
        super().__init__()
        self.variables = {
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{self.url}/v1/credentials?of=purser",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": self.token_file,
        }

    def renew_token(self):
        self.token = f"a-container-token-{secrets.token_hex(16)}"
        self.token_file.write_text(self.token)

    def handle(self, request, handler):
        received = (request.method, request.path, request.header("Authorization"))
        if received != ("GET", "/v1/credentials?of=purser", self.token):
            return reply(handler, 403, b'{"Code":"AccessDenied","Message":"wrong token"}')
        end = datetime.now(timezone.utc) + timedelta(hours=1)
        document = {
            "AccessKeyId": self._credentials["AccessKeyId"],
            "SecretAccessKey": self._credentials["SecretAccessKey"],
            "Token": self._credentials["SessionToken"],
            "Expiration": end.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        reply(handler, 200, json.dumps(document).encode(), [("Content-Type", "application/json")])
