# SPDX-License-Identifier: Apache-2.0
"""GetScopedCredentials of the sandbox's STS, called by boto3, whose service model and signer share nothing with it."""

import json
import uuid
from datetime import datetime, timedelta, timezone

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from harness import sandbox as demo

OWN, OTHER = "DemoStore_Authenticated", "DemoStore_Unauthenticated"
IDS = {OWN: "5f2c6e0a-8d1b-4c3e-9a47-1b6d0e5f7a21", OTHER: "c80b3d94-27e6-4f15-b3c2-6e9a4d1f8b07"}
MONITORS = "arn:aws:rum:us-west-2:123456789012:appmonitor/"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    sandbox = demo.Sandbox(tmp_path_factory.mktemp("sandbox"))
    yield sandbox
    sandbox.stop()


def allow(*statements):
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": action, "Resource": on} for action, on in statements],
        }
    )


STRICT = allow(("rum:PutRumEvents", MONITORS + OWN))
CALL = ("sts:GetScopedCredentials", "*")


@pytest.fixture
def session(sandbox):
    """Credentials of alice's session of an hour, with or without a session policy."""

    def session(policy=None, duration=3600):
        more = {"Policy": policy} if policy else {}
        token = sandbox.sign_in("alice")
        return sandbox.sts().assume_role_with_web_identity(
            RoleArn=sandbox.role(), RoleSessionName="alice-1", WebIdentityToken=token, DurationSeconds=duration, **more
        )["Credentials"]

    return session


def client(sandbox, service, credentials):
    return boto3.client(
        service,
        "us-west-2",
        endpoint_url=sandbox.url("sandbox"),
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
        config=Config(inject_host_prefix=False, retries={"total_max_attempts": 1}, parameter_validation=False),
    )


def scope(sandbox, credentials, **parameters):
    answer = client(sandbox, "sts", credentials).get_scoped_credentials(**parameters)
    sandbox.known_secrets.add("a secret access key", answer["Credentials"]["SecretAccessKey"])
    return answer


def refused(call):
    with pytest.raises(ClientError) as refusal:
        call()
    return refusal.value.response["ResponseMetadata"]["HTTPStatusCode"], refusal.value.response["Error"]["Code"]


def put(sandbox, credentials, monitor):
    return client(sandbox, "rum", credentials).put_rum_events(
        Id=IDS[monitor],
        BatchId=str(uuid.uuid4()),
        AppMonitorDetails={"id": IDS[monitor], "version": "1.0"},
        UserDetails={"userId": str(uuid.uuid4()), "sessionId": str(uuid.uuid4())},
        RumEvents=[],
    )["ResponseMetadata"]["HTTPStatusCode"]


def test_boto3_gets_credentials_with_the_same_identity_and_less_reach(sandbox, session):
    parent = session()
    answer = scope(
        sandbox,
        parent,
        Policy=STRICT,
        DurationSeconds=60,
        ScopedSessionDescription="a page",
        MinimumSessionTokenSize=2_000,
    )
    child = answer["Credentials"]
    assert child["AccessKeyId"] != parent["AccessKeyId"]
    left = child["Expiration"] - datetime.now(timezone.utc)
    assert timedelta(seconds=30) < left <= timedelta(seconds=61)
    who = client(sandbox, "sts", child).get_caller_identity()
    assert who["Arn"] == client(sandbox, "sts", parent).get_caller_identity()["Arn"] == answer["SessionInfo"]["Arn"]
    assert answer["SessionInfo"]["ScopedSessionId"] == who["UserId"]
    assert answer["ScopedPoliciesCount"] == 1
    assert answer["SessionTokenSize"] == len(child["SessionToken"]) >= 2_000
    assert answer["SessionTokenUtilization"] == 49
    assert put(sandbox, child, OWN) == 200
    assert refused(lambda: put(sandbox, child, OTHER)) == (403, "AccessDeniedException")
    assert put(sandbox, parent, OTHER) == 200, "the demo's role is wider than the child's policy"
    assert refused(lambda: scope(sandbox, child, DurationSeconds=1)) == (403, "AccessDenied")


def test_a_policy_adds_nothing_that_the_session_does_not_allow(sandbox, session):
    parent = session(policy=allow(("rum:PutRumEvents", MONITORS + OWN), CALL))
    child = scope(sandbox, parent, Policy=allow(("*", "*")))["Credentials"]
    assert put(sandbox, child, OWN) == 200
    assert refused(lambda: put(sandbox, child, OTHER)) == (403, "AccessDeniedException")
    assert child["Expiration"] == parent["Expiration"]


def test_each_error_has_the_code_of_the_service_model(sandbox, session):
    short = session(duration=900)
    errors = client(sandbox, "sts", short).exceptions
    for error, parameters in [
        (errors.InsufficientSessionLifetimeException, {"DurationSeconds": 901}),
        (errors.MalformedPolicyDocumentException, {"Policy": "{}"}),
        (errors.PackedPolicyTooLargeException, {"Policy": allow(("*", "*")) + " " * 1_950}),
    ]:
        with pytest.raises(error):
            scope(sandbox, scope(sandbox, short, Policy=allow(("*", "*")) + " " * 100)["Credentials"], **parameters)
    assert refused(lambda: scope(sandbox, short)) == (400, "ValidationError")
    strict = session(policy=STRICT)
    assert refused(lambda: scope(sandbox, strict, DurationSeconds=60)) == (403, "AccessDenied")


def test_there_are_three_layers_of_policies_at_most(sandbox, session):
    credentials = session()
    for number in (1, 2, 3):
        answer = scope(sandbox, credentials, Policy=allow(("*", "*")))
        assert answer["ScopedPoliciesCount"] == number
        credentials = answer["Credentials"]
    assert refused(lambda: scope(sandbox, credentials, Policy=STRICT)) == (403, "AccessDenied")
    assert scope(sandbox, credentials, DurationSeconds=30)["ScopedPoliciesCount"] == 3
