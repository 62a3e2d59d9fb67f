# SPDX-License-Identifier: Apache-2.0
"""Sources of the broker's AWS credentials, and how Purser reports them: files, programs, containers, web identity."""

import json
import shlex
import sys
import time

import pytest
from harness import roles
from harness.command import run
from harness.container import ContainerEndpoint
from harness.invalid_configuration import VALID
from harness.settings import AUDIENCE, GUEST_ROLE

BROKER_ROLE = f"{GUEST_ROLE.rsplit('/', 1)[0]}/Broker"


@pytest.fixture
def wire(ministack, record):
    return record(ministack)


@pytest.fixture
def serve_guest(broker, wire):
    """Starts purser with these variables; asserts the logged credential source and that a guest gets credentials."""

    def serve(source, secrets=(), **variables):
        purser = broker(wire.url, keys=variables)
        for secret in secrets:
            purser.known_secrets.add("a secret of the broker", secret)
        purser.await_log("broker credentials")
        answer = purser.guest()
        assert answer.status == 200, purser.log_line_of(answer)
        assert [line["source"] for line in purser.complete_log("broker credentials")] == [source]
        return purser

    return serve


@pytest.fixture(scope="module")
def session(ministack):
    """A session of a broker role that the guest role trusts."""
    user, keys = roles.broker_user(ministack, "administrator", may_assume="*")
    roles.make_role(ministack, BROKER_ROLE, roles.trust({"AWS": user}, "sts:AssumeRole"), roles.allow("sts:AssumeRole"))
    return ministack.client("sts", *keys.values()).assume_role(RoleArn=BROKER_ROLE, RoleSessionName="purser")[
        "Credentials"
    ]


def test_broker_credentials_come_from_a_profile_of_the_shared_credentials_file(
    serve_guest, broker_keys, tmp_path, wire
):
    (tmp_path / "credentials").write_text(
        f"""[default]
aws_access_key_id = AKIANOBODYKNOWSTHIS0
aws_secret_access_key = the-secret-of-an-unknown-key

[night]  # the one
aws_access_key_id = {broker_keys["AWS_ACCESS_KEY_ID"]}
aws_secret_access_key = {broker_keys["AWS_SECRET_ACCESS_KEY"]}
"""
    )
    serve_guest(
        "profile night",
        [broker_keys["AWS_SECRET_ACCESS_KEY"], "the-secret-of-an-unknown-key"],
        AWS_SHARED_CREDENTIALS_FILE=tmp_path / "credentials",
        AWS_PROFILE="night",
    )
    assert f"Credential={broker_keys['AWS_ACCESS_KEY_ID']}/" in wire.requests[0].header("Authorization")


def test_broker_credentials_come_from_a_profile_with_role_and_source_profile(serve_guest, ministack, tmp_path, wire):
    user, keys = roles.broker_user(ministack, "source", may_assume="*")
    condition = {"StringEquals": {"sts:ExternalId": "the-external-id"}}
    trust = roles.trust({"AWS": user}, "sts:AssumeRole", condition)
    roles.make_role(ministack, BROKER_ROLE, trust, roles.allow("sts:AssumeRole"))
    roles.guest_role(ministack, BROKER_ROLE)
    (tmp_path / "config").write_text(
        f"""[default]
role_arn = {BROKER_ROLE}
source_profile = source
external_id = the-external-id
role_session_name = night.watch

[profile source]
aws_access_key_id = {keys["AWS_ACCESS_KEY_ID"]}
aws_secret_access_key = {keys["AWS_SECRET_ACCESS_KEY"]}
"""
    )
    serve_guest("profile default", [keys["AWS_SECRET_ACCESS_KEY"]], AWS_CONFIG_FILE=tmp_path / "config")
    broker_role, guests = [request.form for request in wire.requests]
    assert (broker_role["RoleArn"], broker_role["RoleSessionName"]) == (BROKER_ROLE, "night.watch")
    assert guests["RoleArn"] == GUEST_ROLE


def test_broker_credentials_come_from_a_credential_process(serve_guest, ministack, session, tmp_path):
    roles.guest_role(ministack, BROKER_ROLE)
    document = {
        "Version": 1,
        **{name: session[name] for name in ("AccessKeyId", "SecretAccessKey", "SessionToken")},
        "Expiration": session["Expiration"].isoformat(),
    }
    (tmp_path / "my credentials.json").write_text(json.dumps(document))
    program = "import sys; print(open(sys.argv[1]).read()); print('a-secret-on-standard-error', file=sys.stderr)"
    command = shlex.join([sys.executable, "-c", program, str(tmp_path / "my credentials.json")])
    (tmp_path / "config").write_text(f"[default]\ncredential_process = {command}\n")
    secrets = [session["SecretAccessKey"], session["SessionToken"], "a-secret-on-standard-error"]
    serve_guest("profile default", secrets, AWS_CONFIG_FILE=tmp_path / "config")


def test_broker_credentials_come_from_a_container_endpoint_with_a_token_file(
    serve_guest, ministack, session, started, tmp_path
):
    roles.guest_role(ministack, BROKER_ROLE)
    endpoint = started(ContainerEndpoint(tmp_path, session))
    secrets = [session["SecretAccessKey"], session["SessionToken"], endpoint.token]
    serve_guest("container", secrets, **endpoint.variables)
    assert endpoint.count == 1
    endpoint.renew_token()
    serve_guest("container", [*secrets, endpoint.token], **endpoint.variables)


def test_broker_credentials_come_from_a_web_identity_token_file(serve_guest, ministack, login, tmp_path, wire):
    cluster, host = login.at("https://cluster.example.test"), "cluster.example.test"
    trust = roles.trust(
        {"Federated": roles.PROVIDER_ARN + host},
        "sts:AssumeRoleWithWebIdentity",
        {"StringEquals": {f"{host}:aud": AUDIENCE}},
    )
    roles.make_role(ministack, BROKER_ROLE, trust, roles.allow("sts:AssumeRole"))
    roles.guest_role(ministack, BROKER_ROLE)
    token = cluster.token("the-subject-of-purser-itself")
    (tmp_path / "token").write_text(token + "\n")
    serve_guest(
        "web identity token file",
        [token, "the-subject-of-purser-itself"],
        AWS_WEB_IDENTITY_TOKEN_FILE=tmp_path / "token",
        AWS_ROLE_ARN=BROKER_ROLE,
    )
    broker_role, guests = wire.requests
    assert (broker_role.form["WebIdentityToken"], broker_role.header("Authorization")) == (token, None)
    assert guests.header("Authorization") and guests.form["RoleArn"] == GUEST_ROLE


def test_a_hanging_credential_process_blocks_neither_users_nor_shutdown(broker, login, tmp_path):
    (tmp_path / "config").write_text("[default]\ncredential_process = sleep 20\n")
    began = time.monotonic()
    purser = broker(keys={"AWS_CONFIG_FILE": tmp_path / "config"})
    assert purser.credentials(login.token()).status == 200
    purser.stop()
    assert time.monotonic() - began < 15


def test_missing_broker_credentials_are_logged_at_the_start(broker):
    purser = broker(keys={})
    [line] = purser.await_log("broker credentials missing")
    assert "none are configured" in line["detail"]


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"AWS_ACCESS_KEY_ID": "AKIAALONE"}, "AWS_ACCESS_KEY_ID is set without AWS_SECRET_ACCESS_KEY"),
        ({"AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "a-secret-key"}, "would come from: environment"),
        (
            {"AWS_WEB_IDENTITY_TOKEN_FILE": "/t", "AWS_ROLE_ARN": BROKER_ROLE},
            "would come from: web identity token file",
        ),
        ({"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/c"}, "would come from: container"),
        ({"AWS_EC2_METADATA_DISABLED": "false"}, "instance metadata, as nothing else is configured"),
        ({}, "none are configured"),
    ],
    ids=["half a pair", "environment", "web identity", "container", "metadata", "nothing"],
)
def test_check_reports_the_source_of_the_broker_credentials(tmp_path, login, variables, words):
    (tmp_path / "login.jwks.json").write_text(json.dumps(login.key_set))
    (tmp_path / "purser.yaml").write_text(VALID)
    code, output = run(tmp_path, "check", "--config", tmp_path / "purser.yaml", **variables)
    assert code == 0, output
    [line] = [line for line in output.splitlines() if "the broker's AWS credentials" in line]
    assert words in line
    assert "a-secret-key" not in output
