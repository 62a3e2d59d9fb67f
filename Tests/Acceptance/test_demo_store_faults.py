"""The demo store when the broker is away, a token is refused, and credentials come to their end."""

import time

import pytest
from harness.deadline import eventually
from harness.sandbox import Sandbox
from harness.store import USERS, Arrivals, Shopper, StoreFront, broker_calls

# The module waits 1.4, 2.8, 5.6, 11.2 s between its tries: the fifth one comes 21 s after the first.
STEADY = "Math.random = () => 0.4;"
# A page's monotonic clock that can be put forward; time stamps of signatures go by the other one.
CLOCK = "{ const now = performance.now.bind(performance); window.ahead = 0; performance.now = () => now() + ahead; }"
MINUTES = 60_000


@pytest.fixture
def sandbox(started, tmp_path):
    return started(Sandbox(tmp_path / "sandbox"))


@pytest.fixture
def arrivals(sandbox):
    return Arrivals(sandbox)


@pytest.fixture
def front(started, sandbox):
    front = started(StoreFront())
    front.put(sandbox.url())
    return front


def statuses(sandbox):
    """What the broker answered to those who showed it a token."""
    return [line["status"] for line in sandbox.log("answered", endpoint="credentials")]


def unexpected(visitor, *expected):
    return [it for it in visitor.complaints() if not any(words in it for words in expected)]


def test_a_broker_that_is_away_for_20_seconds_costs_no_event(sandbox, arrivals, front, visitor):
    shopper = Shopper(visitor, front.url, early=STEADY)
    arrivals.await_pages(guests=["/"])
    front.clear()
    began = time.monotonic()
    shopper.signs_in("alice")
    shopper.looks_at("Storm lantern")
    # What a guest did goes out meanwhile with the credentials that are there; what alice does waits for hers.
    arrivals.await_pages(guests=["/", "/auth"])
    shopper.looks_at("Ship's bell")
    eventually(lambda: time.monotonic() - began > 20, "20 seconds", within=25)
    assert arrivals.pages(USERS) == []
    front.put(sandbox.url())
    shopper.looks_at("Box compass")
    arrivals.await_pages(
        within=30,
        guests=["/", "/auth"],
        users=["/", "/product/lantern", "/", "/product/bell", "/", "/product/compass"],
    )
    assert [it["status"] for it in arrivals.requests() if it["status"] != 200] == []
    # What the browser itself says of it, of the icon of the page, too.
    assert unexpected(visitor, "Failed to load resource: net::ERR_EMPTY_RESPONSE") == []


def test_a_token_that_the_broker_refuses_is_renewed_in_the_middle_of_a_session(sandbox, arrivals, front, visitor):
    shopper = Shopper(visitor, front.url, early=CLOCK)
    shopper.signs_in("alice")
    arrivals.await_pages(guests=["/", "/auth"], users=["/"])
    front.spoil = 1
    shopper.tab.run("ahead += arguments[0]", 56 * MINUTES)
    shopper.looks_at("Storm lantern")
    arrivals.await_pages(guests=["/", "/auth"], users=["/", "/product/lantern"])
    eventually(lambda: len(front.bearers()) == 3, lambda: f"{len(front.bearers())} calls")
    first, refused, renewed = front.bearers()
    assert first == refused != renewed
    eventually(lambda: statuses(sandbox) == [200, 401, 200], lambda: statuses(sandbox))
    assert {event.session for event in arrivals.events(USERS)} == {arrivals.events(USERS)[0].session}
    shopper.keeps_no_secret()
    assert unexpected(visitor, "the server responded with a status of 401") == []


def test_a_token_that_ran_out_is_renewed_before_it_is_shown(sandbox, arrivals, front, visitor):
    shopper = Shopper(visitor, front.url, early=CLOCK)
    shopper.signs_in("bob")
    arrivals.await_pages(guests=["/", "/auth"], users=["/"])
    # Token and credentials, both of an hour, are over.
    shopper.tab.run("ahead += arguments[0]", 61 * MINUTES)
    shopper.looks_at("Box compass")
    arrivals.await_pages(guests=["/", "/auth"], users=["/", "/product/compass"])
    first, second = front.bearers()
    assert first != second
    eventually(lambda: statuses(sandbox) == [200, 200], lambda: statuses(sandbox))
    assert visitor.complaints() == []


def test_credentials_near_their_end_are_renewed_with_one_call(sandbox, arrivals, visitor):
    shopper = Shopper(visitor, sandbox.url(), early=CLOCK)
    seen = ["/"]
    arrivals.await_pages(guests=seen)
    assert broker_calls(sandbox, "guest-credentials") == 1
    shopper.tab.run("ahead += arguments[0]", 56 * MINUTES)
    for product, pages in (
        ("Storm lantern", ["/product/lantern"]),
        ("Box compass", ["/", "/product/compass"]),
    ):
        shopper.looks_at(product)
        seen += pages
        arrivals.await_pages(guests=seen)
    assert len(arrivals.requests()) >= 3
    eventually(lambda: broker_calls(sandbox, "guest-credentials") == 2, "the one call more")
    assert visitor.complaints() == []
