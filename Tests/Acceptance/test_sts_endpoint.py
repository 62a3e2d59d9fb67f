# SPDX-License-Identifier: Apache-2.0
"""The STS endpoint: boto3 and the AWS CLI assume the app's role at Purser as at AWS, with the same restrictions."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from harness import roles, sandbox, sts_responses
from harness.process import environment
from harness.settings import APP, GUEST_ROLE, SIGNED_IN_MONITOR, SIGNED_IN_ROLE, app, arn, policy
from harness.sts_client import STSClient
from harness.web import fetch

FORM = [("Content-Type", "application/x-www-form-urlencoded")]
ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
NO_USER = {"StringEquals": {"aws:userid": "nobody"}}


def during(year):
    return {"DateGreaterThan": {"aws:CurrentTime": f"{year}-01-01T00:00:00Z"}}


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


@pytest.fixture
def purser(broker):
    return broker()


@pytest.fixture
def client(purser):
    return STSClient(purser)


def test_boto3_assumes_the_role_at_purser_and_gets_the_same_credentials_as_other_endpoints(purser, client, login):
    token = login.token()
    native = purser.credentials(token).json
    answer = client.take(token, DurationSeconds=900)
    theirs = answer["Credentials"]
    assert [theirs[name] for name in ("AccessKeyId", "SecretAccessKey", "SessionToken")] == [
        native[name] for name in ("accessKeyId", "secretAccessKey", "sessionToken")
    ]
    assert theirs["Expiration"].strftime("%Y-%m-%dT%H:%M:%SZ") == native["expiration"]
    assert (answer["SubjectFromWebIdentityToken"], answer["Provider"]) == ("the-good-subject", login.url)
    name = answer["AssumedRoleUser"]["AssumedRoleId"].split(":")[1]
    assert answer["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::123456789012:assumed-role/RumSignedIn/{name}"
    assert answer["ResponseMetadata"]["RequestId"] == answer["ResponseMetadata"]["HTTPHeaders"]["x-request-id"]


def test_each_error_of_the_sts_endpoint_has_a_code_that_botocore_knows(purser, client, login, sts):
    token, other = login.token(), login.token(iss="https://other.example.com/")
    assert client.refused("not-a-token") == (400, "InvalidIdentityToken")
    assert client.refused(other) == (400, "InvalidIdentityToken")
    assert client.refused(login.token(exp=1_700_000_000, iat=1_699_999_000)) == (400, "ExpiredTokenException")
    assert client.refused(token, RoleArn=GUEST_ROLE) == (403, "AccessDenied")
    assert client.refused("not-a-token", RoleArn=GUEST_ROLE) == (400, "InvalidIdentityToken")
    assert client.refused(token, RoleArn="x") == (400, "ValidationError")
    assert client.refused(token, RoleSessionName="a b") == (400, "ValidationError")
    assert client.refused(token, DurationSeconds=3601) == (400, "ValidationError")
    assert client.refused(token, DurationSeconds=60) == (400, "ValidationError")
    assert client.refused(token, ProviderId="www.amazon.com") == (400, "ValidationError")
    assert client.refused(token, PolicyArns=[{"arn": "arn:aws:iam::aws:policy/X"}]) == (400, "ValidationError")
    assert client.refused(token, Policy="{") == (400, "MalformedPolicyDocument")
    assert client.refused(token, Policy=document(ALL | {"Principal": "*"})) == (400, "MalformedPolicyDocument")
    assert client.refused(token, Policy=document(ALL) + " " * 2_048) == (400, "PackedPolicyTooLarge")
    assert client.refused(token, Policy=document(ALL | {"Action": "s3:*"})) == (403, "AccessDenied")
    assert STSClient(purser, app="other").refused(token) == (404, "NotFound")
    with pytest.raises(ClientError) as refusal:
        client.client.get_caller_identity()
    assert refusal.value.response["Error"]["Code"] == "InvalidAction"
    assert not sts.requests
    refused = fetch(client.url, "POST", FORM, b"Action=AssumeRoleWithWebIdentity&Version=2011-06-15")
    assert refused.status == 400 and b"<Code>MissingParameter</Code>" in refused.body
    assert purser.log_line_of(refused)["status"] == 400


def signed_in(login, **more):
    return {APP: app(login.url) | {"signed-in": app(login.url)["signed-in"] | more}}


def test_a_user_without_the_required_claim_gets_access_denied_from_the_sts_endpoint(broker, login):
    purser = broker(apps=signed_in(login, require=[{"claim": "plan", "is": "gold"}]))
    assert STSClient(purser).refused(login.token()) == (403, "AccessDenied")


def test_botocore_retries_transient_errors_of_the_sts_endpoint(purser, login, sts):
    token, client = login.token(), STSClient(purser, attempts=3)
    sts.otherwise = sts_responses.error(400, "Throttling")
    assert client.refused(token) == (400, "Throttling")
    assert len(purser.complete_log("answered", endpoint="sts")) == 3
    sts.otherwise = sts_responses.error(403, "AccessDenied")
    assert client.refused(login.token("another")) == (403, "AccessDenied")
    assert len(purser.complete_log("answered", endpoint="sts", code="aws_refused")) == 1


CODE = "import boto3; c = boto3.Session().get_credentials().get_frozen_credentials(); print(c.access_key, c.token[:24])"


@pytest.mark.parametrize("cli", [False, True], ids=["boto3", "cli"])
def test_the_web_identity_provider_of_the_sdks_works_with_the_sts_endpoint(client, login, tmp_path, cli):
    token = login.token()
    expected = client.take(token)["Credentials"]
    (tmp_path / "token").write_text(token)
    command = [aws(), "configure", "list"] if cli else [sys.executable, "-c", CODE]
    done = run(
        command,
        tmp_path,
        AWS_WEB_IDENTITY_TOKEN_FILE=tmp_path / "token",
        AWS_ROLE_ARN=SIGNED_IN_ROLE,
        AWS_ENDPOINT_URL_STS=client.url,
    )
    assert done.returncode == 0, done.stderr
    if cli:
        assert f"****{expected['AccessKeyId'][-4:]} assume-role-with-web-identity" in " ".join(done.stdout.split())
    else:
        assert done.stdout.split() == [expected["AccessKeyId"], expected["SessionToken"][:24]]


def test_the_aws_cli_assumes_the_role_at_purser_and_reports_errors(client, login, tmp_path):
    token = login.token()
    expected = client.take(token)["Credentials"]["AccessKeyId"]
    command = [aws(), "sts", "assume-role-with-web-identity", "--endpoint-url", client.url, "--role-session-name", "me"]
    taken = run([*command, "--role-arn", SIGNED_IN_ROLE, "--web-identity-token", token], tmp_path)
    assert taken.returncode == 0, taken.stderr
    assert json.loads(taken.stdout)["Credentials"]["AccessKeyId"] == expected
    refused = run([*command, "--role-arn", GUEST_ROLE, "--web-identity-token", token], tmp_path)
    assert refused.returncode != 0 and "AccessDenied" in refused.stderr


def aws():
    return str(Path(sys.executable).with_name("aws"))


def run(command, home, **variables):
    return subprocess.run(
        command,
        env=environment(HOME=home, AWS_DEFAULT_REGION="us-west-2", PATH=os.environ["PATH"], **variables),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_session_policy_of_the_client_only_narrows_the_generated_one(purser, client, login, sts):
    token = login.token()
    client.take(token, Policy=document(ALL))
    client.take(token, Policy=document(ALL | {"Condition": NO_USER}, ALL | {"Action": "s3:*"}))
    client.take(token, Policy=document(ALL, ALL | {"Effect": "Deny", "Condition": NO_USER}))
    client.take(token)
    own = json.loads(policy(SIGNED_IN_MONITOR))["Statement"][0]
    sent = [json.loads(request.form["Policy"])["Statement"] for request in sts.requests]
    narrowed = own | {"Condition": NO_USER}
    assert sent == [[own], [narrowed], [own, narrowed | {"Effect": "Deny"}]]
    hits = [False, False, False, True]
    assert [line["hit"] for line in purser.complete_log("answered", endpoint="sts")] == hits


def test_ministack_enforces_the_generated_and_the_clients_policy(
    broker, login, ministack, broker_keys, broker_user, record
):
    wire = record(ministack)
    trust = roles.trust({"AWS": broker_user[0]}, roles.ATTRIBUTED)
    roles.make_role(ministack, SIGNED_IN_ROLE, trust, roles.allow("*"))
    iam = ministack.client("iam")
    may_assume = json.dumps(roles.allow(roles.ATTRIBUTED, SIGNED_IN_ROLE))
    iam.put_user_policy(UserName="purser", PolicyName="assume-signed-in", PolicyDocument=may_assume)
    client = STSClient(broker(wire.url, keys=broker_keys, apps=signed_in(login, exchange="assume-role")))
    taken = client.take(login.token(), Policy=document(ALL | {"Condition": during(2020)}))
    keys = [taken["Credentials"][name] for name in ("AccessKeyId", "SecretAccessKey", "SessionToken")]
    with pytest.raises(ClientError) as refusal:
        ministack.client("s3", *keys).list_buckets()
    assert refusal.value.response["Error"]["Code"] in ("AccessDenied", "AccessDeniedException")
    client.take(login.token(), Policy=document(ALL, ALL | {"Effect": "Deny", "Condition": during(2020)}))
    now, never = (request.form["Policy"] for request in wire.requests)
    simulations = [(now, arn(SIGNED_IN_MONITOR)), (now, arn(SIGNED_IN_MONITOR) + "2"), (never, arn(SIGNED_IN_MONITOR))]
    decisions = [
        iam.simulate_custom_policy(PolicyInputList=[sent], ActionNames=["rum:PutRumEvents"], ResourceArns=[resource])
        for sent, resource in simulations
    ]
    assert [each["EvaluationResults"][0]["EvalDecision"] for each in decisions] == [
        "allowed",
        "implicitDeny",
        "explicitDeny",
    ]


def test_the_sandbox_data_plane_enforces_narrowed_session_policies(started, tmp_path):
    purser = started(sandbox.Sandbox(tmp_path / "dev"))
    purser.ready()
    token = purser.sign_in("alice")
    native = purser.credentials(token, app=sandbox.APP).json
    client = STSClient(purser, app=sandbox.APP, role=purser.role())

    def put(**more):
        keys = client.take(token, **more)["Credentials"]
        ours = {"accessKeyId": "AccessKeyId", "secretAccessKey": "SecretAccessKey", "sessionToken": "SessionToken"}
        return sandbox.put_events(native | {our: keys[their] for our, their in ours.items()})

    assert put() == 200
    assert put(Policy=document(ALL | {"Condition": {"StringLike": {"aws:userid": "AROA*"}}})) == 200
    for nobody in (
        document(ALL | {"Condition": NO_USER}),
        document(ALL, ALL | {"Effect": "Deny", "Condition": {"StringLike": {"aws:userid": "AROA*"}}}),
    ):
        with pytest.raises(ClientError) as refusal:
            put(Policy=nobody)
        assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
