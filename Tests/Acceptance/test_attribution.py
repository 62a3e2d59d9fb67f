# SPDX-License-Identifier: Apache-2.0
"""Tags, source identity and external id: the printed trust policies require them, Purser's STS requests have them, and
deny policies match them. ministack evaluates the conditions whose keys it supports."""

import json
import time

import pytest
from botocore.exceptions import ClientError
from harness import roles
from harness.attribution import (
    EXTERNAL_ID,
    ROLE,
    assume_role_parameters,
    attributed_app,
    deny,
    install,
    printed_trust,
    without_source_identity,
)
from harness.deadline import eventually
from harness.settings import APP, SIGNED_IN_MONITOR, policy

FUTURE, PAST = "2099-11-21T08:00:00Z", "2020-11-21T08:00:00Z"


@pytest.fixture(scope="module")
def user(ministack):
    return roles.broker_user(ministack, "purser-of-attribution", may_assume=ROLE)


@pytest.fixture(scope="module")
def other_user(ministack):
    return roles.broker_user(ministack, "other-user-of-attribution", may_assume=ROLE)


@pytest.fixture
def wire(ministack, record):
    return record(ministack)


@pytest.fixture
def start(broker, login, user, wire, pseudonym_key):
    """Starts a broker with the pseudonym key of the commands."""

    def start(**signed_in):
        pseudonyms = {"key": pseudonym_key}
        return broker(wire.url, keys=user[1], apps=attributed_app(login.url, **signed_in), pseudonyms=pseudonyms)

    return start


def code(call):
    with pytest.raises(ClientError) as refusal:
        call()
    return refusal.value.response["Error"]["Code"]


def session(ministack, keys, request, **changes):
    """A session with the parameters of a recorded request, without its session policy; None removes a parameter."""
    wanted = {name: value for name, value in (assume_role_parameters(request) | changes).items() if value is not None}
    return ministack.client("sts", *keys.values()).assume_role(**wanted)["Credentials"]


def client(ministack, service, credentials):
    names = {name[0].lower() + name[1:]: value for name, value in credentials.items()}
    return ministack.client(service, *(names[name] for name in ("accessKeyId", "secretAccessKey", "sessionToken")))


def test_the_assume_role_request_has_exactly_the_configured_attributes(start, ministack, login, user, wire):
    purser = start()
    install(ministack, without_source_identity(printed_trust(purser, user[0])))
    answer = purser.credentials(login.token("alice", plan="gold"))
    assert answer.status == 200, answer
    [request] = wire.requests
    form = request.form
    name = form["RoleSessionName"]
    assert len(name) == 64 and "alice" not in name
    assert form == {
        "Action": "AssumeRole",
        "Version": "2011-06-15",
        "RoleArn": ROLE,
        "RoleSessionName": name,
        "DurationSeconds": "3600",
        "Policy": policy(SIGNED_IN_MONITOR),
        "Tags.member.1.Key": "app",
        "Tags.member.1.Value": APP,
        "Tags.member.2.Key": "plan",
        "Tags.member.2.Value": "gold",
        "TransitiveTagKeys.member.1": "app",
        "SourceIdentity": name,
        "ExternalId": EXTERNAL_ID,
    }
    identity = client(ministack, "sts", answer.json).get_caller_identity()
    assert identity["Arn"] == f"arn:aws:sts::123456789012:assumed-role/RumAttributed/{name}"


def test_the_printed_trust_policy_admits_only_purser_with_all_attributes(
    start, ministack, login, user, other_user, wire
):
    purser = start()
    trust = without_source_identity(printed_trust(purser, user[0]))
    install(ministack, trust)
    assert purser.credentials(login.token("alice", plan="gold")).status == 200
    request, keys = wire.requests[0], user[1]
    assert session(ministack, keys, request)
    refused = {
        "another user": lambda: session(ministack, other_user[1], request),
        "no external id": lambda: session(ministack, keys, request, ExternalId=None),
        "another external id": lambda: session(ministack, keys, request, ExternalId=EXTERNAL_ID + "2"),
        "no tags": lambda: session(ministack, keys, request, Tags=None, TransitiveTagKeys=None),
        "not the app's tag": lambda: session(
            ministack, keys, request, Tags=[{"Key": "plan", "Value": "gold"}], TransitiveTagKeys=None
        ),
        "the tag of another app": lambda: session(ministack, keys, request, Tags=[{"Key": "app", "Value": "other"}]),
    }
    assert {what: code(call) for what, call in refused.items()} == dict.fromkeys(refused, "AccessDenied")

    # The printed actions besides sts:AssumeRole are required.
    [statement] = trust["Statement"]
    assert statement["Action"] == roles.ATTRIBUTED
    install(ministack, trust | {"Statement": [statement | {"Action": "sts:AssumeRole"}]})
    answer = purser.credentials(login.token("bob", plan="gold"))
    assert (answer.status, answer.json["code"]) == (502, "aws_refused")


def test_ministack_does_not_support_source_identity_conditions(start, ministack, login, user, wire):
    """The control of the other tests here. When it fails, they can use the complete document.

    The sandbox tests these conditions: `MintedTokenTests`, `AttributedSessionTests`, `CutOffTests`.
    """
    purser = start()
    install(ministack, printed_trust(purser, user[0]))
    assert purser.credentials(login.token("alice", plan="gold")).status == 502
    assert wire.requests[0].form["SourceIdentity"]


def test_the_session_policy_removes_the_permissions_of_the_role(start, ministack, login, user, wire):
    purser = start()
    install(ministack, without_source_identity(printed_trust(purser, user[0])))
    vended = purser.credentials(login.token("alice", plan="gold")).json
    control = session(ministack, user[1], wire.requests[0])
    for service, call in (("s3", "list_buckets"), ("sqs", "list_queues")):
        getattr(client(ministack, service, control), call)()
        refusal = code(getattr(client(ministack, service, vended), call))
        assert refusal in ("AccessDenied", "AccessDeniedException"), service


@pytest.mark.parametrize("named", ["subject", "pseudonym"])
def test_the_deny_policy_revokes_the_sessions_of_one_user_only(start, ministack, login, user, wire, named):
    # By the session name, because ministack does not support source identities.
    purser = start(**{"source-identity": False})
    trust = printed_trust(purser, user[0])
    assert "sts:SetSourceIdentity" not in trust["Statement"][0]["Action"]
    install(ministack, trust)
    for subject in ("alice", "bob"):
        assert purser.credentials(login.token(subject, plan="gold")).status == 200
    # Sessions like the returned ones, but without the session policy, under which S3 would always be denied.
    alice, bob = (client(ministack, "s3", session(ministack, user[1], request)) for request in wire.requests)
    who = "alice" if named == "subject" else wire.requests[0].form["RoleSessionName"]
    iam = ministack.client("iam")
    try:
        for before, revoked in ((PAST, False), (FUTURE, True)):
            document = deny(purser, "--user", who, "--before", before)
            iam.put_role_policy(RoleName="RumAttributed", PolicyName="revoke", PolicyDocument=document)
            bob.list_buckets()
            if revoked:
                assert code(alice.list_buckets) in ("AccessDenied", "AccessDeniedException")
            else:
                alice.list_buckets()
        document = deny(purser, "--before", FUTURE)
        iam.put_role_policy(RoleName="RumAttributed", PolicyName="revoke", PolicyDocument=document)
        for s3 in (alice, bob):
            assert code(s3.list_buckets) in ("AccessDenied", "AccessDeniedException")
    finally:
        iam.delete_role_policy(RoleName="RumAttributed", PolicyName="revoke")
    alice.list_buckets()


def test_the_deny_policy_without_a_time_revokes_sessions_issued_until_now(start, ministack, login, user, wire):
    purser = start(**{"source-identity": False})
    install(ministack, printed_trust(purser, user[0]))
    assert purser.credentials(login.token("alice", plan="gold")).status == 200
    # AWS stores issue times in whole seconds, so a session of the current second counts as issued before now.
    eventually(lambda: time.time() % 1 < 0.2, "the beginning of a second")
    s3 = client(ministack, "s3", session(ministack, user[1], wire.requests[0]))
    document = deny(purser, "--user", "alice")
    s3.list_buckets()
    iam = ministack.client("iam")
    try:
        iam.put_role_policy(RoleName="RumAttributed", PolicyName="revoke", PolicyDocument=document)
        assert code(s3.list_buckets) in ("AccessDenied", "AccessDeniedException")
    finally:
        iam.delete_role_policy(RoleName="RumAttributed", PolicyName="revoke")


def test_the_deny_policy_matches_the_source_identity_of_sessions_that_have_one(start, ministack, login, user, wire):
    purser = start()
    install(ministack, without_source_identity(printed_trust(purser, user[0])))
    assert purser.credentials(login.token("alice", plan="gold")).status == 200
    identity = wire.requests[0].form["SourceIdentity"]
    for who in ("alice", identity):
        [statement] = json.loads(deny(purser, "--user", who, "--before", FUTURE))["Statement"]
        assert statement["Effect"] == "Deny" and statement["Action"] == statement["Resource"] == "*"
        assert statement["Condition"] == {
            "StringEquals": {"aws:SourceIdentity": identity},
            "DateLessThan": {"aws:TokenIssueTime": FUTURE},
        }
