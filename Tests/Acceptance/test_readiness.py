# SPDX-License-Identifier: Apache-2.0
"""Readiness is about what can be served, and says why something cannot."""

import pytest
from harness import settings as made
from harness.deadline import eventually
from harness.fake_sts import FakeSTS
from harness.key_server import KeyServer
from harness.settings import APP, BROKER_KEYS
from harness.tokens import Issuer


@pytest.fixture
def key_server(started, login):
    return started(KeyServer(login.key_set))


def details(purser):
    answer = purser.probe("/readyz?verbose")
    assert answer.header("Content-Type") == "application/json"
    assert answer.json["ready"] == (answer.status == 200)
    return answer.json


def grants(purser):
    return {(one["app"], one["audience"]): one.get("problem") for one in details(purser)["grants"]}


def started_up(purser):
    eventually(lambda: purser.probe("/startupz").status == 200, "the end of the start")


def test_one_dead_issuer_of_two_makes_nothing_unready(serve, tmp_path, login, sts, key_server):
    other = Issuer("https://other.example.test/", "other-key")
    key_server.status = 500
    values = made.settings(
        made.issuer(login.url, key_server.key_set_url),
        other.pinned(tmp_path / "purser-0"),
        apps={APP: made.app(login.url), "blog": made.app(other.url)},
    )
    purser = serve(values, sts, **BROKER_KEYS)
    started_up(purser)
    assert purser.probe("/readyz").status == 200
    assert grants(purser) == {
        (APP, "signed-in"): "none of its issuers has keys",
        (APP, "guest"): None,
        ("blog", "signed-in"): None,
        ("blog", "guest"): None,
    }
    issuers = {one["issuer"]: one for one in details(purser)["issuers"]}
    assert issuers[login.url]["keys"] == 0 and issuers[login.url]["failing"]
    assert issuers[other.url]["keys"] == 1 and not issuers[other.url]["failing"]
    key_server.status = 200
    eventually(lambda: grants(purser)[APP, "signed-in"] is None, "keys", within=40)


def test_missing_credentials_of_the_broker_show_and_count_where_they_are_needed(broker, login):
    purser = broker(keys={})
    started_up(purser)
    assert grants(purser) == {(APP, "signed-in"): None, (APP, "guest"): "the broker has no AWS credentials"}
    credentials = details(purser)["brokerCredentials"]
    assert credentials["needed"] and not credentials["valid"] and credentials["failure"]
    assert purser.probe("/readyz").status == 200, "users are served"
    assert purser.credentials(login.token()).status == 200


def test_nothing_is_ready_if_no_grant_can_be_served(broker, login):
    only_guests = {APP: {"origins": [made.ORIGIN], "guest": made.app(login.url)["guest"]}}
    purser = broker(keys={}, apps=only_guests)
    started_up(purser)
    assert purser.probe("/readyz").status == 503
    assert details(purser)["canServe"] is False


def test_credentials_of_the_broker_that_come_later_make_it_ready_without_a_request(broker, login, tmp_path):
    only_guests = {APP: {"origins": [made.ORIGIN], "guest": made.app(login.url)["guest"]}}
    file = tmp_path / "credentials"
    purser = broker(keys={"AWS_SHARED_CREDENTIALS_FILE": file}, apps=only_guests)
    started_up(purser)
    assert purser.probe("/readyz").status == 503
    key, secret = BROKER_KEYS.values()
    file.write_text(f"[default]\naws_access_key_id = {key}\naws_secret_access_key = {secret}\n")
    eventually(lambda: purser.probe("/readyz").status == 200, "readiness", within=40)
    assert purser.guest().status == 200


def test_an_open_circuit_breaker_shows_and_leaves_the_process_ready(broker, login, started):
    sts = started(FakeSTS())
    purser = broker(sts_url=sts.url)
    token = login.token()
    assert purser.credentials(token).status == 200
    sts.stop()
    for number in range(40):
        purser.credentials(login.token(f"user-{number}"))
        if next(one for one in details(purser)["aws"] if one["service"] == "sts")["breakerOpen"]:
            break
    else:
        pytest.fail("the circuit breaker did not open")
    assert purser.probe("/readyz").status == 200
    assert purser.credentials(token).status == 200


def test_the_details_of_a_good_set_up(broker, login):
    purser = broker()
    started_up(purser)
    report = details(purser)
    assert report["ready"] and not report["draining"] and report["configuration"] == {"generation": 1}
    assert report["audit"] == {"required": False, "writable": True, "linesLost": 0}
    assert report["brokerCredentials"]["source"] and report["eventLoops"]["lagSeconds"] < 10
    text = purser.probe("/readyz?verbose").text
    assert not [value for value in BROKER_KEYS.values() if value in text]
