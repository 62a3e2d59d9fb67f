# SPDX-License-Identifier: Apache-2.0
"""A real provider whose tokens have no kid."""

import time

import pytest
from harness.deadline import eventually
from harness.provider_without_kid import ProviderWithoutKid
from harness.recording_proxy import SwitchableProxy
from harness.settings import issuer, settings

COOL_DOWN = 1.0


@pytest.fixture
def front(started):
    return started(SwitchableProxy())


def test_tokens_without_a_kid_are_verified_and_a_new_key_needs_one_fetch(serve, started, tmp_path, front, sts):
    provider = started(ProviderWithoutKid(tmp_path / "first", front))
    purser = serve(settings(issuer(front.url, "discovery", **{"refetch-cool-down": "1s"})), sts)
    purser.ready()
    old = provider.sign_in("the-kidless-user")
    for _ in range(2):
        assert purser.credentials(old).status == 200
    assert len(front.fetches("/jwks")) == 1

    provider.stop()
    assert purser.credentials(old).status == 200, "the last good key stays in use"
    second = started(ProviderWithoutKid(tmp_path / "second", front))
    new = second.sign_in("the-kidless-user")
    eventually(lambda: time.monotonic() - front.fetches("/jwks")[-1] > COOL_DOWN, "the end of the cool-down")
    assert purser.credentials(new).status == 200
    assert len(front.fetches("/jwks")) == 2
    answers = []

    def rejected():
        answers.append(purser.credentials(old))
        return answers[-1].status == 401

    eventually(rejected, "rejection of the old key's token", every=0.2)
    assert {answer.status for answer in answers[:-1]} <= {503}
    assert purser.log_line_of(answers[-1])["reason"] == "signature_invalid"
    assert purser.credentials(new).status == 200
