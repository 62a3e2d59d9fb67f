# SPDX-License-Identifier: Apache-2.0
"""Metrics: they have the same reasons as the log, and no label that a client can choose."""

from collections import Counter

import pytest
from harness.bad_tokens import BAD
from harness.fake_sts import FakeSTS
from harness.purser import Purser
from harness.settings import BROKER_KEYS, settings
from harness.web import fetch
from prometheus_client.parser import text_string_to_metric_families

PATH = "/v1/apps/shop/credentials"


@pytest.fixture
def purser(tmp_path, login):
    sts = FakeSTS()
    purser = Purser(tmp_path, settings(login.pinned(tmp_path)), sts.url, **BROKER_KEYS)
    yield purser
    purser.stop()
    sts.stop()


def test_rejected_tokens_are_counted_by_the_reason_in_the_log(purser, login):
    before = samples(purser)
    assert {value for (name, _), value in before.items() if name == "purser_tokens_refused_total"} == {0}
    answers = [purser.request(PATH, make(login)) for make, _ in BAD.values()]
    token = login.token()
    good = [purser.credentials(token) for _ in range(2)]
    assert [answer.status for answer in good] == [200, 200]
    for answer in good:
        purser.log_line_of(answer)
    reasons = Counter(purser.log_line_of(answer)["reason"] for answer in answers)
    after = samples(purser)
    assert after.keys() == before.keys(), "no request adds a sample"
    refused = {
        dict(labels)["reason"]: value
        for (name, labels), value in after.items()
        if name == "purser_tokens_refused_total" and value
    }
    answered = {
        (dict(labels)["endpoint"], dict(labels)["code"]): value
        for (name, labels), value in after.items()
        if name == "purser_answers_total" and value
    }
    # Text that is no bearer token is rejected before verification.
    verified = Counter({reason: count for reason, count in reasons.items() if reason in refused})
    assert refused == verified and sum(verified.values()) > len(BAD) / 2, (refused, reasons)
    assert len(refused) > 10, refused
    assert answered == {("credentials", "ok"): 2, ("credentials", "invalid_token"): len(BAD)}
    assert value(after, "purser_tokens_verified_total") == 1
    assert value(after, "purser_verdicts") == 1
    assert value(after, "purser_cached_credentials") == 1


def test_metrics_are_read_only_and_on_the_admin_listener_only(purser):
    assert purser.request("/metrics").status == 404
    page = purser.probe("/metrics")
    assert page.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8"
    assert page.header("Cache-Control") == "no-store"
    assert fetch(purser.url("admin") + "/metrics", method="POST").status == 405


def samples(purser):
    page = purser.probe("/metrics")
    assert page.status == 200
    found = {}
    for family in text_string_to_metric_families(page.text):
        assert family.documentation, family.name
        assert family.type in ("counter", "gauge", "histogram"), family
        for sample in family.samples:
            found[sample.name, frozenset(sample.labels.items())] = sample.value
    return found


def value(found, name):
    return found[name, frozenset()]
