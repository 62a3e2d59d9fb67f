# SPDX-License-Identifier: Apache-2.0
"""What users can do without Purser, and what `purser check` and `purser policy` say and print about it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from botocore.exceptions import ClientError
from harness import roles
from harness.command import run
from harness.settings import APP, GUEST_MONITOR, SIGNED_IN_ROLE, arn, issuer, settings

ISSUER = "https://login.example.com/"
PURSER = "arn:aws:iam::123456789012:role/Purser"
POOL = "us-west-2:11111111-2222-3333-4444-555555555555"
IDENTITY = "us-west-2:99999999-2222-3333-4444-555555555555"
REQUIRED = [{"claim": "plan", "is": "pro"}]
COGNITO = {"exchange": "cognito", "identity-pool": POOL, "session": None, "role": None}


@pytest.fixture
def purser(tmp_path, login):
    """Runs a command with the settings of the tests; a setting of the app that is None is left out."""

    def command(*arguments, signed_in=None, guest=None, issuers=None, code=0, url=ISSUER, **more):
        (tmp_path / "login.jwks.json").write_text(json.dumps(login.key_set))
        made = settings(issuer(url, "file:login.jwks.json", **(issuers or {})), **more)
        for name, changes in (("signed-in", signed_in), ("guest", guest)):
            app = made["apps"][APP]
            app[name] = {key: value for key, value in (app[name] | (changes or {})).items() if value is not None}
        file = tmp_path / "purser.yaml"
        file.write_text(yaml.safe_dump(made))
        found, output = run(tmp_path, *arguments, "--config", file)
        assert found == code, output
        return output

    return command


def document(output):
    """The first line that is a JSON object: standard error follows it or comes before it."""
    return json.loads(next(line for line in output.splitlines() if line.startswith("{")))


def bypass_notes(output):
    return [line for line in output.splitlines() if "can get sessions without Purser" in line]


@pytest.fixture
def pseudonyms(pseudonym_key):
    return {"key": pseudonym_key}


@pytest.mark.parametrize(
    ("signed_in", "issuers", "controls"),
    [
        ({"require": REQUIRED}, {}, "require"),
        ({}, {"require": REQUIRED}, "require"),
        ({}, {"maximum-lifetime": "24h"}, "maximum-lifetime"),
        (COGNITO | {"require": REQUIRED}, {"maximum-lifetime": "1h"}, "require, maximum-lifetime"),
    ],
)
def test_check_warns_where_users_can_go_around_a_control(purser, signed_in, issuers, controls):
    [note] = bypass_notes(purser("check", signed_in=signed_in, issuers=issuers))
    assert note.startswith(f"note: apps.{APP}.signed-in: exchange ") and f"no effect: {controls}. " in note
    assert not bypass_notes(purser("check")), "nothing that users could go around"


def test_check_warns_of_a_deny_list_and_of_logouts_only_where_users_can_go_around_them(purser, tmp_path, pseudonyms):
    (tmp_path / "denied.txt").write_text("")
    logouts = {"backchannel-logout": {"name": "login"}}
    more = {"pseudonyms": pseudonyms, "denied": "file:denied.txt", "logouts": {"file": "logouts"}, "issuers": logouts}
    [note] = bypass_notes(purser("check", **more))
    assert "no effect: denied, backchannel-logout. " in note
    assert not bypass_notes(purser("check", signed_in={"exchange": "assume-role"}, **more))


def test_the_printed_trust_policy_refuses_denied_users_at_sts(purser, ministack, login):
    """ministack evaluates the trust policy for tokens that are presented without Purser. It drops the slash at the end
    of an issuer, so this one has none."""
    url = ISSUER.removesuffix("/")
    printed = json.loads(purser("policy", "show", "--app", APP, "--broker", PURSER, url=url))
    role = printed["signed-in"]["role"]
    roles.make_role(ministack, SIGNED_IN_ROLE, role["trust-policy"], role["permission-policy"])
    here = login.at(url)

    def exchange(user):
        return ministack.client("sts").assume_role_with_web_identity(
            RoleArn=SIGNED_IN_ROLE, RoleSessionName="a-name-of-my-choice", WebIdentityToken=here.token(user)
        )["Credentials"]

    assert exchange("auth0|alice") and exchange("auth0|bob")
    users = ("--user", "auth0|alice", "--user", "auth0|carol")
    denied = purser("policy", "deny", "--app", APP, "--trust", *users, url=url)
    roles.make_role(ministack, SIGNED_IN_ROLE, document(denied), role["permission-policy"])
    for user in ("auth0|alice", "auth0|carol"):
        with pytest.raises(ClientError) as refusal:
            exchange(user)
        assert refusal.value.response["Error"]["Code"] == "AccessDenied"
    assert exchange("auth0|bob")


def test_policy_deny_prints_the_statement_for_the_trust_policy(purser, pseudonyms):
    plain = purser("policy", "deny", "--app", APP, "--user", "auth0|alice", pseudonyms=pseudonyms)
    assert document(plain)["Statement"][0]["Condition"]["StringLike"]
    [hint] = [line for line in plain.splitlines() if line.startswith("add to the trust policy")]
    statement = json.loads(hint[hint.index("{") :])
    assert statement["Effect"] == "Deny"
    assert statement["Condition"] == {"StringEquals": {"login.example.com/:sub": "auth0|alice"}}
    whole = document(purser("policy", "deny", "--app", APP, "--trust", "--user", "auth0|alice", pseudonyms=pseudonyms))
    assert whole["Statement"][1] == statement and whole["Statement"][0]["Effect"] == "Allow"


def test_policy_deny_says_what_is_possible_for_each_exchange(purser, pseudonyms):
    deny = ("policy", "deny", "--app", APP)
    more = {"pseudonyms": pseudonyms}
    pseudonym = "0123456789abcdef0123." + "a" * 43
    assert "expected the subject" in purser(*deny, "--trust", "--user", pseudonym, code=1, **more)
    safe = purser(*deny, "--user", "alice", signed_in={"exchange": "assume-role"}, **more)
    assert "without Purser" not in safe and "trust policy" not in safe
    refused = purser(*deny, "--trust", "--user", "alice", signed_in={"exchange": "assume-role"}, code=1, **more)
    assert "the deny list (`denied`) stops new sessions" in refused
    assert "exchange web-identity has no identity pool" in purser(*deny, "--identity-id", IDENTITY, code=1, **more)
    assert "expected --identity-id" in purser(*deny, "--user", "alice", signed_in=COGNITO, code=1, **more)
    sessions = purser(*deny, "--identity-id", IDENTITY, signed_in=COGNITO, **more)
    condition = document(sessions)["Statement"][0]["Condition"]
    assert condition["StringEquals"] == {"cognito-identity.amazonaws.com:sub": IDENTITY}
    trust = document(purser(*deny, "--trust", "--identity-id", IDENTITY, signed_in=COGNITO, **more))
    assert [statement["Effect"] for statement in trust["Statement"]] == ["Allow", "Deny"]
    assert trust["Statement"][1]["Condition"] == condition_of_identity()
    basic = COGNITO | {"flow": "basic", "role": SIGNED_IN_ROLE}
    named = purser(*deny, "--user", "alice", signed_in=basic, **more)
    assert document(named)["Statement"][0]["Condition"]["StringLike"]
    assert "for a statement that denies them: Cognito tells AWS the identity" in named


def condition_of_identity():
    return {"StringEquals": {"cognito-identity.amazonaws.com:sub": IDENTITY}}


ALIASED = {"monitor": GUEST_MONITOR | {"alias": "shop-guests"}}


@pytest.mark.parametrize("guest", [{}, ALIASED], ids=["no alias", "alias"])
def test_a_public_policy_is_printed_on_request_for_the_guest_monitor_only(purser, guest, tmp_path):
    show = ("policy", "show", "--app", APP, "--broker", PURSER)
    usual = json.loads(purser(*show, guest=guest))
    output = purser(*show, "--public-guest", guest=guest)
    printed = json.loads(output[: output.rindex("}") + 1])
    assert "--public-guest: a public monitor" in output and "attributed, denied or rate-limited" in output
    [statement] = printed["guest"]["monitor"]["resource-policy"]["Statement"]
    condition = {"StringEquals": {"rum:alias": "shop-guests"}} if guest else None
    assert (statement["Effect"], statement["Principal"], statement.get("Condition")) == ("Allow", "*", condition)
    assert statement["Resource"] == arn(GUEST_MONITOR)
    assert printed["signed-in"] == usual["signed-in"]
    assert usual["guest"]["monitor"]["resource-policy"]["Statement"][0]["Principal"] != "*"
    template = purser(*show, "--public-guest", "--cloudformation", guest=guest)
    (tmp_path / "template.json").write_text(template[: template.rindex("}") + 1])
    lint = Path(sys.executable).with_name("cfn-lint")
    done = subprocess.run(
        [lint, "--regions", "us-west-2", "--", tmp_path / "template.json"], capture_output=True, check=False, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    resources = json.loads((tmp_path / "template.json").read_text())["Resources"]
    policies = {
        name: json.loads(resource["Properties"]["ResourcePolicy"]["PolicyDocument"])["Statement"]
        for name, resource in resources.items()
        if resource["Type"] == "AWS::RUM::AppMonitor"
    }
    assert policies["GuestMonitor"] == [statement]
    assert [each["Principal"] for each in policies["SignedInMonitor"] if each["Effect"] == "Allow"] != ["*"]


def test_an_app_without_guests_has_no_public_policy(tmp_path, purser):
    apps = {APP: settings(issuer(ISSUER, "discovery"))["apps"][APP] | {"guest": None}}
    del apps[APP]["guest"]
    (tmp_path / "none.yaml").write_text(yaml.safe_dump(settings(issuer(ISSUER, "discovery"), apps=apps)))
    code, output = run(
        tmp_path, "policy", "show", "--app", APP, "--public-guest", "--config", tmp_path / "none.yaml"
    )
    assert code == 1 and "the app has no guest monitor" in output


def test_check_explains_the_public_policy_beside_guest_credentials(purser):
    [note] = [line for line in purser("check").splitlines() if "--public-guest" in line]
    assert note.startswith(f"note: apps.{APP}.guest: ") and "attributed, denied or rate-limited" in note


@pytest.mark.parametrize("form", ["script", "npm"])
def test_the_snippet_passes_the_alias_of_a_monitor_that_has_one(purser, form):
    snippet = ("snippet", "--app", APP, "--broker", "https://purser.example.com", "--form", form)
    assert purser(*snippet, guest=ALIASED).count('alias: "shop-guests"') == 1
    assert "alias" not in purser(*snippet)


@pytest.mark.parametrize("alias", ["", "a b", "é", "a" * 256])
def test_an_alias_that_the_client_could_not_send_is_a_mistake_with_its_line(purser, alias):
    output = purser("check", guest={"monitor": GUEST_MONITOR | {"alias": alias}}, code=1)
    assert f"apps.{APP}.guest.monitor.alias: found" in output and "purser.yaml:" in output
