# SPDX-License-Identifier: Apache-2.0
"""Details of AWS's own rules: profiles, the old name of session tokens, times with an offset, retryable errors."""

import json
from datetime import datetime, timedelta, timezone

import pytest
from harness import sts_responses
from harness.batches import post
from harness.command import run
from harness.data_plane import DataPlane, refusal
from harness.observability import metric
from harness.recording_server import RecordingServer, reply
from harness.settings import APP, BROKER_KEYS, app

ROLE = "role_arn = arn:aws:iam::123456789012:role/Broker"
KEYS = (
    f"aws_access_key_id = {BROKER_KEYS['AWS_ACCESS_KEY_ID']}\n"
    f"aws_secret_access_key = {BROKER_KEYS['AWS_SECRET_ACCESS_KEY']}\n"
)
# A later source, which must not replace a profile that is wrong.
CONTAINER = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1/credentials"}


@pytest.mark.parametrize(
    ("profiles", "words"),
    [
        ("[default]\nlogin_session = arn:aws:iam::123456789012:user/me\n", "login_session: Purser does not support"),
        (
            f"[default]\n{ROLE}\nsource_profile = me\n[profile me]\nlogin_session = arn:aws:iam::1234:user/me\n",
            "profile me: login_session",
        ),
        (
            f"[default]\n{ROLE}\nsource_profile = b\n{KEYS}[profile b]\n{ROLE}\nsource_profile = default\n",
            "profile default: its source_profile leads back to itself",
        ),
        (f"[default]\n{KEYS}aws_session_token = one\naws_security_token = two\n", "aws_security_token differ"),
    ],
    ids=["aws login", "aws login of a source", "loop with keys", "two tokens"],
)
def test_check_reports_a_profile_that_purser_cannot_use(broker, tmp_path, profiles, words):
    (tmp_path / "config").write_text(profiles)
    config = broker().process.errors.parent / "purser.yaml"
    code, output = run(tmp_path, "check", "--config", config, AWS_CONFIG_FILE=tmp_path / "config", **CONTAINER)
    assert code == 0, output
    [note] = [line for line in output.splitlines() if "the broker's AWS credentials" in line]
    assert words in note
    assert BROKER_KEYS["AWS_SECRET_ACCESS_KEY"] not in output


@pytest.mark.parametrize("place", ["profile", "environment"])
def test_the_old_name_of_a_session_token_is_read(broker, sts, tmp_path, place):
    token = "the-session-token-under-its-old-name"
    (tmp_path / "config").write_text(f"[default]\n{KEYS}aws_security_token = {token}\n")
    variables = (
        {"AWS_CONFIG_FILE": tmp_path / "config"} if place == "profile" else BROKER_KEYS | {"AWS_SECURITY_TOKEN": token}
    )
    purser = broker(keys=variables)
    purser.known_secrets.add("the old token", token)
    assert purser.guest().status == 200
    assert sts.requests[-1].header("X-Amz-Security-Token") == token


def test_an_expiration_with_an_offset_is_read(broker, sts):
    """The same hour, as a clock east of Greenwich shows it."""
    east = timezone(timedelta(hours=2))
    expiration = (datetime.now(timezone.utc) + timedelta(hours=1)).replace(microsecond=0)
    sts.otherwise = sts_responses.session(expiration=expiration.astimezone(east).isoformat())
    answer = broker().guest()
    assert answer.status == 200, answer
    assert answer.json["expiration"] == expiration.strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize("code", ["RequestTimeout", "RequestTimeoutException"])
def test_a_batch_whose_request_timed_out_at_aws_can_be_sent_again(broker, started, login, code):
    plane = started(DataPlane(refusal(400, code)))
    purser = broker(keys=BROKER_KEYS | {"AWS_ENDPOINT_URL_RUM": plane.url})
    answer = post(purser, login.token())
    assert (answer.status, answer.json["code"]) == (503, "unavailable"), "the client sends it again"
    assert metric(purser, "purser_aws_attempts_total", service="rum", outcome="failed") == 1
    assert post(purser, login.token()).status == 200


class Cognito(RecordingServer):
    """Answers the first call with an error, and every other one in the form of the enhanced flow."""

    def __init__(self, error):
        self.error = error
        super().__init__()

    def handle(self, request, handler):
        kind = "application/x-amz-json-1.1"
        if self.count == 1:
            return reply(handler, 400, json.dumps({"__type": self.error}).encode(), [("Content-Type", kind)])
        identity = {"IdentityId": "us-west-2:99999999-2222-3333-4444-555555555555"}
        session = {
            "AccessKeyId": "ASIACOGNITO000000001",
            "SecretKey": "secret-of-a-pool/+ABCDEFGHIJKLMNOPQRSTUV",
            "SessionToken": "token-of-a-pool" * 20,
            "Expiration": (datetime.now(timezone.utc) + timedelta(hours=1)).timestamp(),
        }
        return reply(
            handler, 200, json.dumps(identity | {"Credentials": session}).encode(), [("Content-Type", kind)]
        )


@pytest.mark.parametrize("code", ["RequestTimeout", "RequestTimeoutException"])
def test_a_call_of_cognito_that_timed_out_at_aws_is_retried(broker, started, login, code):
    cognito = started(Cognito(code))
    apps = {APP: app(login.url)}
    guest = {"exchange": "cognito", "identity-pool": "us-west-2:11111111-2222-3333-4444-555555555555"}
    apps[APP]["guest"] = {"monitor": apps[APP]["guest"]["monitor"]} | guest
    purser = broker(keys={"AWS_ENDPOINT_URL_COGNITO_IDENTITY": cognito.url}, apps=apps)
    answer = purser.guest()
    assert answer.status == 200, purser.log_line_of(answer)
    operations = [request.header("X-Amz-Target").rsplit(".", 1)[1] for request in cognito.requests]
    assert operations == ["GetId", "GetId", "GetCredentialsForIdentity"]
