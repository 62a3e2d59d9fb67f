# SPDX-License-Identifier: Apache-2.0
"""The cache and single flight: one exchange per user and app, never shared with others."""

import asyncio
import threading

import pytest
from harness import raw, sts_responses
from harness.concurrent_clients import ConcurrentClients
from harness.deadline import eventually
from harness.observability import await_metric, metric
from harness.settings import app

PATH = "/v1/apps/shop/credentials"
LONG_TIMEOUTS = {"connections": 12_000, "header-timeout": "60s", "idle-timeout": "60s", "exchange-timeout": "60s"}


def request(token, path=PATH):
    return raw.head("GET", path, f"Authorization: Bearer {token}")


async def send_while_sts_holds(purser, sts, size, request):
    sts.hold()
    async with ConcurrentClients(purser.address, size).connected() as clients:
        await clients.send(request)
        # All requests are sent, and at least one has reached STS, before STS responds.
        await asyncio.to_thread(sts.await_count, 1)
        sts.release()
        return await clients.answers()


def assert_one_exchange(purser, sts):
    """One successful STS call. When the load of the clients makes an attempt time out, which may have reached STS or
    not, the exchange retries it."""

    # Purser closes the connections of ten thousand clients first, which takes its time on a busy machine.
    await_metric(purser, "purser_aws_attempts_total", 1, within=90, service="sts", outcome="succeeded")
    timed_out = metric(purser, "purser_aws_attempts_total", service="sts", outcome="timed_out")
    assert 1 <= sts.count <= 1 + timed_out


def test_ten_thousand_simultaneous_first_requests_of_a_user_make_one_sts_call(broker, login, sts):
    purser, token = broker(limits=LONG_TIMEOUTS), login.token()
    purser.known_secrets.add_token(token)
    answers = asyncio.run(send_while_sts_holds(purser, sts, 10_000, request(token)))
    assert {status for status, _, _ in answers} == {200}
    assert len({body for _, _, body in answers}) == 1
    assert len({headers["x-request-id"] for _, headers, _ in answers}) == 10_000
    assert_one_exchange(purser, sts)


def test_simultaneous_guest_requests_make_one_sts_call(broker, sts):
    purser = broker(limits=LONG_TIMEOUTS)
    answers = asyncio.run(send_while_sts_holds(purser, sts, 1000, raw.head("GET", "/v1/apps/shop/guest-credentials")))
    assert {status for status, _, _ in answers} == {200}
    assert_one_exchange(purser, sts)


def test_simultaneous_requests_share_a_failure_that_is_not_cached(broker, login, sts):
    purser, token = broker(limits=LONG_TIMEOUTS), login.token()
    sts.otherwise = sts_responses.error(403, "AccessDenied")
    answers = asyncio.run(send_while_sts_holds(purser, sts, 500, request(token)))
    assert {status for status, _, _ in answers} == {502}
    count_before = sts.count
    # On a busy machine, some requests are read only after the failure of the shared exchange.
    assert count_before < 500 / 4, "each waiting request made its own STS call"
    sts.otherwise = sts_responses.session()
    assert purser.credentials(token).status == 200
    assert sts.count == count_before + 1


def test_simultaneous_first_requests_of_many_users_make_one_sts_call_per_user(broker, login, sts):
    purser = broker(limits=LONG_TIMEOUTS)
    tokens = [login.token(f"subject-number-{number}") for number in range(50)]
    sts.hold()
    results = {}

    def request_twice(token):
        results[token] = [purser.credentials(token, timeout=30).json["accessKeyId"] for _ in range(2)]

    threads = [threading.Thread(target=request_twice, args=[token]) for token in tokens * 2]
    for thread in threads:
        thread.start()
    sts.await_count(50)
    sts.release()
    for thread in threads:
        thread.join(30)
    assert sts.count == 50
    assert all(len(set(keys)) == 1 for keys in results.values())
    assert len({keys[0] for keys in results.values()}) == 50


def test_users_and_apps_never_share_credentials(broker, login, sts):
    same = app(login.url)
    purser = broker(apps={"shop": same, "office": same})
    keys = set()
    for subject in ("subject-alice", "subject-bob", "Subject-Alice", "subject-alice "):
        for name in ("shop", "office"):
            keys.add(purser.credentials(login.token(subject), app=name).json["accessKeyId"])
    for name in ("shop", "office"):
        keys.add(purser.guest(app=name).json["accessKeyId"])
    assert len(keys) == sts.count == 10


def test_a_rejected_token_gets_no_cached_credentials(broker, login):
    purser = broker()
    assert purser.credentials(login.token()).status == 200
    for bad in (login.token(exp=1), login.token()[:-4] + "AAAA"):
        assert purser.credentials(bad).status == 401


def test_a_client_that_disconnects_does_not_cancel_the_exchange_of_others(broker, login, sts):
    purser, token = broker(), login.token()
    sts.hold()
    impatient = raw.connect(purser.address)
    impatient.sendall(request(token))
    sts.await_count(1)
    with raw.connect(purser.address) as patient:
        patient.sendall(request(token))
        impatient.close()
        sts.release()
        assert raw.read_answer(patient)[0] == 200
    assert sts.count == 1


def test_the_result_of_an_exchange_is_cached_after_its_only_client_disconnects(broker, login, sts):
    purser, token = broker(), login.token()
    sts.hold()
    with raw.connect(purser.address) as impatient:
        impatient.sendall(request(token))
        sts.await_count(1)
    sts.release()
    assert purser.credentials(token).status == 200
    assert sts.count == 1


@pytest.mark.parametrize("entries", [16])
def test_the_cache_evicts_beyond_its_configured_entries(broker, login, sts, entries):
    purser = broker(cache={"entries": entries})
    tokens = [login.token(f"subject-number-{number}") for number in range(4 * entries)]
    for _ in range(2):
        assert {purser.credentials(token).status for token in tokens} == {200}
    assert sts.count >= 7 * entries, "the cache kept more entries than configured"
    eventually(lambda: purser.credentials(tokens[-1]).status == 200, "credentials")
