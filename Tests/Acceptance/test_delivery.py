# SPDX-License-Identifier: Apache-2.0
"""`delivery`: a grant for the signing proxy only gives its credentials to nobody, and one for credentials only signs
no batch."""

import json

import pytest
import yaml
from harness import raw
from harness.batches import GUESTS, USERS, post
from harness.command import run
from harness.data_plane import DataPlane, refusal
from harness.http1_readings import send
from harness.settings import APP, BROKER_KEYS, SIGNED_IN_ROLE, app, issuer, settings
from harness.sts_client import STSClient
from harness.web import fetch

# The same grants, for credentials too.
OTHER = "other"
NATIVE = ["credentials", "guest-credentials"]
CONTAINER = ["credentials/container", "guest-credentials/container"]
FORM = [("Content-Type", "application/x-www-form-urlencoded")]


def with_delivery(issuer_url, users, guests):
    shop = app(issuer_url)
    shop["signed-in"]["delivery"], shop["guest"]["delivery"] = users, guests
    return shop


@pytest.fixture
def plane(started):
    return started(DataPlane())


@pytest.fixture
def start(broker, plane, login):
    """Starts purser with the app `shop` of these deliveries, and the app `other` of both."""

    def start(users, guests, **changes):
        apps = {APP: with_delivery(login.url, users, guests), OTHER: app(login.url)}
        return broker(keys=BROKER_KEYS | {"AWS_ENDPOINT_URL_RUM": plane.url}, apps=apps, **changes)

    return start


def sts_form(token, **more):
    form = {
        "Action": "AssumeRoleWithWebIdentity",
        "Version": "2011-06-15",
        "RoleArn": SIGNED_IN_ROLE,
        "RoleSessionName": "me",
        "WebIdentityToken": token,
    } | more
    return "&".join(f"{name}={value}" for name, value in form.items()).encode()


def assert_no_credentials(purser, sts, *texts):
    """No response has a field of any session of the fake STS."""
    for text in texts:
        assert "ASIAFAKE" not in text and "secret-of-session" not in text and "token-of-session" not in text, text


def test_no_endpoint_gives_the_credentials_of_a_grant_for_the_proxy(start, plane, login, sts):
    purser = start("proxy", "proxy")
    token = login.token()
    # The sessions of both audiences are in the cache, and so is the verdict on the token.
    assert post(purser, token).status == 200 and post(purser).status == 200
    # Another app has given this user and guests credentials of the same monitors and roles.
    assert purser.credentials(token, OTHER).status == 200 and purser.guest(OTHER).status == 200
    calls = sts.count
    assert calls == 4
    answers = []
    for path in NATIVE + CONTAINER:
        for bearer in (token, None, "no-token-at-all", login.token("somebody-else")):
            for query in ("", "?", "?user=alice"):
                answer = purser.request(f"/v1/apps/{APP}/{path}{query}", bearer)
                assert answer.status == 404, (path, answer)
                answers.append(answer)
        [verbatim] = [fetch(f"{purser.url()}/v1/apps/{APP}/{path}", "GET", [("Authorization", token)], None)]
        assert verbatim.status in ((404,) if path in CONTAINER else (401, 404))
        head = purser.request(f"/v1/apps/{APP}/{path}", token, method="HEAD")
        assert head.status == 405 and head.body == b""
        answers += [verbatim, head]
    for body in (sts_form(token), sts_form(token, Policy="%7B%7D"), sts_form(token, DurationSeconds=900), b"", b"x"):
        answer = fetch(f"{purser.url()}/v1/apps/{APP}/sts", "POST", FORM, body)
        assert answer.status == 404 and b"<Code>NotFound</Code>" in answer.body, answer
        answers.append(answer)
    assert STSClient(purser).refused(token) == (404, "NotFound")
    assert_no_credentials(purser, sts, *(answer.text + repr(answer.headers) for answer in answers))
    assert sts.count == calls
    assert purser.log_line_of(answers[0])["reason"] == "delivery_not_served"
    assert STSClient(purser, app=OTHER).take(token)["Credentials"]["AccessKeyId"].startswith("ASIAFAKE")
    assert post(purser, token).status == 200 and post(purser).status == 200
    assert len(plane.requests) == 4 and sts.count == calls


def test_pipelined_and_warm_requests_do_not_get_them_either(start, login, sts):
    purser = start("proxy", "proxy")
    token = login.token()
    purser.known_secrets.add_token(token)
    assert post(purser, token).status == 200 and post(purser).status == 200
    assert purser.credentials(token, OTHER).status == 200

    def get(path, bearer=None, name=APP):
        return raw.head("GET", f"/v1/apps/{name}/{path}", *([f"Authorization: Bearer {bearer}"] if bearer else []))

    warm = get("credentials", token, OTHER)
    refused = [get(path, token if "guest" not in path else None) for path in NATIVE + CONTAINER]
    requests = [request for one in refused for request in (warm, one, one)]
    last = raw.head("GET", "/the-last-request", "Connection: close")
    # In one piece, and byte for byte one request after the other.
    for pieces in ([b"".join(requests) + last], [*requests, last]):
        answers = send(purser.address, *pieces)
        assert [answer.status for answer in answers] == [200, 404, 404] * len(refused) + [404]
        for answer in answers:
            if answer.status != 200:
                assert_no_credentials(purser, sts, answer.body.decode())


def test_a_batch_that_aws_refuses_reveals_no_credentials(start, plane, login, sts):
    purser = start("proxy", "proxy")
    plane.otherwise = refusal(403, "AccessDeniedException")
    for token in (login.token(), None):
        answer = post(purser, token)
        assert answer.status == 502
        assert_no_credentials(purser, sts, answer.text + repr(answer.headers))


@pytest.mark.parametrize(("users", "guests"), [("credentials", "both"), ("both", "credentials")])
def test_a_grant_for_credentials_signs_no_batch_and_costs_no_call(start, plane, login, sts, users, guests):
    purser = start(users, guests)
    token = login.token()
    served = {USERS: users == "both", GUESTS: guests == "both"}
    for monitor, bearer in ((USERS, token), (GUESTS, None)):
        for _ in range(3):
            answer = post(purser, bearer, monitor)
            # The web client would stop for ever after 404.
            assert answer.status == (200 if served[monitor] else 401), answer
            if not served[monitor]:
                assert answer.json["code"] == "not_found"
                assert purser.log_line_of(answer)["reason"] == "delivery_not_served"
    anonymous = post(purser, None, USERS)
    assert anonymous.status == 401
    assert anonymous.json["code"] == ("missing_token" if served[USERS] else "not_found")
    assert len(plane.requests) == 3 and sts.count == 1
    assert purser.credentials(token).status == 200 and purser.guest().status == 200


@pytest.mark.parametrize(
    ("delivery", "note"),
    [("both", "advisory with delivery both"), ("credentials", "no effect with delivery credentials"), ("proxy", None)],
)
def test_check_reports_whether_user_details_are_enforced(tmp_path, login, delivery, note):
    (tmp_path / "login.jwks.json").write_text(json.dumps(login.key_set))
    made = settings(issuer("https://login.example.com/", "file:login.jwks.json"))
    made["apps"][APP]["signed-in"] |= {"user-details": "own", "delivery": delivery}
    (tmp_path / "purser.yaml").write_text(yaml.safe_dump(made))
    code, output = run(tmp_path, "check", "--config", "purser.yaml")
    assert code == 0, output
    assert (f"note: apps.{APP}.signed-in.user-details: " in output) == bool(note)
    assert note is None or note in output


def test_the_snippet_for_pages_requires_credentials(tmp_path, login):
    (tmp_path / "login.jwks.json").write_text(json.dumps(login.key_set))
    made = settings(issuer("https://login.example.com/", "file:login.jwks.json"))
    made["apps"][APP]["guest"]["delivery"] = "proxy"
    (tmp_path / "purser.yaml").write_text(yaml.safe_dump(made))
    command = ("snippet", "--config", "purser.yaml", "--app", APP, "--broker", "https://broker.example.com")
    code, output = run(tmp_path, *command)
    assert code == 1 and f"apps.{APP}.guest: delivery proxy" in output, output
