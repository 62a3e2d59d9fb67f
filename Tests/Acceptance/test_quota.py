"""AWS's quota is kept, and STS is left alone while it is down."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from harness import sts_answers as says
from harness.deadline import eventually
from harness.prometheus import value
from harness.settings import APP, app


def first_requests(purser, tokens, ask=None):
    """Everybody at once; answers in the order of the tokens."""
    with ThreadPoolExecutor(len(tokens)) as pool:
        return list(pool.map(ask or (lambda token: purser.credentials(token, timeout=30)), tokens))


def test_a_storm_of_first_requests_stays_under_the_rate_and_the_rest_is_told_when_to_come_again(broker, login, sts):
    purser = broker(limits={"sts-rate": 20, "exchange-timeout": "3s"})
    tokens = [login.token(f"user-{number}") for number in range(150)]
    began = time.monotonic()
    answers = first_requests(purser, tokens)
    took = time.monotonic() - began
    count = Counter(answer.status for answer in answers)
    arrivals = [request.at for request in sts.requests]
    seconds = Counter(int(moment - arrivals[0]) for moment in arrivals)
    print(f"\nstorm: {dict(count)} in {took:.1f} s, {sts.count} calls of STS, {dict(seconds)} a second")
    assert set(count) == {200, 503} and sum(count.values()) == len(tokens)
    assert count[200] == sts.count, "nobody was served without a call or left out after one"
    # Two at once, then 20 a second for two of the three seconds that an exchange may take.
    assert 35 <= count[200] <= 2 + 20 * took + 2
    assert max(seconds.values()) <= 24
    refused = [answer for answer in answers if answer.status == 503]
    for answer in refused:
        assert answer.json["code"] == "unavailable"
        assert 1 <= int(answer.header("Retry-After")) <= 9
        assert purser.answered(answer)["reason"] == "exchange_throttled"
    assert value(purser, "purser_aws_attempts_total", service="sts", outcome="turned_away") == len(refused)
    assert value(purser, "purser_aws_waiting", service="sts") == 0
    # Whoever comes again when he was told to is served.
    time.sleep(int(refused[-1].header("Retry-After")))
    again = first_requests(purser, [token for token, answer in zip(tokens, answers) if answer.status == 503][:20])
    assert {answer.status for answer in again} == {200}


def test_an_app_that_storms_keeps_no_other_app_waiting(broker, login, sts):
    apps = {name: app(login.url) for name in (APP, "quiet")}
    purser = broker(limits={"sts-rate": 10, "exchange-timeout": "6s"}, apps=apps)
    storm = [login.token(f"user-{number}") for number in range(45)]
    with ThreadPoolExecutor(len(storm)) as pool:
        answers = [pool.submit(purser.credentials, token, timeout=30) for token in storm]
        eventually(lambda: value(purser, "purser_aws_waiting", service="sts") >= 25, "a queue")
        began = time.monotonic()
        assert purser.credentials(login.token("quiet-user"), app="quiet").status == 200
        waited = time.monotonic() - began
        assert sum(answer.done() for answer in answers) < len(storm) - 10, "the storm goes on"
        assert waited < 1.0
        assert {answer.result().status for answer in answers} <= {200, 503}


def test_when_sts_throttles_fewer_calls_go_out_and_more_again_later(broker, login, sts):
    purser = broker()
    assert value(purser, "purser_aws_rate", service="sts") == 500
    sts.otherwise = says.error(400, "Throttling", "Rate exceeded")
    first_requests(purser, [login.token(f"user-{number}") for number in range(10)])
    slowed = value(purser, "purser_aws_rate", service="sts")
    assert slowed < 400
    sts.otherwise = says.session()
    assert purser.credentials(login.token("later")).status == 200
    eventually(lambda: value(purser, "purser_aws_rate", service="sts") > slowed + 5, "a higher rate", every=0.1)


def test_while_sts_is_down_requests_fail_at_once_and_single_probes_find_it_up_again(broker, login, sts):
    purser = broker()
    cached = login.token("cached-before")
    assert purser.credentials(cached).status == 200
    sts.otherwise = says.error(500, "InternalFailure")
    first_requests(purser, [login.token(f"user-{number}") for number in range(12)])
    eventually(lambda: value(purser, "purser_aws_breaker_open", service="sts") == 1, "an open breaker")
    asked, began = sts.count, time.monotonic()
    for number in range(20):
        answer = purser.credentials(login.token(f"other-{number}"))
        assert answer.status == 503 and 1 <= int(answer.header("Retry-After")) <= 30
        assert purser.credentials(cached).status == 200
    took = time.monotonic() - began
    # Pauses of half a second and more, doubling: one probe in each.
    assert sts.count - asked <= 1 + took / 0.5, f"{sts.count - asked} calls in {took:.1f} s"
    assert value(purser, "purser_aws_attempts_total", service="sts", outcome="breaker_open") >= 15
    sts.otherwise = says.session()
    eventually(lambda: purser.credentials(login.token("after")).status == 200, "recovery", every=0.1)
    assert value(purser, "purser_aws_breaker_open", service="sts") == 0
    assert purser.credentials(login.token("and-after")).status == 200


def test_users_own_mistakes_and_an_identity_provider_that_aws_can_not_reach_open_nothing(broker, login, sts):
    purser = broker()
    for code in ("AccessDenied", "IDPCommunicationError"):
        sts.otherwise = says.error(400, code)
        answers = first_requests(purser, [login.token(f"{code}-{number}") for number in range(25)])
        assert {answer.status for answer in answers} <= {502, 503}
        assert value(purser, "purser_aws_breaker_open", service="sts") == 0
    sts.otherwise = says.session()
    assert purser.credentials(login.token()).status == 200
