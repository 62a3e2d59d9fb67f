# SPDX-License-Identifier: Apache-2.0
"""Independent emulators of STS and IAM: ministack, which enforces session policies, and moto, which verifies SigV4."""

import sys
from pathlib import Path

import boto3
from botocore.config import Config

from .deadline import eventually
from .process import Process, environment, start_listening
from .web import fetch

ACCOUNT, REGION = "123456789012", "us-west-2"


class Emulator:
    root = ("rootkey", "rootsecret")

    def __init__(self, directory: Path):
        self.process, port = start_listening(lambda port: self._launch(directory, port))
        self.url = f"http://127.0.0.1:{port}"

    def client(self, service, key=None, secret=None, token=None):
        """A boto3 client, by default with the account's root key."""
        key, secret = (key, secret) if key else self.root
        return boto3.client(
            service,
            REGION,
            endpoint_url=self.url,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            aws_session_token=token,
            config=Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=15),
        )

    def stop(self):
        self.process.stop()


class Ministack(Emulator):
    def _launch(self, directory, port):
        variables = environment(
            AUTH="true",
            BIND_HOST="127.0.0.1",
            GATEWAY_PORT=port,
            MINISTACK_ACCOUNT_ID=ACCOUNT,
            AWS_ACCESS_KEY_ID=self.root[0],
            AWS_SECRET_ACCESS_KEY=self.root[1],
            HOME=directory,
            TMPDIR=directory,
            IOT_MTLS_ENABLED="false",
        )  # IoT would listen on a fixed port
        return Process([_tool("ministack")], directory, "ministack", variables)

    def __init__(self, directory):
        super().__init__(directory)
        eventually(lambda: fetch(f"{self.url}/_ministack/health").status == 200, "the health check of ministack")


class Moto(Emulator):
    def _launch(self, directory, port):
        variables = environment(HOME=directory, MOTO_ACCOUNT_ID=ACCOUNT, PYTHONUNBUFFERED="1")
        return Process([_tool("moto_server"), "-H", "127.0.0.1", "-p", port], directory, "moto", variables)

    def enforce(self):
        """Requires a valid signature and IAM permissions for each call from now on."""
        answer = fetch(f"{self.url}/moto-api/reset-auth", "POST", [("Content-Type", "text/plain")], b"0")
        assert answer.status == 200, answer.text


def _tool(name):
    """The path of a program of this virtual environment."""
    return Path(sys.executable).with_name(name)
