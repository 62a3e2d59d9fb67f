# SPDX-License-Identifier: Apache-2.0
"""The demo store of `purser dev`, as visitors and the operator use it."""

import base64
import json
import re
from dataclasses import dataclass

import boto3

from .deadline import eventually
from .recording_proxy import SwitchableProxy
from .recording_server import reply
from .sandbox import APP, PASSWORDS
from .web import fetch

GUESTS, USERS = "DemoStore_Unauthenticated", "DemoStore_Authenticated"
PAGE_VIEW = "com.amazon.rum.page_view_event"
SESSION_START = "com.amazon.rum.session_start_event"
ERROR = "com.amazon.rum.js_error_event"
RESOURCE = "com.amazon.rum.performance_resource_event"
# Whether a page causes these, which are measurements, depends on the browser's speed.
VITALS = {"com.amazon.rum.cumulative_layout_shift_event", "com.amazon.rum.interaction_to_next_paint_event"}


@dataclass(frozen=True)
class Event:
    monitor: str
    session: str
    id: str
    type: str
    page: str | None
    detail: str | None


class ReceivedEvents:
    """The events that the sandbox's data plane reports as received, after it verified signatures and permissions."""

    def __init__(self, sandbox):
        self._sandbox = sandbox

    def requests(self, **fields):
        """The requests with these fields, the oldest first."""
        report = fetch(self._sandbox.url("sandbox") + "/_sandbox/events").json
        return [it for it in reversed(report["last"]) if all(it.get(name) == value for name, value in fields.items())]

    def events(self, monitor=None, type=None):
        found = [
            Event(it["monitor"], it["session"], event["id"], event["type"], event.get("page"), event.get("detail"))
            for it in self.requests(status=200)
            for event in it.get("events", ())
        ]
        assert len({event.id for event in found}) == len(found), f"an event was received twice: {found}"
        return [event for event in found if monitor in (None, event.monitor) and type in (None, event.type)]

    def monitors(self):
        """The app monitors, each with its name and id."""
        return fetch(self._sandbox.url("sandbox") + "/_sandbox/events").json["monitors"]

    def pages(self, monitor):
        return [event.page for event in self.events(monitor, PAGE_VIEW)]

    def await_pages(self, within=20.0, **pages):
        """Waits until each monitor has exactly these page views, in any order."""
        wanted = {monitor: sorted(pages.get(name, [])) for name, monitor in (("guests", GUESTS), ("users", USERS))}

        def found():
            return {monitor: sorted(self.pages(monitor)) for monitor in wanted}

        eventually(lambda: found() == wanted, lambda: f"{wanted}; received {found()} of {self.requests()}", within)


class StoreProxy(SwitchableProxy):
    """A proxy between the page and the broker in which tests change requests and responses."""

    def __init__(self):
        super().__init__()
        self.corrupt = 0  # the number of next bearer tokens to corrupt, so that the broker rejects them
        self._served = {}

    def handle(self, request, handler):
        if request.path in self._served:
            content_type, content, status = self._served[request.path]
            return reply(handler, status, content, [("Content-Type", content_type)])
        if self.corrupt and request.header("Authorization"):
            self.corrupt -= 1
            headers = [(name, value + "x" if name == "Authorization" else value) for name, value in request.headers]
            request = type(request)(request.method, request.path, headers, request.body)
        return super().handle(request, handler)

    def answer(self, path, content_type, content, status=200):
        """Serves a path itself instead of forwarding it."""
        self._served[path] = (content_type, content, status)

    def bearers(self):
        calls = [request for request in list(self.requests) if request.path.endswith("/credentials")]
        return [request.header("Authorization") for request in calls]


class Shopper:
    """A visitor's tab with the store. `early` is a script that runs before the scripts of the page."""

    def __init__(self, visitor, url, early=None, client="stand-in"):
        self.tab = visitor.tab()
        if early:
            self.tab.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": early})
        self.tab.open(f"{url}/demo/?client={client}")
        self.tab.find("#client", client.rstrip("-.0123456789"))

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
        """What the page stored in the browser: cookies, and entries of every storage."""
        script = """return indexedDB.databases().then(databases => ({
            cookies: document.cookie.split('; ').filter(Boolean).map(pair => pair.split(/=(.*)/).slice(0, 2)),
            stored: [...Object.values(localStorage), ...Object.values(sessionStorage), ...databases]}))"""
        return self.tab.run(script)

    def keeps_no_secret(self):
        kept = self.kept()
        assert kept["stored"] == [], kept
        for name, value in kept["cookies"]:
            if name == "cwr_u":
                assert re.fullmatch(r"[0-9a-f-]{36}", value), kept
                continue
            assert re.fullmatch(r"cwr_s_[0-9a-f-]{36}", name), kept
            session = json.loads(base64.b64decode(value))
            assert set(session) == {"sessionId", "page"} and re.fullmatch(r"[0-9a-f-]{36}", session["sessionId"]), kept

    def session(self, monitor):
        """The id of the session in the cookie of a monitor, or None."""
        values = [value for name, value in self.kept()["cookies"] if name == f"cwr_s_{monitor}"]
        return json.loads(base64.b64decode(values[0]))["sessionId"] if values else None


def broker_calls(sandbox, endpoint):
    """The number of requests of pages for credentials."""
    return len(sandbox.complete_log("answered", endpoint=endpoint, app=APP))


def session_of(sandbox, user):
    """The session name of a user, as STS reports it for the broker's cached credentials."""
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
