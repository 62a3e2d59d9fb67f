# SPDX-License-Identifier: Apache-2.0
"""What each family of metrics counts: histograms, the cache by app, states, the build and the process."""

import os
import re
import time
from concurrent.futures import ThreadPoolExecutor

from harness import sts_responses
from harness.command import run
from harness.deadline import eventually
from harness.observability import await_metric, metric
from harness.provider import Provider
from harness.purser import Purser
from harness.settings import BROKER_KEYS, app, issuer, settings
from prometheus_client.parser import text_string_to_metric_families

DURATION = "purser_request_duration_seconds"


def samples(purser):
    families = text_string_to_metric_families(purser.probe("/metrics").text)
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value for family in families for sample in family.samples
    }


def buckets(purser, name, **labels):
    """The cumulative counts by bound, in the order of the page."""
    families = text_string_to_metric_families(purser.probe("/metrics").text)
    [family] = [family for family in families if family.name == name]
    return {
        sample.labels["le"]: sample.value
        for sample in family.samples
        if sample.name == f"{name}_bucket" and labels.items() <= sample.labels.items()
    }


def test_each_response_is_in_the_histogram_of_its_endpoint_and_class(broker, login, sts):
    purser = broker()
    token = login.token()
    answers = [purser.credentials(token) for _ in range(5)] + [purser.credentials("junk"), purser.guest()]
    sts.otherwise = sts_responses.error(403, "AccessDenied")
    answers += [purser.credentials(login.token("bob")), purser.request("/nowhere")]
    assert [answer.status for answer in answers] == [200] * 5 + [401, 200, 502, 404]
    expected = {
        ("credentials", "2xx"): 5,
        ("credentials", "4xx"): 1,
        ("credentials", "5xx"): 1,
        ("guest-credentials", "2xx"): 1,
        ("none", "4xx"): 1,
    }
    counts = {key: value for key, value in samples(purser).items() if key[0] == f"{DURATION}_count" and value}
    found = {(dict(labels)["endpoint"], dict(labels)["status"]): value for (_, labels), value in counts.items()}
    assert found == expected
    cumulative = list(buckets(purser, DURATION, endpoint="credentials", status="2xx").values())
    assert cumulative == sorted(cumulative) and cumulative[-1] == 5
    # The log has the same durations, cut to microseconds.
    logged = [purser.log_line_of(answer)["durationMs"] / 1000 for answer in answers[:5]]
    total = metric(purser, f"{DURATION}_sum", endpoint="credentials", status="2xx")
    assert sum(logged) <= total <= sum(logged) + 5 * 2e-6


def test_no_request_adds_a_time_series(broker, login):
    purser = broker()
    before = samples(purser).keys()
    for path in ("/v1/apps/x/credentials", "/v1/apps/shop/unheard-of", "/%00", "/v1/backchannel-logout/y"):
        for method in ("GET", "POST", "PATCH", "UNHEARD"):
            purser.request(path, "junk", method=method)
    purser.credentials(login.token())
    purser.guest()
    assert samples(purser).keys() == before


def test_verification_exchange_and_attempts_have_histograms_by_outcome(broker, login, sts):
    purser = broker()
    sts.script.extend([sts_responses.session(), sts_responses.error(503, "ServiceUnavailable"), sts_responses.session()])
    assert [purser.credentials(login.token(name)).status for name in ("alice", "bob")] == [200, 200]
    sts.script.append(sts_responses.error(403, "AccessDenied"))
    assert purser.credentials(login.token("carol")).status == 502
    assert purser.credentials(login.token("dave", aud="another")).status == 401
    count = lambda name, **labels: metric(purser, f"{name}_count", **labels)  # noqa: E731
    assert count("purser_verification_duration_seconds", outcome="accepted") == 3
    assert count("purser_verification_duration_seconds", outcome="refused") == 1
    assert count("purser_exchange_duration_seconds", outcome="succeeded") == 2
    assert count("purser_exchange_duration_seconds", outcome="refused") == 1
    attempts = {
        outcome: count("purser_aws_attempt_duration_seconds", service="sts", outcome=outcome)
        for outcome in ("succeeded", "failed", "refused", "throttled")
    }
    assert attempts == {"succeeded": 2, "failed": 1, "refused": 1, "throttled": 0}


def test_the_cache_is_counted_by_app(broker, login, sts):
    apps = {name: app(login.url) for name in ("blog", "shop")}
    purser = broker(apps=apps, cache={"entries": 1})
    alice, bob = login.token("alice"), login.token("bob")
    for token in (alice, alice, alice, bob, alice):
        assert purser.credentials(token).status == 200
    of = lambda family, name="shop": metric(purser, f"purser_cache_{family}", app=name)  # noqa: E731
    assert (of("misses_total"), of("hits_total"), of("evictions_total"), of("entries")) == (3, 2, 2, 1)
    assert metric(purser, "purser_aws_calls_saved_total", app="shop") == 2
    assert {of(family, "blog") for family in ("misses_total", "hits_total", "evictions_total", "entries", "bytes")} == {0}
    # A response is the encoded credentials, and only those of one user are cached.
    size = len(purser.credentials(alice).body)
    await_metric(purser, "purser_cache_bytes", size, app="shop")


def test_requests_that_wait_for_one_exchange_are_in_flight_and_count_as_saved_calls(broker, login, sts):
    purser = broker()
    sts.hold()
    token = login.token()
    with ThreadPoolExecutor(4) as pool:
        waiting = [pool.submit(purser.credentials, token) for _ in range(4)]
        await_metric(purser, "purser_requests_in_flight", 4)
        await_metric(purser, "purser_cache_joined_total", 3, app="shop")
        sts.release()
        assert {answer.result().status for answer in waiting} == {200}
    await_metric(purser, "purser_requests_in_flight", 0)
    assert metric(purser, "purser_cache_misses_total", app="shop") == 1
    assert metric(purser, "purser_aws_calls_saved_total", app="shop") == 3


def test_the_remaining_life_and_the_size_of_sessions_are_measured(broker, login):
    purser = broker()
    assert metric(purser, "purser_packed_policy_ratio", app="shop") == 0
    answers = [purser.credentials(login.token()) for _ in range(2)] + [purser.guest()]
    assert {answer.status for answer in answers} == {200}
    life = "purser_credentials_remaining_seconds"
    assert metric(purser, f"{life}_count", audience="signed-in") == 2
    assert metric(purser, f"{life}_count", audience="guest") == 1
    assert 2 * 3000 < metric(purser, f"{life}_sum", audience="signed-in") <= 2 * 3600
    assert buckets(purser, life, audience="guest")["1800.0"] == 0
    # The fake STS returns 12 per cent.
    assert metric(purser, "purser_packed_policy_ratio", app="shop") == 0.12
    assert metric(purser, "purser_session_token_ratio", app="shop") == 0


def test_clients_over_their_rate_are_a_state_that_ends(broker):
    purser = broker(limits={"client-rate": 20})
    while purser.guest().status != 429:
        pass
    eventually(lambda: purser.guest().status == 200, "the bucket refills")
    await_metric(purser, "purser_rate_limit_exhausted", 0, limit="client")
    assert metric(purser, "purser_rate_limited_total", limit="client") >= 1


def test_ready_and_the_limit_of_the_rate(serve, started, login, sts):
    provider = started(Provider())
    purser = serve(settings(issuer(provider.issuer, "discovery"), limits={"sts-rate": 50}), sts)
    assert metric(purser, "purser_ready") == 0 and purser.probe("/readyz").status == 503
    provider.publish(login.key_set)
    assert metric(purser, "purser_aws_rate_limit", service="sts") == 50
    assert metric(purser, "purser_issuer_keys", issuer=provider.issuer) == 0


def test_event_loops_are_measured_without_requests(broker):
    purser = broker()
    await_metric(purser, "purser_event_loop_lag_seconds_count", lambda count: count >= 4)
    assert buckets(purser, "purser_event_loop_lag_seconds")["+Inf"] >= 4


def test_the_build_and_the_process_are_described(open_directory, login, started, sts):
    """As an unprivileged user, who may not list the files of a process that is not dumpable."""
    made = settings(login.pinned(open_directory))
    for file in open_directory.iterdir():
        file.chmod(0o644)
    prefix = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
    purser = started(Purser(open_directory, made, sts.url, prefix=prefix, **BROKER_KEYS))
    code, output = run(open_directory, "--version")
    version, commit = re.fullmatch(r"purser (\S+) \((\S+)\)\n", output).groups()
    assert code == 0 and metric(purser, "purser_build_info", version=version, commit=commit) == 1
    used = metric(purser, "process_cpu_seconds_total")
    assert 0 < used <= purser.cpu_time()
    resident = metric(purser, "process_resident_memory_bytes")
    assert resident / 2 < purser.resident() < resident * 2
    assert metric(purser, "process_threads") == len(os.listdir(f"/proc/{purser.process.pid}/task"))
    assert metric(purser, "process_max_fds") >= 1024
    started_at = metric(purser, "process_start_time_seconds")
    assert abs(started_at - (time.time() - time.monotonic() + purser.process.spawned)) < 60
    files = metric(purser, "process_open_fds")
    if os.geteuid() == 0:
        # The connection of the scrape is one more.
        assert abs(files - len(os.listdir(f"/proc/{purser.process.pid}/fd"))) <= 2
