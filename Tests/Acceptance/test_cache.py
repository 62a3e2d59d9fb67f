"""One exchange serves everybody whom it may serve, and nobody else."""

import asyncio
import threading

import pytest
from harness import raw
from harness import sts_answers as says
from harness.crowd import Crowd
from harness.deadline import eventually
from harness.prometheus import value
from harness.settings import app

PATH = "/v1/apps/shop/credentials"
PATIENT = {"connections": 12_000, "header-timeout": "60s", "idle-timeout": "60s", "exchange-timeout": "60s"}


def request(token, path=PATH):
    return raw.head("GET", path, f"Authorization: Bearer {token}")


async def ask_while_sts_thinks(purser, sts, size, request):
    sts.hold()
    async with Crowd(purser.address, size).connected() as crowd:
        await crowd.ask(request)
        # All requests are out and at least one has reached STS before STS says anything.
        await asyncio.to_thread(sts.await_count, 1)
        sts.release()
        return await crowd.answers()


def assert_one_exchange(purser, sts):
    """One call of STS. Where the crowd alone kept this machine busy for longer than an attempt may take, that attempt was
    given up and made again by the same exchange."""

    def attempts(outcome):
        return value(purser, "purser_aws_attempts_total", service="sts", outcome=outcome)

    assert attempts("succeeded") == 1
    assert sts.count == 1 + attempts("timed_out")


def test_ten_thousand_simultaneous_first_requests_of_a_user_make_one_call(broker, login, sts):
    purser, token = broker(limits=PATIENT), login.token()
    purser.ledger.learn_token(token)
    answers = asyncio.run(ask_while_sts_thinks(purser, sts, 10_000, request(token)))
    assert {status for status, _, _ in answers} == {200}
    assert len({body for _, _, body in answers}) == 1
    assert len({headers["x-request-id"] for _, headers, _ in answers}) == 10_000
    assert_one_exchange(purser, sts)


def test_simultaneous_guests_make_one_call(broker, sts):
    purser = broker(limits=PATIENT)
    answers = asyncio.run(ask_while_sts_thinks(purser, sts, 1000, raw.head("GET", "/v1/apps/shop/guest-credentials")))
    assert {status for status, _, _ in answers} == {200}
    assert_one_exchange(purser, sts)


def test_simultaneous_requests_share_a_failure_and_the_next_one_does_not(broker, login, sts):
    purser, token = broker(limits=PATIENT), login.token()
    sts.otherwise = says.error(403, "AccessDenied")
    answers = asyncio.run(ask_while_sts_thinks(purser, sts, 500, request(token)))
    assert {status for status, _, _ in answers} == {502}
    asked = sts.count
    assert asked < 500 / 10, "each waiter asked for itself"
    sts.otherwise = says.session()
    assert purser.credentials(token).status == 200
    assert sts.count == asked + 1


def test_simultaneous_first_requests_of_many_users_make_one_call_each(broker, login, sts):
    purser = broker(limits=PATIENT)
    tokens = [login.token(f"subject-number-{number}") for number in range(50)]
    sts.hold()
    results = {}

    def ask(token):
        results[token] = [purser.credentials(token, timeout=30).json["accessKeyId"] for _ in range(2)]

    threads = [threading.Thread(target=ask, args=[token]) for token in tokens * 2]
    for thread in threads:
        thread.start()
    sts.await_count(50)
    sts.release()
    for thread in threads:
        thread.join(30)
    assert sts.count == 50
    assert all(len(set(keys)) == 1 for keys in results.values())
    assert len({keys[0] for keys in results.values()}) == 50


def test_neither_two_users_nor_one_user_of_two_apps_ever_share(broker, login, sts):
    same = app(login.url)
    purser = broker(apps={"shop": same, "office": same})
    keys = set()
    for subject in ("subject-alice", "subject-bob", "Subject-Alice", "subject-alice "):
        for name in ("shop", "office"):
            keys.add(purser.credentials(login.token(subject), app=name).json["accessKeyId"])
    for name in ("shop", "office"):
        keys.add(purser.guest(app=name).json["accessKeyId"])
    assert len(keys) == sts.count == 10


def test_a_user_who_is_refused_gets_nothing_of_what_is_cached(broker, login):
    purser = broker()
    assert purser.credentials(login.token()).status == 200
    for bad in (login.token(exp=1), login.token()[:-4] + "AAAA"):
        assert purser.credentials(bad).status == 401


def test_a_caller_that_hangs_up_cancels_nobody(broker, login, sts):
    purser, token = broker(), login.token()
    sts.hold()
    hasty = raw.connect(purser.address)
    hasty.sendall(request(token))
    sts.await_count(1)
    with raw.connect(purser.address) as patient:
        patient.sendall(request(token))
        hasty.close()
        sts.release()
        assert raw.read_answer(patient)[0] == 200
    assert sts.count == 1


def test_what_the_only_caller_did_not_wait_for_is_kept(broker, login, sts):
    purser, token = broker(), login.token()
    sts.hold()
    with raw.connect(purser.address) as hasty:
        hasty.sendall(request(token))
        sts.await_count(1)
    sts.release()
    assert purser.credentials(token).status == 200
    assert sts.count == 1


@pytest.mark.parametrize("entries", [16])
def test_the_cache_is_bounded(broker, login, sts, entries):
    purser = broker(cache={"entries": entries})
    tokens = [login.token(f"subject-number-{number}") for number in range(4 * entries)]
    for _ in range(2):
        assert {purser.credentials(token).status for token in tokens} == {200}
    assert sts.count >= 7 * entries, "more was kept than there is room for"
    eventually(lambda: purser.credentials(tokens[-1]).status == 200, "an answer")
