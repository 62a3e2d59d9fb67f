"""The demo store of `purser dev`, as its visitors and its operator see it."""

import re
from dataclasses import dataclass

import boto3

from .deadline import eventually
from .recorder import Front
from .sandbox import APP, PASSWORDS
from .web import fetch
from .wire import reply

GUESTS, USERS = "DemoStore_Unauthenticated", "DemoStore_Authenticated"
PAGE_VIEW = "com.amazon.rum.page_view_event"
SESSION_START = "com.amazon.rum.session_start_event"
ERROR = "com.amazon.rum.js_error_event"


@dataclass(frozen=True)
class Event:
    monitor: str
    session: str
    id: str
    type: str
    page: str | None
    detail: str | None


class Arrivals:
    """What the sandbox's data plane says it received: it verified each signature and what its session may do."""

    def __init__(self, sandbox):
        self._sandbox = sandbox

    def requests(self, **fields):
        """The oldest first; only those with these fields."""
        report = fetch(self._sandbox.url("sandbox") + "/_sandbox/events").json
        return [it for it in reversed(report["last"]) if all(it.get(name) == value for name, value in fields.items())]

    def events(self, monitor=None, type=None):
        found = [
            Event(it["monitor"], it["session"], event["id"], event["type"], event.get("page"), event.get("detail"))
            for it in self.requests(status=200)
            for event in it.get("events", ())
        ]
        assert len({event.id for event in found}) == len(found), f"an event came twice: {found}"
        return [event for event in found if monitor in (None, event.monitor) and type in (None, event.type)]

    def pages(self, monitor):
        return [event.page for event in self.events(monitor, PAGE_VIEW)]

    def await_pages(self, within=20.0, **pages):
        """Waits for each monitor's page views, in any order, and no more of them."""
        wanted = {monitor: sorted(pages.get(name, [])) for name, monitor in (("guests", GUESTS), ("users", USERS))}

        def found():
            return {monitor: sorted(self.pages(monitor)) for monitor in wanted}

        eventually(lambda: found() == wanted, lambda: f"{wanted}; there are {found()} of {self.requests()}", within)


class StoreFront(Front):
    """An address of the broker's where tests come between it and the page."""

    def __init__(self):
        super().__init__()
        self.spoil = 0  # bearers to come that are changed on their way, so that the broker refuses them
        self._own = {}

    def handle(self, request, handler):
        if request.path in self._own:
            content_type, content = self._own[request.path]
            return reply(handler, 200, content, [("Content-Type", content_type)])
        if self.spoil and request.header("Authorization"):
            self.spoil -= 1
            headers = [(name, value + "x" if name == "Authorization" else value) for name, value in request.headers]
            request = type(request)(request.method, request.path, headers, request.body)
        return super().handle(request, handler)

    def answer(self, path, content_type, content):
        """Serves something at a path itself."""
        self._own[path] = (content_type, content)

    def bearers(self):
        asked = [request for request in list(self.requests) if request.path.endswith("/credentials")]
        return [request.header("Authorization") for request in asked]


class Shopper:
    """A visitor's tab with the store in it. `early` is a script that runs before the page's own."""

    def __init__(self, visitor, url, early=None, client="stand-in"):
        self.tab = visitor.tab()
        if early:
            self.tab.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": early})
        self.tab.open(f"{url}/demo/?client={client}")
        self.tab.find("#client", client)

    def signs_in(self, name):
        self.tab.click("#account a")
        self.tab.fill("#username", name)
        self.tab.fill("#password", PASSWORDS[name])
        self.tab.click("main form button", "Sign in")
        self.tab.find("#visitor", f"Signed in as {name}")
        self.tab.find("main h1", "Everything")

    def signs_out(self):
        self.tab.click("#account button", "Sign out")
        self.tab.find("#visitor", "You are a guest")

    def looks_at(self, product):
        self.tab.click("header .brand")
        self.tab.click("main .card", product)
        self.tab.find("main h1", product)

    def follows(self, text, heading):
        self.tab.click("main a", text)
        self.tab.find("main h1", heading)

    def presses(self, text):
        self.tab.click("main button", text)

    def kept(self):
        """What the page left in the browser: names and values of cookies, and whatever is in a storage."""
        script = """return indexedDB.databases().then(databases => ({
            cookies: document.cookie.split('; ').filter(Boolean).map(pair => pair.split('=')),
            stored: [...Object.values(localStorage), ...Object.values(sessionStorage), ...databases]}))"""
        return self.tab.run(script)

    def keeps_no_secret(self):
        kept = self.kept()
        assert kept["stored"] == [], kept
        for name, value in kept["cookies"]:
            assert re.fullmatch(r"cwr_[us]_[0-9a-f-]{36}", name), kept
            assert re.fullmatch(r"[0-9a-f-]{36}", value), kept


def broker_calls(sandbox, endpoint):
    """How often a page asked the broker for credentials."""
    return len(sandbox.log("answered", endpoint=endpoint, app=APP))


def session_of(sandbox, user):
    """The name of the session that the broker has for a user: STS's own word for whose keys they are."""
    answer = sandbox.credentials(sandbox.sign_in(user), app=APP).json
    sts = boto3.client(
        "sts",
        "us-west-2",
        endpoint_url=sandbox.url("sandbox"),
        aws_access_key_id=answer["accessKeyId"],
        aws_secret_access_key=answer["secretAccessKey"],
        aws_session_token=answer["sessionToken"],
    )
    return sts.get_caller_identity()["Arn"].split("/")[-1]
