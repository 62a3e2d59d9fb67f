# SPDX-License-Identifier: Apache-2.0
"""The container credentials endpoint: boto3 gets its credentials from Purser as from an ECS agent."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from harness.command import run
from harness.process import environment, free_port
from harness.purser import binary
from harness.sandbox import Sandbox
from harness.settings import APP

CODE = "import boto3; c = boto3.Session().get_credentials().get_frozen_credentials(); print(c.access_key, c.token[:24])"


@pytest.fixture
def boto3(tmp_path):
    """The credentials that boto3 finds in a new process with these variables."""

    def load(**variables):
        home = {"HOME": tmp_path, "AWS_REGION": "us-west-2", "AWS_EC2_METADATA_DISABLED": "true"}
        done = subprocess.run(
            [sys.executable, "-c", CODE],
            env=environment(**home, **variables, PATH=os.environ["PATH"]),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return done.returncode, done.stdout.split(), done.stderr

    return load


def url(purser, audience="credentials"):
    return f"{purser.url()}/v1/apps/{APP}/{audience}/container"


@pytest.mark.parametrize("form", ["{}", "Bearer {}"])
def test_boto3_gets_user_credentials_from_the_container_endpoint(broker, login, boto3, tmp_path, form):
    purser, token = broker(), login.token()
    purser.known_secrets.add_token(token)
    expected = purser.credentials(token).json
    text = form.format(token)
    (tmp_path / "token").write_text(text)
    for variables in (
        {"AWS_CONTAINER_AUTHORIZATION_TOKEN": text},
        {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": tmp_path / "token"},
    ):
        code, found, errors = boto3(AWS_CONTAINER_CREDENTIALS_FULL_URI=url(purser), **variables)
        assert code == 0, errors
        assert found == [expected["accessKeyId"], expected["sessionToken"][:24]]


def test_boto3_gets_guest_credentials_from_the_container_endpoint_without_a_token(broker, boto3):
    purser = broker()
    expected = purser.guest().json
    code, found, errors = boto3(AWS_CONTAINER_CREDENTIALS_FULL_URI=url(purser, "guest-credentials"))
    assert code == 0, errors
    assert found[0] == expected["accessKeyId"]


def test_boto3_reports_the_error_code_of_the_container_endpoint(broker, boto3):
    purser = broker()
    code, _, errors = boto3(
        AWS_CONTAINER_CREDENTIALS_FULL_URI=url(purser), AWS_CONTAINER_AUTHORIZATION_TOKEN="no-token"
    )
    assert code != 0 and "invalid_token" in errors


def test_the_container_endpoint_returns_the_container_format_and_accepts_get_only(broker, login):
    purser, token = broker(), login.token()
    answer = purser.request(f"/v1/apps/{APP}/credentials/container", token)
    assert answer.status == 200 and answer.header("Content-Type") == "application/json"
    assert set(answer.json) == {"AccessKeyId", "SecretAccessKey", "Token", "Expiration"}
    assert answer.header("Cache-Control") == "no-store"
    native = purser.credentials(token).json
    names = {"AccessKeyId": "accessKeyId", "SecretAccessKey": "secretAccessKey", "Token": "sessionToken"}
    assert all(answer.json[theirs] == native[ours] for theirs, ours in names.items())
    assert answer.json["Expiration"] == native["expiration"]
    refused = purser.request(f"/v1/apps/{APP}/credentials/container", token, method="POST")
    assert refused.status == 405 and refused.json["Code"] == "method_not_allowed"
    assert purser.log_line_of(answer)["endpoint"] == "credentials/container"


def profile(tmp_path, command):
    file = tmp_path / "config"
    file.write_text(f"[default]\ncredential_process = {command}\n")
    return {"AWS_CONFIG_FILE": file}


def test_boto3_gets_user_and_guest_credentials_from_the_credential_process(broker, login, boto3, tmp_path):
    purser, token = broker(), login.token()
    users, guests = purser.credentials(token).json, purser.guest().json
    (tmp_path / "token").write_text(token + "\n")
    command = f"{binary()} credentials --broker {purser.url()} --app {APP}"
    for more, expected in ((f" --token-file {tmp_path}/token", users), ("", guests)):
        code, found, errors = boto3(**profile(tmp_path, command + more))
        assert code == 0, errors
        assert found == [expected["accessKeyId"], expected["sessionToken"][:24]]


def aws(tmp_path, *arguments, **variables):
    """The output of the AWS CLI with an empty home directory."""
    done = subprocess.run(
        [Path(sys.executable).with_name("aws"), *arguments],
        env=environment(HOME=tmp_path, AWS_DEFAULT_REGION="us-west-2", PATH=os.environ["PATH"], **variables),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return " ".join(done.stdout.split())


def test_the_aws_cli_gets_credentials_from_the_container_endpoint_and_the_credential_process(broker, login, tmp_path):
    purser, token = broker(), login.token()
    (tmp_path / "token").write_text(token)
    expected = purser.credentials(token).json["accessKeyId"][-4:]
    container = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": url(purser)}
    command = f"{binary()} credentials --broker {purser.url()} --app {APP} --token-file {tmp_path}/token"
    for kind, variables in (
        ("container-role", container | {"AWS_CONTAINER_AUTHORIZATION_TOKEN": token}),
        ("container-role", container | {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": tmp_path / "token"}),
        ("custom-process", profile(tmp_path, command)),
    ):
        assert f"{expected} {kind}" in aws(tmp_path, "configure", "list", **variables)


def test_the_sandbox_sts_recognizes_container_credentials_of_the_aws_cli(started, tmp_path):
    dev = started(Sandbox(tmp_path / "dev"))
    dev.ready()
    identity = aws(
        tmp_path,
        *("sts", "get-caller-identity", "--endpoint-url", dev.url("sandbox")),
        AWS_CONTAINER_CREDENTIALS_FULL_URI=f"{dev.url()}/v1/apps/demo-store/credentials/container",
        AWS_CONTAINER_AUTHORIZATION_TOKEN=dev.sign_in("alice"),
    )
    assert "assumed-role/DemoStoreSignedIn/" in identity


def test_the_credential_process_reports_errors_without_the_token(broker, tmp_path):
    purser = broker()
    (tmp_path / "token").write_text("not-a-token-at-all")
    command = ("credentials", "--app", APP)
    for arguments, words in (
        (("--broker", purser.url(), "--token-file", "token"), "HTTP 401: invalid_token"),
        (("--broker", purser.url(), "--token-file", "no-such-file"), "can't be read"),
        (("--broker", "http://broker.example.com"), "expected an https address"),
        (("--broker", f"http://127.0.0.1:{free_port()}"), "no response from the broker"),
        (("--broker", purser.url("admin")), "HTTP 404"),
    ):
        code, output = run(tmp_path, *command, *arguments)
        assert code == 1 and words in output, output
        assert "not-a-token-at-all" not in output
