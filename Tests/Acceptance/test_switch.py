# SPDX-License-Identifier: Apache-2.0
"""A switch between guest and signed-in user in a real browser, with a stand-in that behaves like each client version."""

import json

import pytest
from harness.deadline import eventually
from harness.sandbox import Sandbox
from harness.store import (
    ERROR,
    GUESTS,
    RESOURCE,
    SESSION_START,
    USERS,
    ReceivedEvents,
    Shopper,
    StoreProxy,
)

VERSIONS = ["1.25", "2.1", "3.2"]
SHIFT = "com.amazon.rum.cumulative_layout_shift_event"
# Without its timer the client sends nothing until the switch.
NO_TIMER = "window.setInterval = () => 0;"
# Answers calls of the data plane with `refusal`, once it is set: a status, or 0 for a blocked request.
DATA_PLANE = """{
  const own = window.fetch;
  window.fetch = (input, init) => {
    const url = input.url ?? String(input);
    if (window.refusal === undefined || !url.includes("/appmonitors/")) return own(input, init);
    window.refused = (window.refused ?? 0) + 1;
    return refusal ? Promise.resolve(new Response(null, { status: refusal })) : Promise.reject(new TypeError("blocked"));
  };
}"""
# Moves the whole page, without an action of the visitor.
MOVE = """
    const block = document.createElement("div");
    block.style.height = "300px";
    document.body.prepend(block);
    return new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))));
"""


@pytest.fixture
def sandbox(started, tmp_path):
    return started(Sandbox(tmp_path / "sandbox"))


@pytest.fixture
def received(sandbox):
    return ReceivedEvents(sandbox)


@pytest.fixture(params=VERSIONS)
def client(request):
    return f"stand-in-{request.param}"


def resources(events):
    """The URLs, without the icon, which the browser requests again and again."""
    return [event.detail for event in events if not event.detail.endswith("favicon.svg")]


def unexpected(visitor):
    return [it for it in visitor.console_errors() if "Failed to load resource" not in it]


@pytest.mark.parametrize("refusal", [403, 0])
def test_a_flush_that_the_data_plane_refuses_is_no_error_of_the_page(sandbox, received, visitor, client, refusal):
    shopper = Shopper(visitor, sandbox.url(), early=DATA_PLANE + NO_TIMER, client=client)
    shopper.tab.run(f"window.refusal = {refusal}")
    shopper.signs_in("alice")
    shopper.signs_out()
    shopper.tab.until("return window.refused >= 2")
    shopper.tab.run("window.refusal = undefined")
    # The page is hidden only then: what the clients have recorded since arrives with a beacon.
    shopper.tab.open("about:blank")
    eventually(lambda: received.requests(), "a batch")
    assert received.events(type=ERROR) == []
    assert unexpected(visitor) == []


def test_a_flush_without_credentials_is_no_error_of_the_page(sandbox, received, visitor, started, client):
    front = started(StoreProxy())
    front.put(sandbox.url())
    refused = {"type": "about:blank", "title": "Forbidden", "status": 403, "code": "not_authorized"}
    front.answer(
        "/v1/apps/demo-store/guest-credentials", "application/problem+json", json.dumps(refused).encode(), status=403
    )
    shopper = Shopper(visitor, front.url, client=client)
    shopper.signs_in("alice")
    shopper.looks_at("Storm lantern")
    received.await_pages(users=["/auth", "/", "/product/lantern"])
    assert received.events(type=ERROR) == []
    assert unexpected(visitor) == []


def test_each_resource_is_recorded_once(sandbox, received, visitor, client):
    shopper = Shopper(visitor, sandbox.url(), client=client)
    eventually(lambda: received.events(GUESTS, RESOURCE), "resources of the guest")
    shopper.signs_in("alice")
    shopper.looks_at("Storm lantern")
    shopper.signs_out()
    received.await_pages(guests=["/", "/auth", "/product/lantern", "/"], users=["/auth", "/", "/product/lantern"])
    recorded = resources(received.events(type=RESOURCE))
    assert f"{sandbox.url()}/demo/store.js" in recorded
    assert sorted(recorded) == sorted(set(recorded))
    assert not [url for url in recorded if "/v1/apps/" in url or "/_sandbox/" in url or "/oauth2/" in url]


def test_a_users_monitor_gets_nothing_of_the_guests_visit(sandbox, received, visitor, client):
    shopper = Shopper(visitor, sandbox.url(), client=client)
    shopper.signs_in("alice")
    received.await_pages(guests=["/", "/auth"], users=["/auth", "/"])
    assert [event.page for event in received.events(USERS, SESSION_START)] == ["/auth"]
    assert resources(received.events(USERS, RESOURCE)) == []


def test_two_users_one_after_the_other_have_a_session_each_where_the_client_can_start_one(sandbox, received, visitor):
    shopper = Shopper(visitor, sandbox.url(), client="stand-in-3.2")
    monitors = {it["name"]: it["id"] for it in received.monitors()}
    guest = shopper.session(monitors[GUESTS])
    sessions = []
    for user in ("alice", "bob"):
        shopper.signs_in(user)
        sessions.append(shopper.session(monitors[USERS]))
        # The module ends the session in the cookie when it knows the monitor, from the credentials.
        eventually(lambda: received.events(USERS), "the user's events")
        shopper.signs_out()
        assert shopper.session(monitors[USERS]) is None
    assert None not in sessions and sessions[0] != sessions[1]
    assert shopper.session(monitors[GUESTS]) == guest
    eventually(lambda: len(received.events(USERS, SESSION_START)) == 2, "two sessions started")


def test_a_guests_layout_shift_is_sent_before_the_sign_in(sandbox, received, visitor, client):
    shopper = Shopper(visitor, sandbox.url(), early=NO_TIMER, client=client)
    shopper.tab.run(MOVE)
    shopper.signs_in("alice")
    eventually(lambda: received.events(GUESTS, SHIFT), lambda: f"{received.requests()}")
    shopper.tab.open("about:blank")
    eventually(lambda: received.events(USERS), "the user's events")
    assert len(received.events(GUESTS, SHIFT)) == 1
