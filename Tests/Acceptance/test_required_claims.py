# SPDX-License-Identifier: Apache-2.0
"""Claims that an issuer requires in its tokens (401 without), and claims that an app requires (403 without)."""

import json

import pytest
import yaml
from harness.command import run
from harness.settings import APP, BROKER_KEYS, app, settings

VERIFIED = [{"claim": "email_verified", "is": True}]
SHOPPER = [{"claim": ["realm_access", "roles"], "contains": "shopper"}]


@pytest.fixture
def configured(login, tmp_path):
    directory = tmp_path / "purser-0"
    issuer = login.pinned(directory) | {"require": VERIFIED}
    open_app = app(login.url)
    closed = app(login.url)
    closed["signed-in"] = closed["signed-in"] | {"require": SHOPPER}
    return settings(issuer, apps={APP: open_app, "club": closed})


@pytest.fixture
def purser(serve, configured, sts):
    return serve(configured, sts, **BROKER_KEYS)


def test_a_claim_required_by_the_issuer_is_part_of_verification(purser, login, sts):
    for value, status in [(True, 200), ("true", 401), (False, 401), (None, 401), (1, 401)]:
        answer = purser.credentials(login.token(email_verified=value))
        assert answer.status == status, value
        if status == 401:
            assert answer.json["code"] == "invalid_token"
            assert purser.log_line_of(answer)["reason"] in ("claim_wrong", "claim_missing")
    assert purser.log_line_of(purser.credentials(login.token()))["reason"] == "claim_missing"
    assert sts.count == 1


def test_a_claim_required_by_an_app_is_checked_for_each_request(purser, login, sts):
    member = login.token(email_verified=True, realm_access={"roles": ["guest", "shopper"]})
    other = login.token(email_verified=True, realm_access={"roles": ["guest", "private-role"]})
    for _ in range(2):
        assert purser.credentials(other, app="club").status == 403
        assert purser.credentials(member, app="club").status == 200
        assert purser.credentials(other).status == 200, "the same token is valid for the other app"
    refused = purser.credentials(other, app="club")
    assert refused.json["code"] == "not_authorized"
    detail = purser.log_line_of(refused)["detail"]
    assert "realm_access" in detail and "shopper" in detail and "private-role" not in detail
    assert sts.count == 2, "one session per user and app"


@pytest.mark.parametrize(
    ("claims", "accepted", "words"),
    [
        ({"email_verified": True, "realm_access": {"roles": ["shopper"]}}, True, "web-identity"),
        ({"email_verified": True, "realm_access": {"roles": "shopper"}}, False, 'a list that holds "shopper"'),
        ({"email_verified": "true"}, False, "email_verified is a string; expected true"),
    ],
)
def test_explain_reports_the_missing_claim(configured, login, tmp_path, claims, accepted, words):
    file = tmp_path / "purser-0" / "purser.yaml"
    file.write_text(yaml.safe_dump(configured))
    code, output = run(tmp_path, "explain", "--config", file, "--app", "club", stdin=login.token(**claims))
    assert (code == 0) == accepted, output
    assert words in output


def test_check_reports_an_invalid_claim_requirement(configured, tmp_path):
    configured["issuers"][0]["require"] = [{"claim": "sub", "is": "alice"}]
    file = tmp_path / "purser-0" / "purser.yaml"
    file.write_text(yaml.safe_dump(configured))
    code, output = run(tmp_path, "check", "--config", file)
    assert code == 1 and 'issuers[0].require[0].claim: found "sub"' in output, json.dumps(output)
