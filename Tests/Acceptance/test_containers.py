"""The credential endpoint of containers: boto3 gets its credentials from Purser as from an ECS agent."""

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

ASK = "import boto3; c = boto3.Session().get_credentials().get_frozen_credentials(); print(c.access_key, c.token[:24])"


@pytest.fixture
def boto3(tmp_path):
    """What boto3 in a process of its own, with these variables, takes for its credentials."""

    def ask(**variables):
        home = {"HOME": tmp_path, "AWS_REGION": "us-west-2", "AWS_EC2_METADATA_DISABLED": "true"}
        done = subprocess.run(
            [sys.executable, "-c", ASK],
            env=environment(**home, **variables, PATH=os.environ["PATH"]),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return done.returncode, done.stdout.split(), done.stderr

    return ask


def url(purser, audience="credentials"):
    return f"{purser.url()}/v1/apps/{APP}/{audience}/container"


@pytest.mark.parametrize("form", ["{}", "Bearer {}"])
def test_boto3_gets_a_users_credentials_with_the_token_in_a_variable_or_in_a_file(broker, login, boto3, tmp_path, form):
    purser, token = broker(), login.token()
    purser.ledger.learn_token(token)
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


def test_boto3_gets_guests_credentials_without_a_token(broker, boto3):
    purser = broker()
    expected = purser.guest().json
    code, found, errors = boto3(AWS_CONTAINER_CREDENTIALS_FULL_URI=url(purser, "guest-credentials"))
    assert code == 0, errors
    assert found[0] == expected["accessKeyId"]


def test_boto3_tells_a_refusal_in_our_words(broker, boto3):
    purser = broker()
    code, _, errors = boto3(
        AWS_CONTAINER_CREDENTIALS_FULL_URI=url(purser), AWS_CONTAINER_AUTHORIZATION_TOKEN="no-token"
    )
    assert code != 0 and "invalid_token" in errors


def test_the_answer_is_the_containers_form_and_the_address_takes_get_only(broker, login):
    purser, token = broker(), login.token()
    answer = purser.ask(f"/v1/apps/{APP}/credentials/container", token)
    assert answer.status == 200 and answer.header("Content-Type") == "application/json"
    assert set(answer.json) == {"AccessKeyId", "SecretAccessKey", "Token", "Expiration"}
    assert answer.header("Cache-Control") == "no-store"
    native = purser.credentials(token).json
    names = {"AccessKeyId": "accessKeyId", "SecretAccessKey": "secretAccessKey", "Token": "sessionToken"}
    assert all(answer.json[theirs] == native[ours] for theirs, ours in names.items())
    assert answer.json["Expiration"] == native["expiration"]
    refused = purser.ask(f"/v1/apps/{APP}/credentials/container", token, method="POST")
    assert refused.status == 405 and refused.json["Code"] == "method_not_allowed"
    assert purser.answered(answer)["endpoint"] == "credentials/container"


def profile(tmp_path, command):
    file = tmp_path / "config"
    file.write_text(f"[default]\ncredential_process = {command}\n")
    return {"AWS_CONFIG_FILE": file}


def test_boto3_gets_a_users_and_a_guests_credentials_by_the_credential_process(broker, login, boto3, tmp_path):
    purser, token = broker(), login.token()
    users, guests = purser.credentials(token).json, purser.guest().json
    (tmp_path / "token").write_text(token + "\n")
    command = f"{binary()} credentials --broker {purser.url()} --app {APP}"
    for more, expected in ((f" --token-file {tmp_path}/token", users), ("", guests)):
        code, found, errors = boto3(**profile(tmp_path, command + more))
        assert code == 0, errors
        assert found == [expected["accessKeyId"], expected["sessionToken"][:24]]


def aws(tmp_path, *arguments, **variables):
    """What the AWS CLI says in a home of its own."""
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


def test_the_aws_cli_gets_credentials_from_the_endpoint_and_from_the_process(broker, login, tmp_path):
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


def test_the_sandboxs_sts_knows_whoever_the_aws_cli_is_by_them(started, tmp_path):
    dev = started(Sandbox(tmp_path / "dev"))
    dev.ready()
    identity = aws(
        tmp_path,
        *("sts", "get-caller-identity", "--endpoint-url", dev.url("sandbox")),
        AWS_CONTAINER_CREDENTIALS_FULL_URI=f"{dev.url()}/v1/apps/demo-store/credentials/container",
        AWS_CONTAINER_AUTHORIZATION_TOKEN=dev.sign_in("alice"),
    )
    assert "assumed-role/DemoStoreSignedIn/" in identity


def test_the_credential_process_says_what_is_wrong_and_never_the_token(broker, tmp_path):
    purser = broker()
    (tmp_path / "token").write_text("not-a-token-at-all")
    ask = ("credentials", "--app", APP)
    for arguments, words in (
        (("--broker", purser.url(), "--token-file", "token"), "HTTP 401: invalid_token"),
        (("--broker", purser.url(), "--token-file", "no-such-file"), "can't be read"),
        (("--broker", "http://broker.example.com"), "expected an https address"),
        (("--broker", f"http://127.0.0.1:{free_port()}"), "gave no answer"),
        (("--broker", purser.url("admin")), "HTTP 404"),
    ):
        code, output = run(tmp_path, *ask, *arguments)
        assert code == 1 and words in output, output
        assert "not-a-token-at-all" not in output
