"""Providers that begin well and then answer what they must not: it is refused, told, and the old keys stay in use."""

import contextlib
import json
import time
from dataclasses import dataclass

import pytest
from harness import hostile
from harness import settings as made
from harness.deadline import eventually
from harness.fake_sts import FakeSTS
from harness.provider import KEYS, METADATA, Provider, page
from harness.purser import Purser
from harness.tls import SelfSignedProvider
from harness.together import outcome, together
from harness.tokens import Issuer

COOL_DOWN = 1.0
SELF_SIGNED = "jwks_uri of a self-signed certificate"
CASES = [
    *(("url", name) for name in [*hostile.KEY_SETS, *hostile.REDIRECTS]),
    *(("discovery", name) for name in [*hostile.METADATA, *hostile.LURES, SELF_SIGNED]),
]
OLD, NEW = Issuer(kid="old-key"), Issuer(kid="new-key")


@dataclass
class Outcome:
    provoked: object
    kept: list
    told: list
    recovered: object
    forgotten: object


class Victim:
    """An issuer of its own for each case, so that all of them can go wrong at the same time."""

    def __init__(self, source, name, traps):
        self._discovered, self._name, self._traps = source == "discovery", name, traps
        self.provider = Provider(OLD.key_set)
        self.old, self.new = OLD.at(self.provider.issuer), NEW.at(self.provider.issuer)

    def settings(self):
        keys = "discovery" if self._discovered else self.provider.key_set_url
        return made.issuer(self.provider.issuer, keys, **{"refetch-cool-down": "1s"})

    def turn(self):
        pages = self.provider.pages
        if self._discovered:
            pages["/moved.json"], pages[KEYS] = page(NEW.key_set), page({}, 404)
            good = json.dumps(self.provider.metadata(jwks_uri=self.provider.url + "/moved.json")).encode()
            pages[METADATA] = self._page()(good)
        else:
            pages[KEYS] = self._page()(json.dumps(NEW.key_set).encode())

    def _page(self):
        plain, self_signed = self._traps
        if self._name == SELF_SIGNED:
            return lambda good: page(json.loads(good) | {"jwks_uri": self_signed.key_set_url})
        if self._name in hostile.LURES:
            return hostile.LURES[self._name](plain)
        return (hostile.METADATA if self._discovered else hostile.KEY_SETS)[self._name]

    def heal(self):
        if self._discovered:
            self.provider.pages[METADATA] = page(self.provider.metadata(jwks_uri=self.provider.url + "/moved.json"))
        else:
            self.provider.publish(NEW.key_set)

    def suffer(self, purser, remembered):
        provoked = purser.credentials(self.new.token(), timeout=30)
        kept = [purser.credentials(token).status for token in (remembered, self.old.token("another-subject"))]
        told = purser.told("keys not renewed", issuer=self.provider.issuer)
        self.heal()
        token = self.new.token()
        recovered = eventually(lambda: _if_ok(purser.credentials(token, timeout=30)), "recovery", every=0.2)
        return Outcome(provoked, kept, told, recovered, purser.credentials(remembered))


def _if_ok(answer):
    return answer if answer.status == 200 else None


@pytest.fixture(scope="module")
def suffered(tmp_path_factory):
    """What happened to each case, and the traps."""
    directory = tmp_path_factory.mktemp("hostile")
    with contextlib.ExitStack() as stack:

        def started(it):
            stack.callback(it.stop)
            return it

        traps = started(Provider(NEW.key_set)), started(SelfSignedProvider(NEW.key_set, directory))
        victims = {case: Victim(*case, traps) for case in CASES}
        for victim in victims.values():
            started(victim.provider)
        issuers = [victim.settings() for victim in victims.values()]
        purser = started(Purser(directory, made.settings(*issuers), started(FakeSTS()).url))
        purser.ready()
        last = time.monotonic()
        tokens = {case: victim.old.token() for case, victim in victims.items()}
        assert {purser.credentials(token).status for token in tokens.values()} == {200}
        eventually(lambda: time.monotonic() - last > COOL_DOWN, "the end of the cool-down")
        for victim in victims.values():
            victim.turn()
        yield together({case: lambda case=case: victims[case].suffer(purser, tokens[case]) for case in CASES}), traps


@pytest.fixture(params=CASES, ids=" ".join)
def suffering(request, suffered):
    return outcome(suffered[0][request.param])


def test_it_is_refused_and_told_while_the_old_keys_stay_in_use(suffering):
    answer = suffering.provoked
    assert answer.status == 503, f"an unknown key cannot be decided upon: {answer}"
    assert answer.json["code"] == "unavailable"
    assert int(answer.header("Retry-After")) >= 1
    assert suffering.kept == [200, 200]
    assert suffering.told and all(line["level"] in ("warning", "error") for line in suffering.told)


def test_it_recovers_with_the_next_good_answer(suffering):
    assert suffering.recovered.status == 200
    assert suffering.forgotten.status == 401, "a remembered token of a key that is gone"


def test_no_address_is_asked_that_a_provider_leads_to(suffered):
    _, (plain, self_signed) = suffered
    assert plain.requests == self_signed.requests == []


def test_an_endpoint_without_valid_tls_is_never_believed(serve, started, tmp_path, login, sts):
    self_signed = started(SelfSignedProvider(login.key_set, tmp_path))
    plain = started(Provider(login.key_set))
    other = login.at("https://other.example.test/")
    addresses = [self_signed.key_set_url, plain.key_set_url.replace("http:", "https:")]
    purser = serve(made.settings(*map(made.issuer, (login.url, other.url), addresses)), sts)
    for name in (login.url, other.url):
        eventually(lambda: purser.log("keys not renewed", issuer=name), f"a line about {name}")
    assert {purser.credentials(issuer.token()).status for issuer in (login, other)} == {503}
    assert purser.probe("/readyz").status == 503
    assert self_signed.requests == plain.requests == []
