# SPDX-License-Identifier: Apache-2.0
"""The demo store in a real browser: which events reach which monitor, and which are refused."""

import json

import pytest
from harness.sandbox import APP, Sandbox
from harness.store import (
    ERROR,
    GUESTS,
    PAGE_VIEW,
    RESOURCE,
    SESSION_START,
    USERS,
    VITALS,
    ReceivedEvents,
    Shopper,
    StoreProxy,
    broker_calls,
    session_of,
)


@pytest.fixture
def sandbox(started, tmp_path):
    return started(Sandbox(tmp_path / "sandbox"))


@pytest.fixture
def received(sandbox):
    return ReceivedEvents(sandbox)


def test_events_of_a_guest_who_signs_in_and_out_reach_the_right_monitors(sandbox, received, visitor):
    shopper = Shopper(visitor, sandbox.url())
    shopper.signs_in("alice")
    shopper.looks_at("Storm lantern")
    shopper.presses("Add to cart")
    shopper.follows("View cart", "Your cart")
    shopper.follows("Checkout", "Checkout")
    shopper.presses("Place your order")
    shopper.follows("Back to the shop", "Everything")
    shopper.signs_out()
    # At a switch, the other monitor gets a view of the page. `looks_at` opens the home page before the product.
    users = ["/auth", "/", "/product/lantern", "/cart", "/checkout", "/order", "/"]
    received.await_pages(guests=["/", "/auth", "/"], users=users)

    assert [it["status"] for it in received.requests() if it["status"] != 200] == []
    guests, alices = received.events(GUESTS), received.events(USERS)
    assert {event.session for event in guests} == {"=guest.demo-store"}
    assert {event.session for event in alices} == {session_of(sandbox, "alice")}
    roles = {it["monitor"]: it["role"].split("/")[-1] for it in received.requests()}
    assert roles == {GUESTS: "DemoStoreGuest", USERS: "DemoStoreSignedIn"}
    measured = {PAGE_VIEW, RESOURCE, *VITALS}
    assert [event.type for event in guests if event.type not in measured] == [SESSION_START]
    assert sorted(event.type for event in alices if event.type not in measured) == sorted(
        [SESSION_START, "add_to_cart", "order_placed"]
    )
    # One call for the guest, who is cached after the sign-out; one for alice, and the one of `session_of`.
    calls = {"guest-credentials": 1, "credentials": 2}
    for name, number in calls.items():
        sandbox.await_log("answered", at_least=number, endpoint=name)
    assert {name: broker_calls(sandbox, name) for name in calls} == calls
    shopper.keeps_no_secret()
    assert visitor.console_errors() == []


@pytest.mark.parametrize("leave", ["another page", "closed"])
def test_the_last_batch_is_sent_with_sendbeacon_when_the_page_is_left(sandbox, received, visitor, leave):
    # Without its timer the client sends nothing until the page is hidden.
    shopper = Shopper(visitor, sandbox.url(), early="window.setInterval = () => 0;")
    ended = (
        "return performance.getEntriesByType('resource').some(it => it.name.includes('/v1/apps/') && it.responseEnd)"
    )
    shopper.tab.until(ended)
    shopper.looks_at("Box compass")
    assert received.requests() == []
    if leave == "closed":
        shopper.tab.close()
    else:
        shopper.tab.open("about:blank")
    received.await_pages(guests=["/", "/product/compass"])
    [request] = received.requests()
    assert (request["isPresigned"], request["contentType"]) == (True, "text/plain;charset=UTF-8")
    assert visitor.console_errors() == []


def test_a_signed_in_tab_and_a_guest_tab_do_not_mix_events(sandbox, received, visitor):
    first, second = Shopper(visitor, sandbox.url()), Shopper(visitor, sandbox.url())
    first.signs_in("bob")
    second.looks_at("Ship's bell")
    first.looks_at("Manila rope")
    first.signs_out()
    second.looks_at("Rum-barrel mug")
    received.await_pages(
        # The first tab before the sign-in and after the sign-out, and the second tab, at home between two products. The
        # second tab continues the guest's session on the same page, which is no view.
        guests=["/", "/auth", "/product/rope", "/", "/product/bell", "/", "/product/mug"],
        users=["/auth", "/", "/product/rope"],
    )
    assert {event.session for event in received.events(USERS)} == {session_of(sandbox, "bob")}
    assert all(it["status"] == 200 for it in received.requests())
    first.keeps_no_secret()
    second.keeps_no_secret()
    assert visitor.console_errors() == []


@pytest.mark.parametrize(("user", "own", "other"), [(None, GUESTS, USERS), ("alice", USERS, GUESTS)])
def test_the_demo_store_shows_refused_requests_with_the_reason(sandbox, received, visitor, user, own, other):
    shopper = Shopper(visitor, sandbox.url())
    tab = shopper.tab
    if user:
        shopper.signs_in(user)
    refused = ".requests li[data-status='403']"
    tab.click("#trials button", "other monitor")
    assert "rum:PutRumEvents" in tab.find(refused, other).text
    tab.click("#trials button", "Another action")
    assert "is not authorized to perform: rum:GetAppMonitor" in tab.find(refused, "GetAppMonitor").text
    tab.click("#trials button", "expired")
    tab.find(refused, "Signature expired")
    assert [(it["monitor"], it["error"]) for it in received.requests(status=403)] == [
        (other, "AccessDeniedException"),
        (own, "AccessDeniedException"),
        (own, "AccessDeniedException"),
    ]
    # The client's session continues after these refusals.
    tab.click("#trials button", "Throw an error")
    tab.find(f".requests li[data-kind={'user' if user else 'guest'}]", "The anchor is fouled")
    assert [event.monitor for event in received.events(type=ERROR)] == [own]
    expected = ("the server responded with a status of 403", "The anchor is fouled")
    assert [it for it in visitor.console_errors() if not any(words in it for words in expected)] == []
    assert len(visitor.console_errors()) == 4


def test_the_demo_store_uses_the_stand_in_client_without_the_cdn(sandbox, received, visitor):
    tab = visitor.tab(f"{sandbox.url()}/demo")
    tab.find("#client", "stand-in")
    received.await_pages(guests=["/"])
    tab.find(".requests li", "session start")
    [complaint] = visitor.console_errors()
    assert "cwr.js - Failed to load resource: net::ERR_NAME_NOT_RESOLVED" in complaint


# Takes commands as the script of aws-rum-web does: it reads the global when it runs, and replaces the function.
SCRIPT = b"""
(async ({ q, n, i, v, r, c }) => {
  (window.loaded ??= []).push([n, i, r, c.enableRumClient, c.cookieAttributes.unique, c.endpoint]);
  const waiting = q.splice(0);
  window[n] = (c, p) => waiting.push({ c, p });
  const { StandIn } = await import("/demo/stand-in.js");
  const client = new StandIn(i, v, r, c);
  const run = ({ c, p }) => (c === "recordEvent" ? client.recordEvent(p.type, p.data) : client[c](p));
  waiting.forEach(run);
  window[n] = (c, p) => run({ c, p });
})(window.AwsRumClient);
"""


def test_the_rum_client_is_loaded_once_for_each_monitor_when_reachable(sandbox, received, visitor, started):
    front = started(StoreProxy())
    front.put(sandbox.url())
    settings = sandbox.request("/demo/config.json").json
    front.answer("/demo/config.json", "application/json", json.dumps(settings | {"client": "/cwr.js"}).encode())
    front.answer("/cwr.js", "text/javascript", SCRIPT)
    shopper = Shopper(visitor, front.url, client="aws-rum-web")
    shopper.signs_in("alice")
    shopper.looks_at("Storm lantern")
    shopper.presses("Add to cart")
    shopper.signs_out()
    received.await_pages(guests=["/", "/auth", "/product/lantern", "/"], users=["/auth", "/", "/product/lantern"])
    assert [event.monitor for event in received.events(type="add_to_cart")] == [USERS]
    rest = [settings["region"], False, True, sandbox.url("sandbox")]
    assert shopper.tab.run("return loaded") == [
        ["rumSignedIn", settings["signedIn"]["id"], *rest],
        ["rumGuest", settings["guest"]["id"], *rest],
    ]
    assert visitor.console_errors() == []


def test_a_wrong_password_leaves_the_visitor_a_guest(sandbox, visitor):
    shopper = Shopper(visitor, sandbox.url())
    shopper.tab.click("#account a")
    shopper.tab.fill("#username", "alice")
    shopper.tab.fill("#password", "looking-glass")
    shopper.tab.click("main form button", "Sign in")
    shopper.tab.find(".problem", "did not work")
    assert "guest" in shopper.tab.text("#visitor")
    assert broker_calls(sandbox, "credentials") == 0


def test_no_demo_store_page_is_wider_than_the_screen(sandbox, visitor):
    shopper = Shopper(visitor, sandbox.url())
    tab = shopper.tab
    tab.find(".requests li")
    shopper.looks_at("Signal flags")
    shopper.presses("Add to cart")
    for page in ("/", "/product/flags", "/cart", "/checkout", "/order", "/auth", "/nowhere"):
        tab.run("location.hash = arguments[0]", page)
        assert tab.until("return document.querySelector('main h1')?.innerText")
        for width in (320, 1000):  # a narrow phone, and the narrowest window with two columns
            tab.viewport(width, 740)
            assert tab.run("return [innerWidth, document.documentElement.scrollWidth <= innerWidth]") == [width, True]


def test_demo_store_files_have_security_headers_and_no_cache(sandbox):
    page = sandbox.request("/demo/")
    assert page.status == 200
    assert page.header("Content-Type") == "text/html; charset=utf-8"
    assert page.header("Cache-Control") == "no-cache"
    assert page.header("Referrer-Policy") == "no-referrer"
    policy = dict(part.split(" ", 1) for part in page.header("Content-Security-Policy").split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["connect-src"].split()[:2] == ["'self'", sandbox.url("sandbox")]
    assert sandbox.request("/demo").body == page.body
    assert sandbox.request("/demo/config.json").json["app"] == APP
    assert sandbox.request("/demo/nowhere").status == 404
    assert f"{sandbox.url()}/demo/" in sandbox.guide()
