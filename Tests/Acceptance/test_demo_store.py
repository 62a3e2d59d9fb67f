"""The demo store in a real browser: whose events land on which monitor, and what is refused."""

import json

import pytest
from harness.deadline import eventually
from harness.sandbox import APP, Sandbox
from harness.store import (
    ERROR,
    GUESTS,
    PAGE_VIEW,
    SESSION_START,
    USERS,
    Arrivals,
    Shopper,
    StoreFront,
    broker_calls,
    session_of,
)


@pytest.fixture
def sandbox(started, tmp_path):
    return started(Sandbox(tmp_path / "sandbox"))


@pytest.fixture
def arrivals(sandbox):
    return Arrivals(sandbox)


def test_the_journey_of_a_guest_who_signs_in_buys_and_signs_out(sandbox, arrivals, visitor):
    shopper = Shopper(visitor, sandbox.url())
    shopper.signs_in("alice")
    shopper.looks_at("Storm lantern")
    shopper.presses("Add to cart")
    shopper.follows("View cart", "Your cart")
    shopper.follows("Checkout", "Checkout")
    shopper.presses("Place your order")
    shopper.follows("Back to the shop", "Everything")
    shopper.signs_out()
    # The store goes home before it shows a product, and the brand leads there, too.
    users = ["/", "/product/lantern", "/cart", "/checkout", "/order", "/"]
    arrivals.await_pages(guests=["/", "/auth", "/"], users=users)

    assert [it["status"] for it in arrivals.requests() if it["status"] != 200] == []
    guests, alices = arrivals.events(GUESTS), arrivals.events(USERS)
    assert {event.session for event in guests} == {"=guest.demo-store"}
    assert {event.session for event in alices} == {session_of(sandbox, "alice")}
    roles = {it["monitor"]: it["role"].split("/")[-1] for it in arrivals.requests()}
    assert roles == {GUESTS: "DemoStoreGuest", USERS: "DemoStoreSignedIn"}
    assert {event.type for event in guests} == {PAGE_VIEW, SESSION_START}
    assert sorted(event.type for event in alices if event.type != PAGE_VIEW) == sorted(
        [SESSION_START, "add_to_cart", "order_placed"]
    )
    # One call for the guest, before and after; one for alice, and the one of `session_of`.
    calls = {"guest-credentials": 1, "credentials": 2}
    eventually(lambda: {name: broker_calls(sandbox, name) for name in calls} == calls, f"{calls}")
    shopper.keeps_no_secret()
    assert visitor.complaints() == []


@pytest.mark.parametrize("leave", ["another page", "closed"])
def test_the_last_batch_goes_out_by_beacon_when_the_page_is_left(sandbox, arrivals, visitor, leave):
    # Without its timer the client sends nothing until the page is hidden.
    shopper = Shopper(visitor, sandbox.url(), early="window.setInterval = () => 0;")
    ended = "return performance.getEntriesByType('resource').some(it => it.name.includes('/v1/apps/') && it.responseEnd)"
    shopper.tab.until(ended)
    shopper.looks_at("Box compass")
    assert arrivals.requests() == []
    if leave == "closed":
        shopper.tab.close()
    else:
        shopper.tab.open("about:blank")
    arrivals.await_pages(guests=["/", "/product/compass"])
    [request] = arrivals.requests()
    assert (request["isPresigned"], request["contentType"]) == (True, "text/plain;charset=UTF-8")
    assert visitor.complaints() == []


def test_two_tabs_one_signed_in_and_one_not(sandbox, arrivals, visitor):
    first, second = Shopper(visitor, sandbox.url()), Shopper(visitor, sandbox.url())
    first.signs_in("bob")
    second.looks_at("Ship's bell")
    first.looks_at("Manila rope")
    first.signs_out()
    second.looks_at("Rum-barrel mug")
    arrivals.await_pages(
        # The first tab's before and after, and the second's, which is at home between two products.
        guests=["/", "/auth", "/", "/", "/product/bell", "/", "/product/mug"],
        users=["/", "/product/rope"],
    )
    assert {event.session for event in arrivals.events(USERS)} == {session_of(sandbox, "bob")}
    assert all(it["status"] == 200 for it in arrivals.requests())
    first.keeps_no_secret()
    second.keeps_no_secret()
    assert visitor.complaints() == []


@pytest.mark.parametrize(("user", "own", "other"), [(None, GUESTS, USERS), ("alice", USERS, GUESTS)])
def test_what_is_refused_is_shown_with_the_reason(sandbox, arrivals, visitor, user, own, other):
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
    assert [(it["monitor"], it["error"]) for it in arrivals.requests(status=403)] == [
        (other, "AccessDeniedException"),
        (own, "AccessDeniedException"),
        (own, "AccessDeniedException"),
    ]
    # None of it disturbs the client, whose own session goes on.
    tab.click("#trials button", "Throw an error")
    tab.find(f".requests li[data-kind={'user' if user else 'guest'}]", "The anchor is fouled")
    assert [event.monitor for event in arrivals.events(type=ERROR)] == [own]
    expected = ("the server responded with a status of 403", "The anchor is fouled")
    assert [it for it in visitor.complaints() if not any(words in it for words in expected)] == []
    assert len(visitor.complaints()) == 4


def test_without_the_cdn_the_stand_in_does_the_work(sandbox, arrivals, visitor):
    tab = visitor.tab(f"{sandbox.url()}/demo")
    tab.find("#client", "stand-in")
    arrivals.await_pages(guests=["/"])
    tab.find(".requests li", "session start")
    [complaint] = visitor.complaints()
    assert "cwr.js - Failed to load resource: net::ERR_NAME_NOT_RESOLVED" in complaint


# Takes commands as the script of aws-rum-web does: it reads the one global when it runs, and replaces the function.
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


def test_the_real_client_is_loaded_once_for_each_monitor_where_it_can_be_reached(sandbox, arrivals, visitor, started):
    front = started(StoreFront())
    front.put(sandbox.url())
    settings = sandbox.ask("/demo/config.json").json
    front.answer("/demo/config.json", "application/json", json.dumps(settings | {"client": "/cwr.js"}).encode())
    front.answer("/cwr.js", "text/javascript", SCRIPT)
    shopper = Shopper(visitor, front.url, client="aws-rum-web")
    shopper.signs_in("alice")
    shopper.looks_at("Storm lantern")
    shopper.presses("Add to cart")
    shopper.signs_out()
    arrivals.await_pages(guests=["/", "/auth", "/"], users=["/", "/product/lantern"])
    assert [event.monitor for event in arrivals.events(type="add_to_cart")] == [USERS]
    rest = [settings["region"], False, True, sandbox.url("sandbox")]
    assert shopper.tab.run("return loaded") == [
        ["rumSignedIn", settings["signedIn"]["id"], *rest],
        ["rumGuest", settings["guest"]["id"], *rest],
    ]
    assert visitor.complaints() == []


def test_a_wrong_password_stays_a_guest(sandbox, visitor):
    shopper = Shopper(visitor, sandbox.url())
    shopper.tab.click("#account a")
    shopper.tab.fill("#username", "alice")
    shopper.tab.fill("#password", "looking-glass")
    shopper.tab.click("main form button", "Sign in")
    shopper.tab.find(".problem", "did not work")
    assert "guest" in shopper.tab.text("#visitor")
    assert broker_calls(sandbox, "credentials") == 0


def test_no_page_is_wider_than_the_screen(sandbox, visitor):
    shopper = Shopper(visitor, sandbox.url())
    tab = shopper.tab
    tab.find(".requests li")
    shopper.looks_at("Signal flags")
    shopper.presses("Add to cart")
    for page in ("/", "/product/flags", "/cart", "/checkout", "/order", "/auth", "/nowhere"):
        tab.run("location.hash = arguments[0]", page)
        assert tab.until("return document.querySelector('main h1')?.innerText")
        for width in (320, 1000):  # a narrow phone, and where two columns have just room
            tab.viewport(width, 740)
            assert tab.run("return [innerWidth, document.documentElement.scrollWidth <= innerWidth]") == [width, True]


def test_its_files_are_guarded_and_fresh(sandbox):
    page = sandbox.ask("/demo/")
    assert page.status == 200
    assert page.header("Content-Type") == "text/html; charset=utf-8"
    assert page.header("Cache-Control") == "no-cache"
    assert page.header("Referrer-Policy") == "no-referrer"
    policy = dict(part.split(" ", 1) for part in page.header("Content-Security-Policy").split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["connect-src"].split()[:2] == ["'self'", sandbox.url("sandbox")]
    assert sandbox.ask("/demo").body == page.body
    assert sandbox.ask("/demo/config.json").json["app"] == APP
    assert sandbox.ask("/demo/nowhere").status == 404
    eventually(lambda: f"{sandbox.url()}/demo/" in sandbox.process.output.read_text(), "the guide names the store")
