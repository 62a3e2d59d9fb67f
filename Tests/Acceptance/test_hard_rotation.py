# SPDX-License-Identifier: Apache-2.0
"""A hard rotation at a provider of several servers, under load: nobody with a token of a published key is rejected."""

import itertools
import threading
import time
from collections import Counter

import pytest
from harness.deadline import eventually
from harness.provider import KEYS, Provider, page
from harness.settings import issuer, settings
from harness.sts_client import STSClient
from harness.tokens import Issuer

WINDOW = 1.0
# The defaults of the configuration.
BURST, COOL_DOWN = 5, 5


class Poller:
    """Sends requests with the tokens of `make`, each of them `pause` seconds after the previous answer."""

    def __init__(self, purser, make, pause):
        self.answers, self._errors = [], []
        self._purser, self._make, self._pause = purser, make, pause
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        try:
            while not self._over.is_set():
                began = time.monotonic()
                answer = self._purser.credentials(self._make())
                self.answers.append((began, time.monotonic(), answer))
                self._over.wait(self._pause)
        except Exception as error:
            self._errors.append(error)
            raise

    def statuses(self, after=0.0, before=float("inf")):
        assert not self._errors, self._errors
        return Counter(one.status for began, ended, one in list(self.answers) if began >= after and ended <= before)

    def stop(self):
        self._over.set()
        self._thread.join(20)


@pytest.fixture
def provider(started, login):
    return started(Provider(login.key_set))


@pytest.fixture
def new(provider):
    return Issuer(provider.issuer, "new-key")


@pytest.fixture
def purser(serve, provider, sts):
    purser = serve(settings(issuer(provider.issuer, provider.key_set_url)), sts)
    purser.ready()
    return purser


def random_kids(login):
    numbers = itertools.count()
    return lambda: login.token("a-stranger", login.header(kid=f"random-{next(numbers)}"))


def test_no_token_of_a_published_key_is_rejected_while_a_cluster_rotates_its_key(
    purser, started, provider, login, new
):
    old, withdrawn = login.at(provider.issuer), Issuer(provider.issuer, "withdrawn-key")
    began = time.monotonic()
    gone = started(Poller(purser, lambda token=withdrawn.token(): token, 0.1))
    stranger = started(Poller(purser, random_kids(old), 1.0))
    eventually(lambda: gone.statuses()[401] > 0, "rejection of the withdrawn key", every=0.1)
    user = started(Poller(purser, old.token, 0.05))
    eventually(lambda: user.statuses()[200] > 3, "a user of the old key")

    sets = itertools.cycle([page(new.key_set), page(old.key_set)])
    provider.pages[KEYS] = lambda handler, server: next(sets)(handler, server)
    rotated = time.monotonic()
    fresh = [started(Poller(purser, new.token, 0.05)) for _ in range(3)]
    eventually(lambda: time.monotonic() - rotated > WINDOW, "the end of the window")
    over = time.monotonic()
    provider.publish(new.key_set)

    eventually(lambda: all(one.statuses(over)[200] > 5 for one in fresh), "users of the new key", every=0.1)
    recovered = time.monotonic()
    eventually(lambda: user.statuses(over)[401] > 0, "rejection of the old key", every=0.1)
    for poller in (gone, stranger, user, *fresh):
        poller.stop()
    lasted = time.monotonic() - began
    fetches = provider.fetches()
    seen = sum((one.statuses() for one in fresh), Counter())
    print(
        f"\nhard rotation: new key {dict(seen)}, old key in the window {dict(user.statuses(before=over))}, withdrawn "
        f"{dict(gone.statuses())}, random {dict(stranger.statuses())}; recovered {recovered - over:.1f} s after the "
        f"window; {len(fetches)} fetches in {lasted:.1f} s"
    )
    assert set(seen) <= {200, 503}, "a token of the new key must not be rejected"
    assert set(user.statuses(before=over)) <= {200, 503}, "the old key is still published by some servers"
    assert set(gone.statuses()) <= {401, 503}
    assert set(stranger.statuses()) <= {503}
    for poller in (gone, stranger, user, *fresh):
        for _, _, answer in poller.answers:
            if answer.status == 503:
                assert answer.json["code"] == "unavailable"
                assert 1 <= int(answer.header("Retry-After")) <= COOL_DOWN
    # The first fetch is that of the start.
    assert len(fetches) <= 1 + BURST + lasted / COOL_DOWN + 1


def test_random_kids_use_up_the_burst_and_a_new_key_is_found_within_the_cool_down(
    purser, started, provider, login, new
):
    old = login.at(provider.issuer)
    make = random_kids(old)
    known = old.token()
    assert purser.credentials(known).status == 200
    assert {purser.credentials(make()).status for _ in range(40)} == {503}
    exhausted = len(provider.fetches())
    assert exhausted <= 1 + BURST + 1
    provider.publish({"keys": old.key_set["keys"] + new.key_set["keys"]})
    token, answers = new.token(), []

    def accepted():
        answers.append(purser.credentials(token))
        return answers[-1].status == 200

    eventually(accepted, "acceptance of the new key", every=0.1)
    assert {answer.status for answer in answers[:-1]} <= {503}
    assert purser.credentials(known).status == 200
    assert len(provider.fetches()) <= exhausted + 2


def test_the_sts_endpoint_answers_a_pending_key_with_service_unavailable(purser, provider, login):
    make = random_kids(login.at(provider.issuer))
    assert STSClient(purser).refused(make()) == (503, "ServiceUnavailable")
    answer = purser.credentials(make())
    assert answer.status == 503
    line = purser.log_line_of(answer)
    assert line["reason"] == "key_pending" and "random-1" in line["detail"]


def test_a_client_that_keeps_to_retry_after_learns_that_a_key_is_withdrawn(purser, provider):
    token = Issuer(provider.issuer, "withdrawn-key").token()
    first = purser.credentials(token)
    assert first.status == 503
    told, at = int(first.header("Retry-After")), time.monotonic()
    eventually(lambda: time.monotonic() - at > told, "the time to retry")
    second = purser.credentials(token)
    assert (second.status, purser.log_line_of(second)["reason"]) == (401, "key_unknown")
    count = len(provider.fetches())
    assert {purser.credentials(token).status for _ in range(20)} == {401}
    assert len(provider.fetches()) == count, "a known absence causes no fetch"
