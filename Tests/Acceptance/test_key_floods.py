"""Strangers who send thousands of tokens that no key fits: no flood reaches a provider, and known users are served."""

import asyncio
import secrets
import time

import pytest
from harness import raw
from harness.crowd import Crowd
from harness.deadline import eventually
from harness.flood import Among, flood
from harness.provider import Provider
from harness.settings import issuer, settings
from harness.tokens import compact

FLOOD = 10_000
PATH = "/v1/apps/shop/credentials"


@pytest.fixture
def provider(started, login):
    return started(Provider(login.key_set))


@pytest.fixture(params=["url", "discovery"])
def keys(request, provider):
    return "discovery" if request.param == "discovery" else provider.key_set_url


def request(token):
    return raw.head("GET", PATH, f"Authorization: Bearer {token}")


def strangers(login, number, claims=lambda _: {}, header=lambda _: {}):
    """Tokens with a signature of the right size that is nobody's; the ledger needs to know a few only."""
    signature = secrets.token_bytes(256)
    for n in range(number):
        yield compact(
            login.header(**header(n)), login.claims(f"flooding-subject-{n}", **claims(n)), lambda message: signature
        )


def flooded(purser, login, tokens):
    """Statuses of the flood, and the user among it."""
    tokens, known = list(tokens), login.token("the-known-subject")
    for token in [known, *tokens[:: len(tokens) // 10]]:
        purser.ledger.learn_token(token)
    assert purser.credentials(known).status == 200
    among = Among(purser.address, request(known))
    asyncio.run(flood(purser.address, map(request, strangers(login, 500, header=lambda n: {"kid": None, "alg": "none"}))))
    before, began = purser.resident(), time.monotonic()
    statuses = asyncio.run(among.during(flood(purser.address, map(request, tokens))))
    lasted, grown = time.monotonic() - began, purser.resident() - before
    print(
        f"\nflood: {dict(statuses)} in {lasted:.1f} s; a known user meanwhile {dict(among.statuses)}, "
        f"median {among.milliseconds(0.5):.1f} ms, 99 % within {among.milliseconds(0.99):.1f} ms; "
        f"memory {before / 2**20:.0f} MiB and then {grown / 2**20:+.1f} MiB"
    )
    assert statuses.total() == len(tokens)
    assert set(among.statuses) == {200} and among.statuses[200] >= 100
    assert grown < 32 * 2**20
    return statuses


def test_ten_thousand_unknown_kids_cause_at_most_one_fetch(serve, login, sts, provider):
    mine = login.at(provider.issuer)
    purser = serve(settings(issuer(provider.issuer, "discovery")), sts)
    purser.ready()
    began, asked = time.monotonic(), len(provider.fetches())
    statuses = flooded(purser, mine, strangers(mine, FLOOD, header=lambda n: {"kid": f"unknown-kid-{n}"}))
    cool_downs = int((time.monotonic() - began) / 30)
    assert set(statuses) == {401}
    assert asked == 1
    assert len(provider.fetches()) <= asked + 1 + cool_downs
    print(f"{len(provider.fetches()) - asked} fetches")


def test_unknown_kids_at_the_same_moment_share_one_fetch_while_known_users_go_on(serve, login, sts, provider, keys):
    mine = login.at(provider.issuer)
    purser = serve(settings(issuer(provider.issuer, keys, **{"refetch-cool-down": "1s"})), sts)
    purser.ready()
    known = mine.token("the-known-subject")
    assert purser.credentials(known).status == 200
    eventually(lambda: time.monotonic() - provider.fetches()[-1] > 1, "the end of the cool-down")
    size, asked = 500, len(provider.fetches())
    tokens = list(strangers(mine, size, header=lambda n: {"kid": f"unknown-kid-{n}"}))
    provider.hold()

    async def crowd():
        async with Crowd(purser.address, size).connected() as crowd:
            for (_, writer), token in zip(crowd.streams, tokens):
                writer.write(request(token))
            await asyncio.to_thread(eventually, lambda: len(provider.fetches()) > asked, "a fetch")
            meanwhile = {(await asyncio.to_thread(purser.credentials, known)).status for _ in range(20)}
            meanwhile.add((await asyncio.to_thread(purser.credentials, mine.token("a-new-subject"))).status)
            provider.release()
            return meanwhile, await crowd.answers()

    meanwhile, answers = asyncio.run(crowd())
    assert meanwhile == {200}
    assert {status for status, _, _ in answers} == {401}
    assert len(provider.fetches()) == asked + 1


def test_ten_thousand_unknown_issuers_cause_no_request(serve, started, login, sts, provider):
    mine, trap = login.at(provider.issuer), started(Provider(login.key_set))
    purser = serve(settings(issuer(provider.issuer, "discovery")), sts)
    purser.ready()
    asked = provider.count
    names = [f"{trap.url}/{{}}", trap.url, f"{provider.url}/{{}}", "https://login-{}.example.test/", "{}"]
    statuses = flooded(
        purser, mine, strangers(mine, FLOOD, claims=lambda n: {"iss": names[n % len(names)].format(n)})
    )
    assert set(statuses) == {401}
    assert trap.count == 0
    assert provider.count == asked
