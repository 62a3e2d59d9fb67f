# SPDX-License-Identifier: Apache-2.0
"""The demo store with an unavailable broker, a rejected token and expiring credentials."""

import time

import pytest
from harness.deadline import eventually
from harness.sandbox import Sandbox
from harness.store import USERS, ReceivedEvents, Shopper, StoreProxy, broker_calls

# The module's backoff is 1.4, 2.8, 5.6 and 11.2 s: the fifth attempt is 21 s after the first.
STEADY = "Math.random = () => 0.4;"
# A page's monotonic clock that a test can advance; signatures use the wall clock.
CLOCK = "{ const now = performance.now.bind(performance); window.ahead = 0; performance.now = () => now() + ahead; }"
MINUTES = 60_000


@pytest.fixture
def sandbox(started, tmp_path):
    return started(Sandbox(tmp_path / "sandbox"))


@pytest.fixture
def received(sandbox):
    return ReceivedEvents(sandbox)


@pytest.fixture
def front(started, sandbox):
    front = started(StoreProxy())
    front.put(sandbox.url())
    return front


def statuses(sandbox):
    """The statuses of the broker's responses to requests with a token."""
    return [line["status"] for line in sandbox.complete_log("answered", endpoint="credentials")]


def unexpected(visitor, *expected):
    return [it for it in visitor.console_errors() if not any(words in it for words in expected)]


def test_no_event_is_lost_when_the_broker_is_unavailable_for_20_seconds(sandbox, received, front, visitor):
    shopper = Shopper(visitor, front.url, early=STEADY)
    received.await_pages(guests=["/"])
    front.clear()
    began = time.monotonic()
    shopper.signs_in("alice")
    shopper.looks_at("Storm lantern")
    # Guest events are sent with the cached credentials meanwhile; alice's events wait for her credentials.
    received.await_pages(guests=["/", "/auth"])
    shopper.looks_at("Ship's bell")
    eventually(lambda: time.monotonic() - began > 20, "20 seconds", within=25)
    assert received.pages(USERS) == []
    front.put(sandbox.url())
    shopper.looks_at("Box compass")
    received.await_pages(
        within=30,
        guests=["/", "/auth"],
        users=["/auth", "/", "/product/lantern", "/", "/product/bell", "/", "/product/compass"],
    )
    assert [it["status"] for it in received.requests() if it["status"] != 200] == []
    # The browser logs each failed request, also that of the page's icon.
    assert unexpected(visitor, "Failed to load resource: net::ERR_EMPTY_RESPONSE") == []


def test_the_page_renews_a_token_that_the_broker_rejects(sandbox, received, front, visitor):
    shopper = Shopper(visitor, front.url, early=CLOCK)
    shopper.signs_in("alice")
    received.await_pages(guests=["/", "/auth"], users=["/auth", "/"])
    front.corrupt = 1
    shopper.tab.run("ahead += arguments[0]", 56 * MINUTES)
    shopper.looks_at("Storm lantern")
    received.await_pages(guests=["/", "/auth"], users=["/auth", "/", "/product/lantern"])
    eventually(lambda: len(front.bearers()) == 3, lambda: f"{len(front.bearers())} requests with a token")
    first, refused, renewed = front.bearers()
    assert first == refused != renewed
    sandbox.await_log("answered", at_least=3, endpoint="credentials")
    assert statuses(sandbox) == [200, 401, 200]
    assert {event.session for event in received.events(USERS)} == {received.events(USERS)[0].session}
    shopper.keeps_no_secret()
    assert unexpected(visitor, "the server responded with a status of 401") == []


def test_the_page_renews_an_expired_token_before_it_sends_it(sandbox, received, front, visitor):
    shopper = Shopper(visitor, front.url, early=CLOCK)
    shopper.signs_in("bob")
    received.await_pages(guests=["/", "/auth"], users=["/auth", "/"])
    # The token and the credentials, both of one hour, have expired.
    shopper.tab.run("ahead += arguments[0]", 61 * MINUTES)
    shopper.looks_at("Box compass")
    received.await_pages(guests=["/", "/auth"], users=["/auth", "/", "/product/compass"])
    first, second = front.bearers()
    assert first != second
    sandbox.await_log("answered", at_least=2, endpoint="credentials")
    assert statuses(sandbox) == [200, 200]
    assert visitor.console_errors() == []


def test_the_page_refreshes_credentials_near_their_expiration_with_one_call(sandbox, received, visitor):
    shopper = Shopper(visitor, sandbox.url(), early=CLOCK)
    seen = ["/"]
    received.await_pages(guests=seen)
    assert broker_calls(sandbox, "guest-credentials") == 1
    shopper.tab.run("ahead += arguments[0]", 56 * MINUTES)
    for product, pages in (
        ("Storm lantern", ["/product/lantern"]),
        ("Box compass", ["/", "/product/compass"]),
    ):
        shopper.looks_at(product)
        seen += pages
        received.await_pages(guests=seen)
    assert len(received.requests()) >= 3
    sandbox.await_log("answered", at_least=2, endpoint="guest-credentials")
    assert broker_calls(sandbox, "guest-credentials") == 2, "one more call"
    assert visitor.console_errors() == []
