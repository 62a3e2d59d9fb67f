"""`purser dev`: the broker and its sandbox, one process, no AWS account."""

import uuid

import boto3
from botocore import UNSIGNED
from botocore.config import Config

from .purser import Purser
from .web import fetch

APP, CLIENT = "demo-store", "demo-store"
PASSWORDS = {"alice": "wonderland", "bob": "builder"}
_ONCE = {"retries": {"total_max_attempts": 1}, "connect_timeout": 5, "read_timeout": 10}


class Sandbox(Purser):
    listeners = ("public", "admin", "sandbox")

    def __init__(self, directory):
        options = [part for name in ("listen", "admin", "sandbox") for part in (f"--{name}", "127.0.0.1:0")]
        super().__init__(directory, arguments=["dev", *options])

    def sign_in(self, user):
        """An id token by the password grant."""
        form = f"grant_type=password&client_id={CLIENT}&username={user}&password={PASSWORDS[user]}&scope=openid"
        answer = fetch(
            self.url("sandbox") + "/oauth2/token",
            "POST",
            [("Content-Type", "application/x-www-form-urlencoded")],
            form.encode(),
        )
        assert answer.status == 200, answer
        self.ledger.learn_token(answer.json["id_token"])
        return answer.json["id_token"]

    def sts(self):
        """boto3's client, without keys: as a web application calls AssumeRoleWithWebIdentity."""
        return boto3.client(
            "sts",
            "us-west-2",
            endpoint_url=self.url("sandbox"),
            config=Config(signature_version=UNSIGNED, parameter_validation=False, **_ONCE),
        )

    def role(self):
        return "arn:aws:iam::123456789012:role/DemoStoreSignedIn"


def rum(answer, **credentials):
    """boto3's client, whose signer shares nothing with Purser, with the credentials of an answer."""
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
    """PutRumEvents to the answer's monitor if to no other."""
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
