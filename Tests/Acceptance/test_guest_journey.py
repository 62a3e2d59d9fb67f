# SPDX-License-Identifier: Apache-2.0
"""Guests by AssumeRole with the broker's AWS credentials, at an STS that enforces session policies."""

import pytest
from botocore.exceptions import ClientError
from harness.settings import GUEST_MONITOR, GUEST_ROLE, SIGNED_IN_MONITOR, arn, policy

REFUSED = ("AccessDenied", "AccessDeniedException")


@pytest.fixture
def wire(ministack, record):
    return record(ministack)


@pytest.fixture
def purser(broker, broker_keys, wire):
    return broker(wire.url, keys=broker_keys)


def client(ministack, service, session):
    return ministack.client(service, *(session[name] for name in ("accessKeyId", "secretAccessKey", "sessionToken")))


def code(call):
    with pytest.raises(ClientError) as refusal:
        call()
    return refusal.value.response["Error"]["Code"]


def test_a_guest_gets_a_session_of_the_guest_role_for_the_guest_monitor(purser, ministack, wire):
    answer = purser.guest()
    assert answer.status == 200, answer
    assert answer.header("Cache-Control") == "no-store"
    assert {name: answer.json["appMonitor"][name] for name in ("id", "name")} == GUEST_MONITOR
    identity = client(ministack, "sts", answer.json).get_caller_identity()
    name = wire.requests[0].form["RoleSessionName"]
    assert identity["Arn"] == f"arn:aws:sts::123456789012:assumed-role/RumGuest/{name}"


def test_the_signed_assume_role_request_has_exactly_the_generated_policy(purser, broker_keys, wire):
    assert purser.guest().status == 200
    [request] = wire.requests
    form = request.form
    assert form.pop("RoleSessionName")
    assert form == {
        "Action": "AssumeRole",
        "Version": "2011-06-15",
        "RoleArn": GUEST_ROLE,
        "DurationSeconds": "3600",
        "Policy": policy(GUEST_MONITOR),
    }
    authorization = request.header("Authorization")
    assert authorization.startswith(f"AWS4-HMAC-SHA256 Credential={broker_keys['AWS_ACCESS_KEY_ID']}/")
    assert "/us-west-2/sts/aws4_request" in authorization
    assert request.header("X-Amz-Security-Token") is None


def test_the_session_policy_removes_the_other_permissions_of_the_guest_role(purser, broker_keys, ministack):
    unrestricted = ministack.client("sts", *broker_keys.values()).assume_role(
        RoleArn=GUEST_ROLE, RoleSessionName="control"
    )
    control = {name[0].lower() + name[1:]: value for name, value in unrestricted["Credentials"].items()}
    client(ministack, "s3", control).list_buckets()
    client(ministack, "sqs", control).list_queues()

    session = purser.guest().json
    s3, sqs = client(ministack, "s3", session), client(ministack, "sqs", session)
    assert code(s3.list_buckets) in REFUSED
    assert code(lambda: s3.create_bucket(Bucket="mine")) in REFUSED
    assert code(sqs.list_queues) in REFUSED
    assert code(lambda: sqs.create_queue(QueueName="mine")) in REFUSED


def test_the_sent_session_policy_allows_only_the_guest_monitor(purser, ministack, wire):
    assert purser.guest().status == 200
    document, actions = wire.requests[0].form["Policy"], ["rum:PutRumEvents", "rum:GetAppMonitor", "s3:ListBuckets"]
    allowed = {}
    for monitor in (GUEST_MONITOR, SIGNED_IN_MONITOR):
        decisions = ministack.client("iam").simulate_custom_policy(
            PolicyInputList=[document], ActionNames=actions, ResourceArns=[arn(monitor)]
        )["EvaluationResults"]
        assert [decision["EvalActionName"] for decision in decisions] == actions
        allowed[monitor["name"]] = [d["EvalActionName"] for d in decisions if d["EvalDecision"] == "allowed"]
    assert allowed == {GUEST_MONITOR["name"]: ["rum:PutRumEvents"], SIGNED_IN_MONITOR["name"]: []}


def test_all_guests_share_one_session_and_one_sts_call(purser, wire):
    assert len({purser.guest().body for _ in range(5)}) == 1
    assert wire.count == 1
