# SPDX-License-Identifier: Apache-2.0
"""`hand-out`: short credentials, made from sessions that stay in Purser."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import pytest
import yaml
from botocore.exceptions import ClientError
from harness import sandbox as demo
from harness.batches import post
from harness.command import run
from harness.data_plane import DataPlane, verify
from harness.deadline import eventually
from harness.identity_pools import IdentityPool
from harness.minting import minted_app, minting, new_key
from harness.observability import metric
from harness.purser import Purser
from harness.roles import allow
from harness.scoped_credentials import ACTION, actions, assert_signed, calls, refusing, signer
from harness.settings import (
    APP,
    BROKER_KEYS,
    GUEST_MONITOR,
    GUEST_ROLE,
    SIGNED_IN_MONITOR,
    SIGNED_IN_ROLE,
    app,
    arn,
    issuer,
    policy,
    settings,
)
from harness.sts_client import STSClient
from harness.sts_responses import error, issued
from harness.web import fetch

SHORT = {"hand-out": "5m"}
CONTAINER = f"/v1/apps/{APP}/credentials/container"


def parent_policy(monitor):
    """The exact text of the policy of a session that Purser keeps."""
    call = ',{"Effect":"Allow","Action":"sts:GetScopedCredentials","Resource":"*"}]}'
    return policy(monitor).removesuffix("]}") + call


def short_app(issuer_url, users=(), guests=()):
    shop = app(issuer_url)
    shop["signed-in"] |= SHORT | dict(users)
    shop["guest"] |= SHORT | dict(guests)
    return shop


@pytest.fixture
def start(broker, login, sts):
    """Starts purser with short credentials for users and guests."""

    def start(users=(), guests=(), keys=BROKER_KEYS, **changes):
        purser = broker(keys=keys, **({"apps": {APP: short_app(login.url, users, guests)}} | changes))
        for number in range(1, 200):
            _, secret, token = issued(number)
            purser.known_secrets.add("a secret of a session", secret)
            purser.known_secrets.add("a token of a session", token)
        return purser

    return start


def life(answer):
    return datetime.fromisoformat(answer.json["expiration"]) - datetime.now(timezone.utc)


def assert_child(answer, number):
    """The response has the credentials that the fake STS issued as `number`, which last five minutes at most."""
    assert answer.status == 200, answer
    body = answer.json
    assert (body["accessKeyId"], body["secretAccessKey"], body["sessionToken"]) == issued(number)
    assert timedelta(minutes=4) < life(answer) <= timedelta(minutes=5, seconds=1)


def test_a_user_gets_short_credentials_and_purser_keeps_the_session(start, login, sts, tmp_path):
    audit = tmp_path / "audit.jsonl"
    purser = start(audit={"to": f"file:{audit}"})
    token = login.token()
    assert_child(purser.credentials(token), 2)
    assert actions(sts) == ["AssumeRoleWithWebIdentity", ACTION]
    parent, child = (request.form for request in sts.requests)
    assert (parent["Policy"], parent["DurationSeconds"]) == (parent_policy(SIGNED_IN_MONITOR), "3600")
    assert child == {
        "Action": ACTION,
        "Version": "2011-06-15",
        "Policy": policy(SIGNED_IN_MONITOR),
        "DurationSeconds": "300",
        "ScopedSessionDescription": f"Purser: app {APP}, user {parent['RoleSessionName']}",
    }
    assert_signed(sts.requests[1], sts, 1)
    # Every form has the same child, from the cache.
    assert_child(purser.credentials(token), 2)
    container = fetch(purser.url() + CONTAINER, "GET", [("Authorization", token)], None).json
    assert (container["AccessKeyId"], container["SecretAccessKey"], container["Token"]) == issued(2)
    assumed = STSClient(purser).take(token)
    assert assumed["Credentials"]["AccessKeyId"] == issued(2)[0]
    assert assumed["AssumedRoleUser"]["AssumedRoleId"] == f"AROAEXAMPLE:{parent['RoleSessionName']}"
    assert sts.count == 2
    [line] = [line for line in purser.complete_audit_trail(audit) if line["event"] == "vended"]
    assert (line["accessKeyId"], line["parentAccessKeyId"]) == (issued(2)[0], issued(1)[0])
    assert line["pseudonym"] == parent["RoleSessionName"]
    assert metric(purser, "purser_kept_sessions") == 1


def test_guests_share_short_credentials_and_a_visitor_has_a_session_alone(start, broker, login, sts):
    purser = start()
    assert_child(purser.guest(), 2)
    assert_child(purser.guest(), 2)
    parent, child = (request.form for request in sts.requests)
    assert parent["Policy"] == parent_policy(GUEST_MONITOR) and child["Policy"] == policy(GUEST_MONITOR)
    assert child["ScopedSessionDescription"] == f"Purser: app {APP}, guests"
    visitors = start(guests={"sessions": "per-visitor"})
    assert_child(visitors.guest(), 4)
    assert_child(visitors.guest(), 6)
    assert actions(sts) == ["AssumeRole", ACTION] * 3
    names = [request.form["RoleSessionName"] for request in calls(sts, "AssumeRole")]
    assert len(set(names)) == 3


def test_each_exchange_has_short_credentials(start, login, sts, tmp_path, ministack, started):
    token = login.token()
    assumed = start(users={"exchange": "assume-role", "tags": {"app": "app"}})
    assert_child(assumed.credentials(token), 2)
    assert calls(sts, "AssumeRole")[0].form["SourceIdentity"]
    key = new_key(tmp_path, "mint.key", "ES256")
    minted = start(keys={}, minting=minting(key), apps=minted_app(login.url, SHORT, SHORT))
    assert_child(minted.credentials(token), 4)
    assert_child(minted.guest(), 6)
    assert actions(sts) == ["AssumeRole", ACTION, *["AssumeRoleWithWebIdentity", ACTION] * 2]


def test_both_flows_of_cognito_have_short_credentials_with_the_strict_policy(start, login, sts, ministack):
    pool = IdentityPool(
        ministack, login.url.split("://", 1)[1], SIGNED_IN_ROLE, GUEST_ROLE, allow("rum:PutRumEvents")
    )
    users = {"monitor": SIGNED_IN_MONITOR, "issuers": [login.url], "exchange": "cognito", "identity-pool": pool.id}
    guests = {"monitor": GUEST_MONITOR, "exchange": "cognito", "identity-pool": pool.id, "flow": "basic"}
    shop = {"signed-in": users | SHORT, "guest": guests | {"role": GUEST_ROLE} | SHORT}
    purser = start(keys={"AWS_ENDPOINT_URL_COGNITO_IDENTITY": ministack.url}, apps={APP: shop})
    # The enhanced flow accepts no session policy: the child has it, and only the child leaves Purser.
    assert_child(purser.credentials(login.token()), 1)
    [child] = sts.requests
    assert child.form["Policy"] == policy(SIGNED_IN_MONITOR)
    assert not signer(child).startswith("ASIAFAKE")
    assert_child(purser.guest(), 3)
    assert actions(sts) == [ACTION, "AssumeRoleWithWebIdentity", ACTION]
    assert sts.requests[1].form["Policy"] == parent_policy(GUEST_MONITOR)
    assert "takes no session policy" not in run_check(purser), "the note about sessions of the enhanced flow"


def run_check(purser):
    directory = purser.process.errors.parent
    code, output = run(directory, "check", "--config", directory / "purser.yaml")
    assert code == 0, output
    return output


def test_simultaneous_requests_of_a_user_share_one_session_and_one_child(start, login, sts):
    purser = start()
    token = login.token()
    sts.hold()
    with ThreadPoolExecutor(30) as pool:
        answers = [pool.submit(purser.credentials, token) for _ in range(30)]
        sts.await_count(1)
        sts.release()
        for answer in answers:
            assert_child(answer.result(), 2)
    assert actions(sts) == ["AssumeRoleWithWebIdentity", ACTION]


def test_a_callers_policy_narrows_the_child_and_not_the_session(start, login, sts):
    purser = start()
    token = login.token()
    narrowing = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Allow",
                "Action": "*",
                "Resource": "*",
                "Condition": {"DateLessThan": {"aws:CurrentTime": "2040-01-01T00:00:00Z"}},
            },
        }
    )
    assert_child(purser.credentials(token), 2)
    client = STSClient(purser)
    for number in (3, 4):
        assert client.take(token, Policy=narrowing)["Credentials"]["AccessKeyId"] == issued(number)[0]
    assert actions(sts) == ["AssumeRoleWithWebIdentity", ACTION, ACTION, ACTION]
    for request in sts.requests[2:]:
        assert signer(request) == issued(1)[0]
        [statement] = json.loads(request.form["Policy"])["Statement"]
        assert (statement["Action"], statement["Resource"]) == ("rum:PutRumEvents", arn(SIGNED_IN_MONITOR))
        assert "aws:CurrentTime" in json.dumps(statement["Condition"])
    assert client.refused(token, Policy=narrowing.replace('"Action": "*"', '"Action": "s3:*"')) == (403, "AccessDenied")


def test_the_signing_proxy_signs_with_a_child(start, login, sts, started):
    plane = started(DataPlane())
    keys = BROKER_KEYS | {"AWS_ENDPOINT_URL_RUM": plane.url}
    purser = start(users={"delivery": "proxy"}, keys=keys)
    token = login.token()
    assert post(purser, token).status == 200 and post(purser, token).status == 200
    key, secret, session_token = issued(2)
    for request in plane.requests:
        verify(request, {"accessKeyId": key, "secretAccessKey": secret, "sessionToken": session_token}, plane)
    assert actions(sts) == ["AssumeRoleWithWebIdentity", ACTION]
    assert purser.credentials(token).status == 404


@pytest.mark.parametrize(
    ("code", "status", "hint"),
    [
        ("AccessDenied", 403, "sts:GetScopedCredentials in the policy of the role"),
        ("InsufficientSessionLifetime", 400, "the session that Purser keeps ends earlier"),
        ("PackedPolicyTooLarge", 400, "too little room"),
        ("InvalidAction", 400, "does not know this action"),
    ],
)
def test_a_refused_child_is_502_with_the_cause_in_the_log_and_never_the_session(
    start, login, sts, code, status, hint
):
    sts.otherwise = refusing(code, status)
    purser = start()
    for _ in range(3):
        answer = purser.credentials(login.token())
        assert (answer.status, answer.json["code"]) == (502, "aws_refused")
        assert "ASIAFAKE" not in answer.text
    line = purser.log_line_of(answer)
    assert line["reason"] == "exchange_refused"
    assert line["detail"].startswith(f"GetScopedCredentials: {code} (HTTP {status}") and hint in line["detail"]
    # The session is new, so AWS would refuse the next one too.
    assert len(calls(sts, "AssumeRoleWithWebIdentity")) == 1
    sts.otherwise = refusing(code, status, when=lambda request: False)
    assert purser.credentials(login.token()).status == 200


@pytest.mark.parametrize("code", ["InsufficientSessionLifetime", "AccessDenied", "ExpiredToken"])
def test_a_session_that_aws_no_longer_accepts_is_replaced_by_a_new_one(start, login, sts, code):
    sts.otherwise = refusing(code, 400, when=lambda request: signer(request) == issued(1)[0])
    purser = start()
    # Purser replaces no session that is seconds old.
    answer = eventually(
        lambda: (it := purser.credentials(login.token())).status == 200 and it, "a child", within=20, every=0.5
    )
    assert answer.json["accessKeyId"].startswith("ASIAFAKE") and life(answer) < timedelta(minutes=6)
    assert len(calls(sts, "AssumeRoleWithWebIdentity")) == 2


def test_an_sts_that_does_not_have_the_call_never_makes_purser_return_the_session(
    broker, login, ministack, broker_keys
):
    purser = broker(sts_url=ministack.url, keys=broker_keys, apps={APP: short_app(login.url)})
    answer = purser.guest()
    assert (answer.status, answer.json["code"]) == (502, "aws_refused")
    assert "ASIA" not in answer.text
    assert purser.log_line_of(answer)["detail"].startswith("GetScopedCredentials: ")


def test_a_denied_user_gets_nothing_more_and_no_child_is_made_for_them(
    start, login, sts, tmp_path, pseudonym_key
):
    denied = tmp_path / "denied.txt"
    denied.write_text("# nobody\n")
    purser = start(pseudonyms={"key": pseudonym_key}, denied=f"file:{denied}")
    alice, bob = login.token("alice-the-denied"), login.token("bob-the-good")
    assert purser.credentials(alice).status == 200 and purser.credentials(bob).status == 200
    pseudonym = calls(sts, "AssumeRoleWithWebIdentity")[0].form["RoleSessionName"]
    count = sts.count
    denied.write_text(f"{pseudonym}\n")
    eventually(lambda: purser.credentials(alice).status == 403, "a rejection", within=10)
    for path in ("credentials", "credentials/container"):
        assert purser.request(f"/v1/apps/{APP}/{path}", alice).status == 403
    assert STSClient(purser).refused(alice) == (403, "AccessDenied")
    assert purser.credentials(bob).status == 200
    eventually(lambda: metric(purser, "purser_kept_sessions") == 1, "only bob's session")
    assert sts.count == count


def test_the_same_user_of_two_apps_has_two_sessions(start, login, sts):
    purser = start(apps={APP: short_app(login.url), "blog": short_app(login.url), "plain": app(login.url)})
    token = login.token()
    assert_child(purser.credentials(token), 2)
    assert_child(purser.credentials(token, "blog"), 4)
    plain = purser.credentials(token, "plain")
    assert plain.json["accessKeyId"] == issued(5)[0] and life(plain) > timedelta(minutes=50)
    assert sts.requests[4].form["Policy"] == policy(SIGNED_IN_MONITOR)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    sandbox = demo.Sandbox(tmp_path_factory.mktemp("sandbox"))
    yield sandbox
    sandbox.stop()


def test_the_sandbox_gives_short_credentials_that_write_to_one_monitor_as_the_same_user(sandbox, started, tmp_path):
    url = sandbox.url("sandbox")
    own = {"name": "DemoStore_Authenticated", "id": "5f2c6e0a-8d1b-4c3e-9a47-1b6d0e5f7a21"}
    other = "c80b3d94-27e6-4f15-b3c2-6e9a4d1f8b07"
    shop = app(url)
    del shop["guest"]
    shop["signed-in"] |= SHORT | {"monitor": own, "role": sandbox.role()}
    made = settings(issuer(url, "discovery", audience=demo.CLIENT), apps={APP: shop})
    purser = started(Purser(tmp_path / "purser", made, url, AWS_ENDPOINT_URL_RUM=url))
    purser.ready()
    answer = purser.credentials(sandbox.sign_in("alice"))
    assert answer.status == 200 and life(answer) <= timedelta(minutes=5, seconds=1), answer
    assert demo.put_events(answer.json) == 200
    with pytest.raises(ClientError) as refusal:
        demo.put_events(answer.json, other)
    assert refusal.value.response["Error"]["Code"] == "AccessDeniedException"
    assert post(purser, sandbox.sign_in("alice"), own["id"]).status == 200


CONTAINER_NOTE = "is less than the 15m that clients of AWS's container form expect"


def test_check_estimates_the_calls_and_notes_what_clients_do_not_expect(tmp_path, login):
    (tmp_path / "login.jwks.json").write_text(json.dumps(login.key_set))
    made = settings(issuer("https://login.example.com/", "file:login.jwks.json"))
    shop = made["apps"][APP]

    def check(*options):
        (tmp_path / "purser.yaml").write_text(yaml.safe_dump(made))
        code, output = run(tmp_path, "check", "--config", "purser.yaml", *options, **BROKER_KEYS)
        assert code == 0, output
        return output

    assert "hand-out" not in check()
    shop["signed-in"] |= SHORT
    shop["guest"] |= SHORT
    output = check("--active-users", "30000")
    # A child is replaced after 150 s: 300 s, less a minimum life of 100 s, of which a quarter is for the refresh.
    assert f"apps.{APP}.signed-in.hand-out: 5m: 30000 active users cause up to 212 calls of STS a second" in output
    assert "GetScopedCredentials 200, sessions 12); limits.sts-rate is 500" in output
    assert f"apps.{APP}.guest.hand-out: 5m: all guests share credentials" in output
    assert output.count(CONTAINER_NOTE) == 2
    assert "more than limits.sts-rate (500)" in check("--active-users", "300000")
    shop["signed-in"] |= {"delivery": "proxy"}
    shop["guest"] |= {"hand-out": "15m"}
    assert CONTAINER_NOTE not in check()
    shop["guest"] |= {"sessions": "per-visitor"}
    assert "each response for a guest takes 2 calls of STS" in check()
    code, output = run(tmp_path, "check", "--config", "purser.yaml", "--active-users", "0")
    assert code != 0 and "--active-users" in output


def test_the_global_endpoint_of_sts_is_a_mistake_with_hand_out(tmp_path, login):
    (tmp_path / "login.jwks.json").write_text(json.dumps(login.key_set))
    made = settings(issuer("https://login.example.com/", "file:login.jwks.json"))
    made["apps"][APP]["signed-in"] |= SHORT
    (tmp_path / "purser.yaml").write_text(yaml.safe_dump(made))
    variables = {"AWS_ENDPOINT_URL_STS": "https://sts.amazonaws.com"}
    for command in ("check", "serve"):
        code, output = run(tmp_path, command, "--config", "purser.yaml", **variables)
        assert code == 1 and "hand-out: not with AWS's global STS endpoint" in output, output


def test_throttled_children_are_503_and_leave_the_session(start, login, sts):
    sts.otherwise = refusing("Throttling", 400)
    purser = start()
    answer = purser.credentials(login.token())
    assert answer.status == 503 and int(answer.header("Retry-After")) >= 1
    sts.otherwise = refusing("Throttling", when=lambda request: False)
    eventually(lambda: purser.credentials(login.token()).status == 200, "a child", every=0.2)
    assert len(calls(sts, "AssumeRoleWithWebIdentity")) == 1


def test_a_refused_session_is_502_without_a_child(start, login, sts):
    sts.otherwise = error(403, "AccessDenied")
    purser = start()
    answer = purser.credentials(login.token())
    assert answer.status == 502
    assert purser.log_line_of(answer)["detail"].startswith("AssumeRoleWithWebIdentity: AccessDenied")
    assert actions(sts) == ["AssumeRoleWithWebIdentity"]
