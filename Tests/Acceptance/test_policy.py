# SPDX-License-Identifier: Apache-2.0
"""`purser policy`: the printed documents, applied to the IAM of ministack and checked by cfn-lint."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from botocore.exceptions import ClientError
from harness import roles
from harness.command import run
from harness.settings import GUEST_MONITOR, GUEST_ROLE, SIGNED_IN_MONITOR, SIGNED_IN_ROLE, arn, issuer, settings

ISSUER = "https://login.example.com/"
PURSER = "arn:aws:iam::123456789012:role/Purser"


@pytest.fixture
def show(tmp_path, login):
    (tmp_path / "login.jwks.json").write_text(json.dumps(login.key_set))
    file = tmp_path / "purser.yaml"
    file.write_text(yaml.safe_dump(settings(issuer(ISSUER, "file:login.jwks.json"))))

    def show(*arguments, code=0):
        found, output = run(tmp_path, "policy", *arguments[:1], "--config", file, "--app", "shop", *arguments[1:])
        assert found == code, output
        return output

    return show


def test_the_printed_trust_policy_admits_purser_and_refuses_other_users(show, ministack):
    user, keys = roles.broker_user(ministack, "purser-of-the-policy-test")
    _, other_user = roles.broker_user(ministack, "other-user-of-the-policy-test")
    printed = json.loads(show("show", "--broker", user))["guest"]["role"]
    assert printed["arn"] == GUEST_ROLE
    roles.make_role(ministack, GUEST_ROLE, printed["trust-policy"], printed["permission-policy"])
    take = {"RoleArn": GUEST_ROLE, "RoleSessionName": "test-session"}
    assert ministack.client("sts", *keys.values()).assume_role(**take)["Credentials"]
    with pytest.raises(ClientError) as refusal:
        ministack.client("sts", *other_user.values()).assume_role(**take)
    assert refusal.value.response["Error"]["Code"] == "AccessDenied"


def test_each_printed_role_writes_to_its_own_monitor_and_purser_may_assume_only_the_guest_role(show, ministack):
    printed = json.loads(show("show", "--broker", PURSER))
    monitors = {"signed-in": SIGNED_IN_MONITOR, "guest": GUEST_MONITOR}
    for audience, mine in monitors.items():
        for other in monitors.values():
            decision = decide(ministack, printed[audience]["role"]["permission-policy"], "rum:PutRumEvents", arn(other))
            assert decision == (other is mine)
    own = printed["purser"]["permission-policy"]
    assert decide(ministack, own, "sts:AssumeRole", GUEST_ROLE)
    assert not decide(ministack, own, "sts:AssumeRole", SIGNED_IN_ROLE)
    assert printed["identity-providers"] == [
        {
            "url": ISSUER,
            "arn": "arn:aws:iam::123456789012:oidc-provider/login.example.com/",
            "client-ids": ["rum-web"],
        }
    ]


def test_the_printed_cloudformation_template_is_valid(show, tmp_path):
    template = tmp_path / "template.json"
    template.write_text(show("show", "--broker", PURSER, "--cloudformation"))
    lint = Path(sys.executable).with_name("cfn-lint")
    done = subprocess.run([lint, "--regions", "us-west-2", "--", template], capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    resources = json.loads(template.read_text())["Resources"]
    assert sorted(resource["Type"] for resource in resources.values()) == [
        "AWS::IAM::OIDCProvider",
        "AWS::IAM::Role",
        "AWS::IAM::Role",
        "AWS::RUM::AppMonitor",
        "AWS::RUM::AppMonitor",
    ]
    assert resources["GuestMonitor"]["Properties"]["DomainList"] == ["shop.example.com"]


POOL = "us-west-2:11111111-2222-3333-4444-555555555555"
SHORT = {"hand-out": "5m"}
ASSUMED = {"exchange": "assume-role", "external-id": "ext-1", "tags": {"app": "app"}, "transitive-tags": ["app"]}


@pytest.mark.parametrize(
    ("signed_in", "guest"),
    [
        (ASSUMED, {"exchange": "minted", "sessions": "per-visitor"}),
        ({"exchange": "minted", "tags": {"app": "app"}}, {"exchange": "minted"}),
        (
            {"exchange": "cognito", "identity-pool": POOL, "flow": "basic"},
            {"exchange": "cognito", "identity-pool": POOL},
        ),
        (SHORT, {"exchange": "minted", "delivery": "proxy"} | SHORT),
        (ASSUMED | SHORT, {"exchange": "minted", "sessions": "per-visitor"} | SHORT),
        ({"exchange": "minted"} | SHORT, {"exchange": "minted"} | SHORT),
        (
            {"exchange": "cognito", "identity-pool": POOL, "flow": "basic"} | SHORT,
            {"exchange": "cognito", "identity-pool": POOL} | SHORT,
        ),
    ],
    ids=[
        *("assume-role", "minted", "cognito"),
        *("web-identity with hand-out", "assume-role with hand-out", "minted with hand-out", "cognito with hand-out"),
    ],
)
def test_the_printed_cloudformation_and_terraform_templates_are_valid_for_every_exchange(
    tmp_path, login, signed_in, guest
):
    code, output = run(tmp_path, "keys", "new", "minting.key", "--algorithm", "ES256")
    assert code == 0, output
    (tmp_path / "login.jwks.json").write_text(json.dumps(login.key_set))
    made = settings(issuer(ISSUER, "file:login.jwks.json"))
    shop = made["apps"]["shop"]
    shop["signed-in"] |= signed_in
    shop["guest"] |= guest
    made["minting"] = {"issuer": "https://purser.example.com", "keys": ["minting.key"]}
    file = tmp_path / "purser.yaml"
    file.write_text(yaml.safe_dump(made))
    show = ("policy", "show", "--config", file, "--app", "shop", "--broker", PURSER)
    code, output = run(tmp_path, *show, "--cloudformation")
    assert code == 0, output
    (tmp_path / "template.json").write_text(output)
    lint = Path(sys.executable).with_name("cfn-lint")
    command = [lint, "--regions", "us-west-2", "--", tmp_path / "template.json"]
    done = subprocess.run(command, capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    code, output = run(tmp_path, *show, "--terraform")
    assert code == 0, output
    terraform = json.loads(output)["resource"]
    assert set(terraform["awscc_rum_app_monitor"]) == set(terraform["aws_iam_role"]) == {"signed_in", "guest"}
    trust = json.loads(terraform["aws_iam_role"]["guest"]["assume_role_policy"])["Statement"][0]
    principal = "cognito-identity.amazonaws.com" if guest["exchange"] == "cognito" else "purser.example.com"
    assert trust["Principal"]["Federated"].endswith(principal)


def test_the_printed_deny_policy_revokes_sessions_of_the_role(show, ministack):
    user, keys = roles.broker_user(ministack, "purser-of-the-deny-test")
    roles.make_role(
        ministack, GUEST_ROLE, roles.trust({"AWS": user}, "sts:AssumeRole"), roles.allow("s3:ListAllMyBuckets")
    )
    session = ministack.client("sts", *keys.values()).assume_role(RoleArn=GUEST_ROLE, RoleSessionName="test-session")
    s3 = ministack.client(
        "s3", *(session["Credentials"][n] for n in ("AccessKeyId", "SecretAccessKey", "SessionToken"))
    )
    s3.list_buckets()
    try:
        deny(show, ministack, "2020-11-21T08:00:00Z")
        s3.list_buckets()
        output = deny(show, ministack, "2099-11-21T08:00:00Z")
        assert any(line.startswith("needed until 2099-11-21T09:00:00Z") for line in output), output
        with pytest.raises(ClientError) as refusal:
            s3.list_buckets()
    finally:
        # Other tests use the role as well.
        ministack.client("iam").delete_role_policy(RoleName="RumGuest", PolicyName="revoke")
    assert refusal.value.response["Error"]["Code"] in ("AccessDenied", "AccessDeniedException")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["show"], "expected --broker"),
        (["show", "--broker", "*"], "--broker: found"),
        (["deny", "--before", "yesterday"], "--before: found"),
    ],
)
def test_policy_reports_missing_and_invalid_options(show, arguments, words):
    output = show(*arguments, code=1)
    assert words in output and "{" not in output


def deny(show, ministack, before):
    output = show("deny", "--before", before).splitlines()
    document = next(line for line in output if line.startswith("{"))
    ministack.client("iam").put_role_policy(RoleName="RumGuest", PolicyName="revoke", PolicyDocument=document)
    return output


def decide(ministack, document, action, resource):
    result = ministack.client("iam").simulate_custom_policy(
        PolicyInputList=[json.dumps(document)], ActionNames=[action], ResourceArns=[resource]
    )["EvaluationResults"]
    return result[0]["EvalDecision"] == "allowed"


def test_with_hand_out_the_role_may_make_short_credentials_and_they_may_still_only_write_events(
    tmp_path, login, ministack
):
    (tmp_path / "login.jwks.json").write_text(json.dumps(login.key_set))
    made = settings(issuer(ISSUER, "file:login.jwks.json"))
    made["apps"]["shop"]["signed-in"] |= SHORT
    (tmp_path / "purser.yaml").write_text(yaml.safe_dump(made))
    show = ("policy", "show", "--config", tmp_path / "purser.yaml", "--app", "shop", "--broker", PURSER)
    code, output = run(tmp_path, *show)
    assert code == 0, output
    printed = json.loads(output)
    users, guests = printed["signed-in"], printed["guest"]
    calls = {"rum:PutRumEvents": arn(SIGNED_IN_MONITOR), "sts:GetScopedCredentials": "*"}
    for action, resource in calls.items():
        assert decide(ministack, users["role"]["permission-policy"], action, resource)
        assert decide(ministack, json.loads(users["kept-session-policy"]), action, resource)
        assert decide(ministack, json.loads(users["session-policy"]), action, resource) == (action[:3] == "rum")
    assert not decide(ministack, users["role"]["permission-policy"], "sts:AssumeRole", SIGNED_IN_ROLE)
    assert not decide(ministack, guests["role"]["permission-policy"], "sts:GetScopedCredentials", "*")
    assert "kept-session-policy" not in guests
