# SPDX-License-Identifier: Apache-2.0
"""`purser dev`: the broker and its sandbox, one process, no AWS account."""

import uuid

import boto3
from botocore import UNSIGNED
from botocore.config import Config

from .deadline import eventually
from .purser import Purser
from .web import fetch

APP, CLIENT = "demo-store", "demo-store"
PASSWORDS = {"alice": "wonderland", "bob": "builder"}
_ONCE = {"retries": {"total_max_attempts": 1}, "connect_timeout": 5, "read_timeout": 10}


class Sandbox(Purser):
    listeners = ("public", "admin", "sandbox")

    def __init__(self, directory):
        options = [part for name in ("listen", "admin", "sandbox") for part in (f"--{name}", "127.0.0.1:0")]
        super().__init__(directory, arguments=["dev", "--log-format", "json", *options])
        # The broker fetches the provider's keys once it listens.
        self.ready()

    def guide(self):
        """Waits for the printed guide, which has numbered shell commands from `# 1.` on."""

        def printed():
            text = self.process.output.read_text()
            return text if "# 1." in text and text.endswith("\n\n") else None

        return eventually(printed, lambda: f"the guide; the output is: {self.process.output_text()[-2000:]}")

    def sign_in(self, user):
        """An id token from the password grant."""
        form = f"grant_type=password&client_id={CLIENT}&username={user}&password={PASSWORDS[user]}&scope=openid"
        answer = fetch(
            self.url("sandbox") + "/oauth2/token",
            "POST",
            [("Content-Type", "application/x-www-form-urlencoded")],
            form.encode(),
        )
        assert answer.status == 200, answer
        self.known_secrets.add_token(answer.json["id_token"])
        return answer.json["id_token"]

    def sts(self):
        """A boto3 client without keys, as a web application calls AssumeRoleWithWebIdentity."""
        return boto3.client(
            "sts",
            "us-west-2",
            endpoint_url=self.url("sandbox"),
            config=Config(signature_version=UNSIGNED, parameter_validation=False, **_ONCE),
        )

    def role(self):
        return "arn:aws:iam::123456789012:role/DemoStoreSignedIn"


def rum(answer, **credentials):
    """A boto3 client, whose signer is independent of Purser, with the credentials of a response."""
    body = answer | credentials
    return boto3.client(
        "rum",
        answer["appMonitor"]["region"],
        endpoint_url=answer["appMonitor"]["endpoint"],
        aws_access_key_id=body["accessKeyId"],
        aws_secret_access_key=body["secretAccessKey"],
        aws_session_token=body["sessionToken"],
        config=Config(inject_host_prefix=False, **_ONCE),
    )


def put_events(answer, monitor=None, **credentials):
    """Calls PutRumEvents, by default for the monitor of the response."""
    answer = rum(answer, **credentials).put_rum_events(
        Id=monitor or answer["appMonitor"]["id"],
        BatchId=str(uuid.uuid4()),
        AppMonitorDetails={"id": monitor or answer["appMonitor"]["id"], "version": "1.0"},
        UserDetails={"userId": str(uuid.uuid4()), "sessionId": str(uuid.uuid4())},
        RumEvents=[
            {
                "id": str(uuid.uuid4()),
                "timestamp": 1_800_000_000,
                "type": "com.amazon.rum.page_view_event",
                "metadata": "{}",
                "details": '{"pageId": "/"}',
            }
        ],
    )
    return answer["ResponseMetadata"]["HTTPStatusCode"]
