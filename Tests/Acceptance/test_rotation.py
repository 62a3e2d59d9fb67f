# SPDX-License-Identifier: Apache-2.0
"""Key rotation at a real provider under load."""

import threading
import time
from collections import Counter

import pytest
from harness.deadline import eventually
from harness.glewlwyd import Glewlwyd
from harness.load import Load
from harness.recording_proxy import SwitchableProxy
from harness.settings import issuer, settings
from harness.sign_in import sign_in
from harness.tokens import Issuer

COOL_DOWN = 1.0
QUICK = {"refetch-cool-down": "1s", "refetch-burst": 1}
KEYS, METADATA = "/jwks", "/openid-configuration"


@pytest.fixture
def front(started):
    return started(SwitchableProxy())


@pytest.fixture
def rotating(started, tmp_path, front):
    return started(Glewlwyd(tmp_path / "rotating", ["RS256"], front))


@pytest.fixture
def purser(serve, rotating, sts):
    purser = serve(settings(issuer(rotating.issuer, "discovery", **QUICK)), sts)
    purser.ready()
    return purser


def cooled_down(front):
    """Waits until the last fetch is two cool-downs ago, so that no fetch is pending."""
    eventually(lambda: time.monotonic() - front.fetches(KEYS)[-1] > 2 * COOL_DOWN, "the end of the cool-down")


def test_a_user_of_a_discovered_provider_gets_credentials(purser, rotating, front, sts):
    first, second = (purser.credentials(sign_in(rotating, "alice")) for _ in range(2))
    assert first.status == 200, first
    assert first.body == second.body
    assert sts.count == 1
    assert (len(front.fetches(METADATA)), len(front.fetches(KEYS))) == (1, 1)


def test_no_valid_token_is_rejected_while_keys_rotate_and_retire(purser, rotating, front, started):
    changing = threading.Lock()  # the provider signs nobody in while it is reconfigured

    def enter(user):
        with changing:
            return sign_in(rotating, user)

    began = time.monotonic()
    load = started(Load(purser, ["alice", "bob"] * 2, enter))
    retired, renewed = {}, {}
    current = rotating.keys[0]["kid"]
    load.await_answers(20, current, 200)
    for algorithm in ("RS256", "ES256", "RS256"):
        cooled_down(front)
        with changing:
            former, current = current, rotating.rotate(algorithm)
        load.await_answers(20, current, 200)
        with changing:
            retired[former] = time.monotonic()
            rotating.retire()
        # A token with a new unknown kid makes Purser fetch the keys; tokens of the former key are then rejected.
        purser.credentials(Issuer(rotating.issuer, f"nobodys-key-{former}").token())
        load.await_answers(1, former, 401, since=retired[former])
        renewed[former] = min(one.ended for one in load.answers if one.kid == former and one.status == 401)
        load.await_answers(20, former, since=renewed[former])
        load.withdrawn.add(former)
    load.stop()
    lasted = time.monotonic() - began
    never = float("inf")
    published = [one for one in load.answers if one.ended <= retired.get(one.kid, never)]
    gone = [one for one in load.answers if one.began >= renewed.get(one.kid, never)]
    fetches = front.fetches(KEYS)
    print(
        f"\nrotation: {len(load.answers)} answers in {lasted:.1f} s, 3 rotations and 3 retirements; of published keys "
        f"{dict(Counter(one.status for one in published))}, of keys gone {dict(Counter(one.status for one in gone))}; "
        f"{len(fetches)} fetches of keys, {len(front.fetches(METADATA))} of metadata"
    )
    assert {one.status for one in published} == {200}, [one for one in published if one.status != 200]
    # Purser confirms now and then that the key is still gone.
    assert {one.status for one in gone} <= {401, 503} and any(one.status == 401 for one in gone)
    assert 7 <= len(fetches) <= 2 + lasted / COOL_DOWN
    assert min(later - earlier for earlier, later in zip(fetches, fetches[1:])) > 0.9 * COOL_DOWN
    assert len(front.fetches(METADATA)) == 1


def test_a_rotation_within_the_cool_down_is_picked_up_without_another_request(purser, rotating, front):
    assert purser.credentials(sign_in(rotating, "alice")).status == 200
    cooled_down(front)
    rotating.rotate("ES256")
    assert purser.credentials(sign_in(rotating, "alice")).status == 200
    rotating.rotate("RS256")
    token = sign_in(rotating, "alice")
    count_before = len(front.fetches(KEYS))
    answer = purser.credentials(token)
    if answer.status != 200:  # on a slow machine the cool-down may be over
        assert answer.status == 503 and int(answer.header("Retry-After")) >= 1, answer
        eventually(lambda: len(front.fetches(KEYS)) > count_before, "a fetch without another request")
    eventually(lambda: purser.credentials(token).status == 200, "credentials")
    assert len(front.fetches(KEYS)) <= count_before + 2
