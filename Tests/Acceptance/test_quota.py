# SPDX-License-Identifier: Apache-2.0
"""Rate limits keep AWS's quota, and the circuit breaker stops calls while STS is down."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from harness import sts_responses
from harness.deadline import eventually
from harness.observability import await_metric, metric
from harness.settings import APP, app


def first_requests(purser, tokens, send=None):
    """Sends one request per token at once; returns the responses in the order of the tokens."""
    with ThreadPoolExecutor(len(tokens)) as pool:
        return list(pool.map(send or (lambda token: purser.credentials(token, timeout=30)), tokens))


def test_first_requests_over_the_sts_rate_limit_get_503_with_retry_after(broker, login, sts):
    purser = broker(limits={"sts-rate": 20, "exchange-timeout": "3s"})
    tokens = [login.token(f"user-{number}") for number in range(150)]
    began = time.monotonic()
    answers = first_requests(purser, tokens)
    took = time.monotonic() - began
    count = Counter(answer.status for answer in answers)
    times = [request.at for request in sts.requests]
    seconds = Counter(int(moment - times[0]) for moment in times)
    print(f"\nfirst requests: {dict(count)} in {took:.1f} s, {sts.count} calls of STS, {dict(seconds)} a second")
    assert set(count) == {200, 503} and sum(count.values()) == len(tokens)
    assert count[200] == sts.count, "each served user caused exactly one call"
    # Two at once, then 20 per second for two of the three seconds of the exchange timeout.
    assert 35 <= count[200] <= 2 + 20 * took + 2
    assert max(seconds.values()) <= 24
    refused = [answer for answer in answers if answer.status == 503]
    for answer in refused:
        assert answer.json["code"] == "unavailable"
        assert 1 <= int(answer.header("Retry-After")) <= 9
        assert purser.log_line_of(answer)["reason"] == "exchange_throttled"
    await_metric(purser, "purser_aws_attempts_total", len(refused), service="sts", outcome="turned_away")
    await_metric(purser, "purser_aws_waiting", 0, service="sts")
    # A client that retries after Retry-After is served.
    time.sleep(int(refused[-1].header("Retry-After")))
    again = first_requests(purser, [token for token, answer in zip(tokens, answers) if answer.status == 503][:20])
    assert {answer.status for answer in again} == {200}


def test_a_queue_of_one_app_does_not_delay_another_app(broker, login, sts):
    apps = {name: app(login.url) for name in (APP, "quiet")}
    purser = broker(limits={"sts-rate": 10, "exchange-timeout": "6s"}, apps=apps)
    tokens = [login.token(f"user-{number}") for number in range(45)]
    with ThreadPoolExecutor(len(tokens)) as pool:
        answers = [pool.submit(purser.credentials, token, timeout=30) for token in tokens]
        await_metric(purser, "purser_aws_waiting", lambda waiting: waiting >= 25, service="sts")
        began = time.monotonic()
        assert purser.credentials(login.token("quiet-user"), app="quiet").status == 200
        waited = time.monotonic() - began
        assert sum(answer.done() for answer in answers) < len(tokens) - 10, "the other app's queue is still long"
        assert waited < 1.0
        assert {answer.result().status for answer in answers} <= {200, 503}


def test_the_sts_rate_drops_on_throttling_and_rises_again(broker, login, sts):
    purser = broker()
    await_metric(purser, "purser_aws_rate", 500, service="sts")
    sts.otherwise = sts_responses.error(400, "Throttling", "Rate exceeded")
    first_requests(purser, [login.token(f"user-{number}") for number in range(10)])
    await_metric(purser, "purser_aws_rate", lambda rate: rate < 400, service="sts")
    slowed = metric(purser, "purser_aws_rate", service="sts")
    sts.otherwise = sts_responses.session()
    assert purser.credentials(login.token("later")).status == 200
    await_metric(purser, "purser_aws_rate", lambda rate: rate > slowed + 5, service="sts")


def test_the_circuit_breaker_fails_fast_while_sts_is_down_and_probes_for_recovery(broker, login, sts):
    purser = broker()
    cached = login.token("cached-before")
    assert purser.credentials(cached).status == 200
    sts.otherwise = sts_responses.error(500, "InternalFailure")
    first_requests(purser, [login.token(f"user-{number}") for number in range(12)])
    await_metric(purser, "purser_aws_breaker_open", 1, service="sts")
    count_before, began = sts.count, time.monotonic()
    for number in range(20):
        answer = purser.credentials(login.token(f"other-{number}"))
        assert answer.status == 503 and 1 <= int(answer.header("Retry-After")) <= 30
        assert purser.credentials(cached).status == 200
    took = time.monotonic() - began
    # The backoff begins at half a second and doubles: one probe per period.
    assert sts.count - count_before <= 1 + took / 0.5, f"{sts.count - count_before} calls in {took:.1f} s"
    await_metric(purser, "purser_aws_attempts_total", lambda count: count >= 15, service="sts", outcome="breaker_open")
    sts.otherwise = sts_responses.session()
    eventually(lambda: purser.credentials(login.token("after")).status == 200, "recovery", every=0.1)
    await_metric(purser, "purser_aws_breaker_open", 0, service="sts")
    assert purser.credentials(login.token("and-after")).status == 200


def test_user_errors_and_idp_communication_errors_do_not_open_the_circuit_breaker(broker, login, sts):
    purser = broker()
    for code in ("AccessDenied", "IDPCommunicationError"):
        sts.otherwise = sts_responses.error(400, code)
        answers = first_requests(purser, [login.token(f"{code}-{number}") for number in range(25)])
        assert {answer.status for answer in answers} <= {502, 503}
        assert metric(purser, "purser_aws_breaker_open", service="sts") == 0
    sts.otherwise = sts_responses.session()
    assert purser.credentials(login.token()).status == 200
