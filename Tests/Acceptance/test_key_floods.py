# SPDX-License-Identifier: Apache-2.0
"""Floods of tokens with unknown keys: they cause few fetches from a provider, and known users are served."""

import asyncio
import itertools
import secrets
import threading
import time

import pytest
from harness import raw
from harness.concurrent_clients import ConcurrentClients
from harness.deadline import eventually
from harness.flood import CONNECTIONS, PIPELINED, KnownUser, flood
from harness.provider import Provider
from harness.settings import issuer, settings
from harness.tokens import Issuer, compact

FLOOD = 10_000
PATH = "/v1/apps/shop/credentials"
ONE_A_SECOND = {"refetch-cool-down": "1s", "refetch-burst": 1}


@pytest.fixture
def provider(started, login):
    return started(Provider(login.key_set))


@pytest.fixture(params=["url", "discovery"])
def keys(request, provider):
    return "discovery" if request.param == "discovery" else provider.key_set_url


def request(token):
    return raw.head("GET", PATH, f"Authorization: Bearer {token}")


def unknown_tokens(login, number, claims=lambda _: {}, header=lambda _: {}):
    """Tokens with a random signature of the right size."""
    signature = secrets.token_bytes(256)
    for n in range(number):
        yield compact(
            login.header(**header(n)), login.claims(f"flooding-subject-{n}", **claims(n)), lambda message: signature
        )


def flooded(purser, login, tokens):
    """The statuses of the flood; asserts that a known user is served during it."""
    tokens, known = list(tokens), login.token("the-known-subject")
    for token in [known, *tokens[:: len(tokens) // 10]]:
        purser.known_secrets.add_token(token)
    assert purser.credentials(known).status == 200
    known_user = KnownUser(purser.address, request(known))
    # The first rejected tokens allocate memory once, which does not count as growth.
    first = unknown_tokens(login, 500, header=lambda n: {"kid": None, "alg": "none"})
    asyncio.run(flood(purser.address, map(request, first)))
    before, began = purser.resident(), time.monotonic()
    statuses = asyncio.run(known_user.during(flood(purser.address, map(request, tokens))))
    lasted, grown = time.monotonic() - began, purser.resident() - before
    print(
        f"\nflood: {dict(statuses)} in {lasted:.1f} s; a known user meanwhile {dict(known_user.statuses)}, "
        f"median {known_user.milliseconds(0.5):.1f} ms, 99 % within {known_user.milliseconds(0.99):.1f} ms; "
        f"memory {before / 2**20:.0f} MiB and then {grown / 2**20:+.1f} MiB"
    )
    assert statuses.total() == len(tokens)
    # A connection of the flood sends a batch at a time; of as many turns, the known user gets a third at least.
    turns = len(tokens) // (CONNECTIONS * PIPELINED)
    assert set(known_user.statuses) == {200} and known_user.statuses[200] >= turns / 3
    assert grown < 32 * 2**20
    return statuses


BURST = 5


def test_ten_thousand_unknown_kids_cause_a_burst_of_key_fetches_and_then_one_per_cool_down(serve, login, sts, provider):
    mine, cool_down = login.at(provider.issuer), 12
    purser = serve(settings(issuer(provider.issuer, "discovery", **{"refetch-cool-down": f"{cool_down}s"})), sts)
    purser.ready()
    tokens = list(unknown_tokens(mine, FLOOD, header=lambda n: {"kid": f"unknown-kid-{n}"}))
    eventually(lambda: time.monotonic() - provider.fetches()[-1] > cool_down, "the end of the cool-down")
    assert len(provider.fetches()) == 1
    statuses = flooded(purser, mine, tokens)
    [_, *caused] = provider.fetches()
    print(f"fetches caused: {len(caused)}")
    assert set(statuses) == {503}, "each kid may be that of a key which the provider has just published"
    assert 1 <= len(caused) <= BURST + (time.monotonic() - caused[0]) // cool_down


@pytest.mark.parametrize("named", [True, False], ids=["unknown kids", "without kids"])
def test_simultaneous_unknown_keys_share_one_fetch_while_known_users_are_served(
    serve, login, sts, provider, keys, named
):
    mine = login.at(provider.issuer)
    purser = serve(settings(issuer(provider.issuer, keys, **ONE_A_SECOND)), sts)
    purser.ready()
    known = mine.token("the-known-subject")
    assert purser.credentials(known).status == 200
    eventually(lambda: time.monotonic() - provider.fetches()[-1] > 1, "the end of the cool-down")
    size, count_before = 500, len(provider.fetches())
    tokens = list(unknown_tokens(mine, size, header=lambda n: {"kid": f"unknown-kid-{n}" if named else None}))
    provider.hold()
    began = time.monotonic()

    async def clients():
        async with ConcurrentClients(purser.address, size).connected() as clients:
            for (_, writer), token in zip(clients.streams, tokens):
                writer.write(request(token))
            await asyncio.to_thread(eventually, lambda: len(provider.fetches()) > count_before, "a fetch")
            meanwhile = {(await asyncio.to_thread(purser.credentials, known)).status for _ in range(20)}
            meanwhile.add((await asyncio.to_thread(purser.credentials, mine.token("a-new-subject"))).status)
            provider.release()
            return meanwhile, await clients.answers()

    meanwhile, answers = asyncio.run(clients())
    assert meanwhile == {200}
    assert {status for status, _, _ in answers} == {503}
    # Requests that arrived after the begin of the fetch cause another one, as soon as it is allowed.
    assert count_before + 1 <= len(provider.fetches()) <= count_before + 2 + (time.monotonic() - began)


def test_a_flood_of_unknown_keys_delays_a_rotation_by_at_most_the_cool_down(serve, login, sts, provider, keys):
    mine, new = login.at(provider.issuer), Issuer(provider.issuer, "new-key")
    purser = serve(settings(issuer(provider.issuer, keys, **ONE_A_SECOND)), sts)
    purser.ready()
    over, token = threading.Event(), new.token()
    # Kids that Purser does not know to be absent.
    unknown = (unknown_tokens(mine, 1, header=lambda _, n=n: {"kid": f"unknown-kid-{n}"}) for n in itertools.count())
    endless = itertools.takewhile(lambda _: not over.is_set(), map(request, itertools.chain.from_iterable(unknown)))
    flooding = threading.Thread(target=lambda: asyncio.run(flood(purser.address, endless, 2)), daemon=True)
    flooding.start()
    try:
        eventually(lambda: len(provider.fetches()) >= 3, "fetches during the flood")
        provider.publish(new.key_set)
        rotated = time.monotonic()
        eventually(lambda: purser.credentials(token).status == 200, "acceptance of the new key", every=0.05)
        waited = time.monotonic() - rotated
        withdrawn = mine.token()
        eventually(lambda: purser.credentials(withdrawn).status == 401, "rejection of the old key", every=0.2)
    finally:
        over.set()
        flooding.join(20)
    [_, *moments] = provider.fetches()  # the first one is that of the start
    print(f"\nrotation in a flood: known after {waited:.1f} s, {len(moments)} fetches")
    assert min(later - earlier for earlier, later in zip(moments, moments[1:])) > 0.9


def test_ten_thousand_unknown_issuers_cause_no_outbound_request(serve, started, login, sts, provider):
    mine, trap = login.at(provider.issuer), started(Provider(login.key_set))
    purser = serve(settings(issuer(provider.issuer, "discovery")), sts)
    purser.ready()
    count_before = provider.count
    names = [f"{trap.url}/{{}}", trap.url, f"{provider.url}/{{}}", "https://login-{}.example.test/", "{}"]
    statuses = flooded(
        purser, mine, unknown_tokens(mine, FLOOD, claims=lambda n: {"iss": names[n % len(names)].format(n)})
    )
    assert set(statuses) == {401}
    assert trap.count == 0
    assert provider.count == count_before
