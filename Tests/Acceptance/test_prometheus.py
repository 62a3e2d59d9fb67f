# SPDX-License-Identifier: Apache-2.0
"""A real Prometheus scrapes a purser every second while STS fails, and each alert of the runbook has a value."""

import math
from collections import Counter
from datetime import datetime, timedelta, timezone

import pytest
from harness import sts_responses
from harness.batches import post
from harness.certificates import Authority, CertificateFiles
from harness.data_plane import DataPlane
from harness.deadline import eventually
from harness.encrypted import EncryptedPurser
from harness.fake_sts import FakeSTS
from harness.prometheus import Prometheus, alerts, left_side, lint
from harness.provider import Provider
from harness.purser import Purser
from harness.settings import BROKER_KEYS, issuer, settings
from harness.web import fetch
from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client.parser import text_string_to_metric_families

WANTED = {
    "PurserNotReady",
    "PurserIssuerKeysOld",
    "PurserSTSThrottled",
    "PurserBreakerOpen",
    "PurserExchangeErrors",
    "PurserSlowRequests",
    "PurserLinesLost",
    "PurserBrokerCredentialsExpire",
    "PurserConnectionLimit",
    "PurserRateLimited",
    "PurserEventLoopLag",
    "PurserRestarts",
}


CERTIFICATES = ("PurserCertificateExpires", "PurserCertificateRefused")


def rule(name, expression):
    return {"alert": name, "expr": expression}


@pytest.fixture
def purser(tmp_path, login, started):
    """A provider with discovery, so that keys have an age, and AWS credentials with an end."""
    provider = started(Provider(login.key_set))
    plane, sts = started(DataPlane()), started(FakeSTS())
    end = datetime.now(timezone.utc) + timedelta(hours=8)
    keys = BROKER_KEYS | {
        "AWS_SESSION_TOKEN": "the-session-token-of-the-broker",
        "AWS_CREDENTIAL_EXPIRATION": end.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    limits = {"user-rate": 2, "exchange-timeout": "2s"}
    made = settings(issuer(provider.issuer, "discovery"), limits=limits)
    purser = started(Purser(tmp_path / "purser", made, sts.url, AWS_ENDPOINT_URL_RUM=plane.url, **keys))
    purser.ready()
    purser.sts, purser.login, purser.end = sts, login.at(provider.issuer), end
    return purser


def with_faults(purser):
    """Successes, then an STS that throttles, fails and is down, with users who send too much, and forged tokens."""
    good = purser.login.token("alice")
    statuses = Counter(purser.credentials(good).status for _ in range(30))
    statuses += Counter([purser.guest().status, post(purser, good).status])
    purser.sts.otherwise = sts_responses.error(400, "Throttling")
    statuses[purser.credentials(purser.login.token("bob")).status] += 1
    statuses += Counter(purser.credentials(f"{good[:-4]}AAAA").status for _ in range(5))
    purser.sts.otherwise = sts_responses.error(503, "ServiceUnavailable")
    for number in range(40):
        statuses[purser.credentials(purser.login.token(f"user-{number}")).status] += 1
    return statuses


def test_each_alert_of_the_runbook_has_a_value_and_fires_when_it_should(tmp_path, purser, started):
    table = dict(alerts())
    assert set(table) >= WANTED
    prometheus = started(Prometheus(tmp_path / "prometheus", purser, [rule(*row) for row in table.items()]))
    # Rates need a scrape before the faults.
    eventually(lambda: prometheus.query("purser_ready == 1"), lambda: str(prometheus.targets()))
    statuses = with_faults(purser)
    assert {200, 401, 429, 503} <= set(statuses), statuses

    def value(expression):
        return [number for _, number in prometheus.query(expression) if not math.isnan(number)]

    for name, expression in table.items():
        if name in ("PurserLogoutsFail", *CERTIFICATES):
            continue  # below
        eventually(lambda: value(left_side(expression)), lambda: f"{name}: no value of {left_side(expression)}", 30)
    expected = {"PurserBreakerOpen", "PurserSTSThrottled", "PurserExchangeErrors", "PurserServerErrors"}
    expected |= {"PurserRateLimited"}
    eventually(lambda: expected <= prometheus.firing(), lambda: f"{expected} of {prometheus.firing()}", 30)
    quiet = {"PurserDown", "PurserNotReady", "PurserRestarts", "PurserLinesLost", "PurserBrokerCredentialsExpire"}
    quiet |= {"PurserConnectionLimit", "PurserIssuerKeysOld", "PurserIssuerWithoutKeys", "PurserCacheEvicts"}
    assert not quiet & prometheus.firing()
    [target] = prometheus.targets()
    assert target["health"] == "up", target
    [(_, expiry)] = prometheus.query("purser_broker_credentials_expiry_timestamp_seconds")
    assert abs(expiry - purser.end.timestamp()) < 2
    [(_, saved)] = prometheus.query('purser_aws_calls_saved_total{app="shop"}')
    assert saved >= 5


def test_the_alert_on_logouts_has_a_value(tmp_path, purser, started):
    """Its series exist without an issuer that sends logout tokens, at 0."""
    prometheus = started(Prometheus(tmp_path / "prometheus", purser))
    expression = left_side(dict(alerts())["PurserLogoutsFail"])
    eventually(lambda: prometheus.query(expression), lambda: expression, 30)
    assert prometheus.query(expression) == [({}, 0)]


def test_the_alerts_on_certificates_have_values_where_a_listener_has_tls(tmp_path, login, sts, started):
    authority = Authority(tmp_path / "authority")
    files = CertificateFiles(tmp_path / "files", authority.issue(days=5))
    made = settings(login.pinned(tmp_path / "purser"))
    made["listen"] = {"address": "127.0.0.1:0", "tls": files.settings}
    contexts = {"public": authority.client_context()}
    purser = started(EncryptedPurser(tmp_path / "purser", made, sts.url, contexts=contexts, **BROKER_KEYS))
    table = dict(alerts())
    prometheus = started(Prometheus(tmp_path / "prometheus", purser, [rule(name, table[name]) for name in CERTIFICATES]))
    for name in CERTIFICATES:
        expression = left_side(table[name])
        eventually(lambda: prometheus.query(expression), lambda: f"{name}: no value of {expression}", 30)
    eventually(lambda: prometheus.firing() == {"PurserCertificateExpires"}, lambda: str(prometheus.firing()), 30)


def test_prometheus_reads_openmetrics_and_stores_exemplars_of_requests(tmp_path, purser, started):
    prometheus = started(Prometheus(tmp_path / "prometheus", purser))
    answered = {purser.credentials(purser.login.token("alice")).header("X-Request-Id") for _ in range(2)}
    expression = 'purser_request_duration_seconds_bucket{endpoint="credentials"}'
    found = eventually(lambda: prometheus.exemplars(expression), lambda: str(prometheus.targets()), 30)
    assert answered & {exemplar["labels"]["request_id"] for exemplar in found}


def test_both_formats_are_clean_and_have_the_same_samples(purser):
    with_faults(purser)
    plain = purser.probe("/metrics")
    assert lint(plain.text) == ""
    accept = [("Accept", "application/openmetrics-text; version=1.0.0; charset=utf-8, text/plain; q=0.5")]
    rich = fetch(purser.url("admin") + "/metrics", headers=accept)
    assert rich.header("Content-Type") == "application/openmetrics-text; version=1.0.0; charset=utf-8"
    assert plain.header("Vary") == rich.header("Vary") == "Accept"

    def names(families):
        return {(sample.name, *sorted(sample.labels.items())) for family in families for sample in family.samples}

    families = list(openmetrics.text_string_to_metric_families(rich.text))
    assert names(families) == names(text_string_to_metric_families(plain.text))
    assert any(sample.exemplar for family in families for sample in family.samples)


def test_promtool_finds_a_mistake():
    """Otherwise the test above could not fail."""
    assert "no help text" in lint("# TYPE x_total counter\nx_total 1\n")
    assert "error" in lint("# HELP x X.\n# TYPE x gauge\nx{ 1\n")
