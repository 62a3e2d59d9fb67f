# SPDX-License-Identifier: Apache-2.0
"""Apps that accept a part of their issuer's audiences and clients, and tokens with several audiences."""

import json

import pytest
import yaml
from harness.command import run
from harness.settings import APP, BROKER_KEYS, app, settings
from harness.sts_client import STSClient

SHOP, OFFICE, THIRD = "shop-web", "office-web", "third-web"


def with_users(login, **more):
    made = app(login.url)
    made["signed-in"] = made["signed-in"] | more
    return made


@pytest.fixture
def configured(login, tmp_path):
    issuer = login.pinned(tmp_path / "purser-0") | {"audiences": [SHOP, OFFICE, THIRD]}
    return settings(
        issuer,
        apps={
            APP: with_users(login, audiences=[SHOP]),
            "office": with_users(login, audiences=[OFFICE, THIRD]),
            "partner": with_users(login, **{"authorized-parties": ["partner-client"]}),
        },
    )


@pytest.fixture
def purser(serve, configured, sts):
    return serve(configured, sts, **BROKER_KEYS)


def statuses(purser, token):
    return {name: purser.credentials(token, app=name).status for name in (APP, "office", "partner")}


def test_an_app_accepts_only_tokens_for_its_audiences_with_cold_and_with_cached_credentials(purser, login, sts):
    shop, office = login.token("one-user", aud=SHOP), login.token("one-user", aud=OFFICE)
    for _ in range(3):
        assert statuses(purser, shop) == {APP: 200, "office": 403, "partner": 403}
        assert statuses(purser, office) == {APP: 403, "office": 200, "partner": 403}
    refused = purser.credentials(office)
    assert refused.json["code"] == "not_authorized"
    assert purser.log_line_of(refused)["detail"] == f"the token is for {OFFICE}; this app's audiences: {SHOP}"
    keys = {
        purser.credentials(shop).json["accessKeyId"],
        purser.credentials(office, app="office").json["accessKeyId"],
    }
    assert len(keys) == sts.count == 2, "one session for each app"


def test_membership_of_one_of_several_audiences_is_enough(purser, login):
    for more in ({}, {"azp": "anybody"}, {"client_id": "anybody"}):
        several = login.token(aud=["https://userinfo.example.test", SHOP], **more)
        assert statuses(purser, several) == {APP: 200, "office": 403, "partner": 403}
    both = login.token(aud=[THIRD, "another", SHOP])
    assert statuses(purser, both) == {APP: 200, "office": 200, "partner": 403}
    neither = purser.credentials(login.token(aud=["another", "third"]))
    assert (neither.status, purser.log_line_of(neither)["reason"]) == (401, "audience_wrong")


def test_an_authorized_party_is_azp_or_else_client_id(purser, login):
    for claims, status in (
        ({"azp": "partner-client"}, 200),
        ({"client_id": "partner-client"}, 200),
        ({"azp": "another", "client_id": "partner-client"}, 403),
        ({"azp": ["partner-client"]}, 403),
        ({}, 403),
    ):
        answer = purser.credentials(login.token(aud=THIRD, **claims), app="partner")
        assert answer.status == status, claims


def test_an_issuers_authorized_parties_are_part_of_verification(serve, tmp_path, login, sts):
    issuer = login.pinned(tmp_path / "purser-0") | {"authorized-parties": ["web", "app"]}
    purser = serve(settings(issuer), sts)
    assert purser.credentials(login.token(azp="web")).status == 200
    assert purser.credentials(login.token(client_id="app")).status == 200
    for claims in ({"azp": "other"}, {"azp": 7}, {}):
        answer = purser.credentials(login.token(**claims))
        assert answer.status == 401 and answer.json["code"] == "invalid_token"
        assert purser.log_line_of(answer)["reason"] == "authorized_party_wrong"


def test_the_sts_endpoint_refuses_tokens_for_another_apps_audience(purser, login):
    assert STSClient(purser).take(login.token(aud=SHOP))
    assert STSClient(purser).refused(login.token(aud=OFFICE)) == (403, "AccessDenied")


@pytest.fixture
def command(configured, tmp_path):
    file = tmp_path / "purser-0" / "purser.yaml"

    def command(name, *arguments, **more):
        file.write_text(yaml.safe_dump(configured, sort_keys=False))
        return run(tmp_path, *name.split(), "--config", file, *arguments, **more)

    return command


def test_explain_reports_the_audiences_of_the_app(command, login):
    code, output = command("explain", "--app", "office", stdin=login.token(aud=[SHOP, "more"]))
    assert code == 1, output
    assert f"refused: the token is for {SHOP}; this app's audiences: {OFFICE}, {THIRD}" in output


def notes(output):
    return [line for line in output.splitlines() if line.startswith("note: apps ")]


def test_check_warns_where_apps_share_an_issuer_and_audiences(command, configured, login):
    code, output = command("check")
    assert code == 0
    assert [note.split(":")[1] for note in notes(output)] == [" apps shop, partner", " apps office, partner"]
    assert SHOP in notes(output)[0] and f"{OFFICE}, {THIRD}" in notes(output)[1]
    del configured["apps"]["partner"]
    assert notes(command("check")[1]) == []
    configured["apps"]["office"] = with_users(login)
    assert len(notes(command("check")[1])) == 1
    for name, party in ((APP, "one"), ("office", "two")):
        configured["apps"][name]["signed-in"]["authorized-parties"] = [party]
    assert notes(command("check")[1]) == [], "their clients differ"


def test_the_printed_trust_policy_and_provider_name_the_audiences_and_clients_of_the_app(command, configured):
    code, output = command("policy show", "--app", "office", "--broker", "arn:aws:iam::123456789012:role/Purser")
    assert code == 0, output
    printed = json.loads(output)
    [statement] = printed["signed-in"]["role"]["trust-policy"]["Statement"]
    assert statement["Condition"]["StringEquals"] == {"login.example.test/:aud": [OFFICE, THIRD]}
    assert printed["identity-providers"][0]["client-ids"] == [OFFICE, THIRD]
    configured["apps"]["office"]["signed-in"]["authorized-parties"] = ["office-client"]
    _, output = command("policy show", "--app", "office", "--broker", "arn:aws:iam::123456789012:role/Purser")
    [statement] = json.loads(output)["signed-in"]["role"]["trust-policy"]["Statement"]
    assert statement["Condition"]["StringEquals"]["login.example.test/:aud"] == [OFFICE, THIRD, "office-client"]
