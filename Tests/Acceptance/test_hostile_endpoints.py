# SPDX-License-Identifier: Apache-2.0
"""Providers that later return invalid responses: Purser rejects and logs them, and keeps the old keys in use."""

import contextlib
import json
import time
from dataclasses import dataclass

import pytest
from harness import hostile_responses
from harness import settings as made
from harness.deadline import eventually
from harness.fake_sts import FakeSTS
from harness.parallel import outcome, run_in_parallel
from harness.provider import KEYS, METADATA, Provider, page
from harness.purser import Purser
from harness.tls import SelfSignedProvider
from harness.tokens import Issuer

COOL_DOWN = 1.0
SELF_SIGNED = "jwks_uri of a self-signed certificate"
CASES = [
    *(("url", name) for name in [*hostile_responses.KEY_SETS, *hostile_responses.REDIRECTS]),
    *(("discovery", name) for name in [*hostile_responses.METADATA, *hostile_responses.DIVERSIONS, SELF_SIGNED]),
]
OLD, NEW = Issuer(kid="old-key"), Issuer(kid="new-key")


@dataclass
class Outcome:
    with_unknown_key: object
    kept: list
    warnings: list
    recovered: object
    remembered_afterwards: object


class IssuerUnderTest:
    """A separate issuer for each case, so that all cases run in parallel."""

    def __init__(self, source, name, decoys):
        self._discovered, self._name, self._decoys = source == "discovery", name, decoys
        self.provider = Provider(OLD.key_set)
        self.old, self.new = OLD.at(self.provider.issuer), NEW.at(self.provider.issuer)

    def settings(self):
        keys = "discovery" if self._discovered else self.provider.key_set_url
        return made.issuer(self.provider.issuer, keys, **{"refetch-cool-down": "1s"})

    def misbehave(self):
        pages = self.provider.pages
        if self._discovered:
            pages["/moved.json"], pages[KEYS] = page(NEW.key_set), page({}, 404)
            good = json.dumps(self.provider.metadata(jwks_uri=self.provider.url + "/moved.json")).encode()
            pages[METADATA] = self._page()(good)
        else:
            pages[KEYS] = self._page()(json.dumps(NEW.key_set).encode())

    def _page(self):
        plain, self_signed = self._decoys
        if self._name == SELF_SIGNED:
            return lambda good: page(json.loads(good) | {"jwks_uri": self_signed.key_set_url})
        if self._name in hostile_responses.DIVERSIONS:
            return hostile_responses.DIVERSIONS[self._name](plain)
        return (hostile_responses.METADATA if self._discovered else hostile_responses.KEY_SETS)[self._name]

    def repair(self):
        if self._discovered:
            self.provider.pages[METADATA] = page(self.provider.metadata(jwks_uri=self.provider.url + "/moved.json"))
        else:
            self.provider.publish(NEW.key_set)

    def run(self, purser, remembered):
        with_unknown_key = purser.credentials(self.new.token(), timeout=30)
        kept = [purser.credentials(token).status for token in (remembered, self.old.token("another-subject"))]
        warnings = purser.await_log("keys not renewed", issuer=self.provider.issuer)
        self.repair()
        token = self.new.token()
        recovered = eventually(lambda: _if_ok(purser.credentials(token, timeout=30)), "recovery", every=0.2)
        afterwards = eventually(lambda: _if_decided(purser.credentials(remembered)), "a decision", every=0.2)
        return Outcome(with_unknown_key, kept, warnings, recovered, afterwards)


def _if_ok(answer):
    return answer if answer.status == 200 else None


def _if_decided(answer):
    return answer if answer.status != 503 else None


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """The outcome of each case, and the decoy providers."""
    directory = tmp_path_factory.mktemp("hostile_responses")
    with contextlib.ExitStack() as stack:

        def started(it):
            stack.callback(it.stop)
            return it

        decoys = started(Provider(NEW.key_set)), started(SelfSignedProvider(NEW.key_set, directory))
        issuers_under_test = {case: IssuerUnderTest(*case, decoys) for case in CASES}
        for issuer in issuers_under_test.values():
            started(issuer.provider)
        issuers = [issuer.settings() for issuer in issuers_under_test.values()]
        purser = started(Purser(directory, made.settings(*issuers), started(FakeSTS()).url))
        purser.ready()
        last = time.monotonic()
        tokens = {case: issuer.old.token() for case, issuer in issuers_under_test.items()}
        assert {purser.credentials(token).status for token in tokens.values()} == {200}
        eventually(lambda: time.monotonic() - last > COOL_DOWN, "the end of the cool-down")
        for issuer in issuers_under_test.values():
            issuer.misbehave()
        yield (
            run_in_parallel(
                {case: lambda case=case: issuers_under_test[case].run(purser, tokens[case]) for case in CASES}
            ),
            decoys,
        )


@pytest.fixture(params=CASES, ids=" ".join)
def case_outcome(request, outcomes):
    return outcome(outcomes[0][request.param])


def test_an_invalid_provider_response_is_rejected_and_logged_while_the_old_keys_stay_in_use(case_outcome):
    answer = case_outcome.with_unknown_key
    assert answer.status == 503, f"an unknown key must be undecided: {answer}"
    assert answer.json["code"] == "unavailable"
    assert int(answer.header("Retry-After")) >= 1
    assert case_outcome.kept == [200, 200]
    assert case_outcome.warnings and all(line["level"] in ("warning", "error") for line in case_outcome.warnings)


def test_the_next_valid_provider_response_replaces_the_keys(case_outcome):
    assert case_outcome.recovered.status == 200
    assert case_outcome.remembered_afterwards.status == 401, "a cached verdict of a removed key"


def test_no_address_that_a_provider_redirects_to_is_requested(outcomes):
    _, (plain, self_signed) = outcomes
    assert plain.requests == self_signed.requests == []


def test_a_key_endpoint_without_valid_tls_is_rejected(serve, started, tmp_path, login, sts):
    self_signed = started(SelfSignedProvider(login.key_set, tmp_path))
    plain = started(Provider(login.key_set))
    other = login.at("https://other.example.test/")
    addresses = [self_signed.key_set_url, plain.key_set_url.replace("http:", "https:")]
    purser = serve(made.settings(*map(made.issuer, (login.url, other.url), addresses)), sts)
    for name in (login.url, other.url):
        assert purser.await_log("keys not renewed", issuer=name)
    assert {purser.credentials(issuer.token()).status for issuer in (login, other)} == {503}
    assert purser.probe("/readyz").status == 503
    assert self_signed.requests == plain.requests == []
