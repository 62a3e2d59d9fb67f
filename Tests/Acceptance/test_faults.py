"""Every fault of STS for a while, under the load of 200 users: nobody gets a wrong answer, and nobody loses what he has.

FAULT_SECONDS says for how long each; `make faults` takes 60.
"""

import os
import random
import re
import time
from datetime import datetime, timedelta, timezone

import pytest
from harness import sts_answers as says
from harness.crowd_of_users import Users
from harness.deadline import eventually
from harness.settings import SIGNED_IN_MONITOR, policy
from harness.wire import hang_up

SECONDS = float(os.environ.get("FAULT_SECONDS", "4"))
SETTLED, NEWCOMERS, TOKENS_EACH = 100, 100, 15


def named_session():
    """Success, with credentials that tell whose they are and for which policy."""
    made = says.session()

    def behave(request, handler, server):
        form = request.form
        seen = server.sessions.setdefault(form["RoleSessionName"], form["Policy"])
        assert seen == form["Policy"]
        made(request, Renaming(handler, form["RoleSessionName"]), server)

    return behave


class Renaming:
    """A handler whose answers carry the session's name in the middle of the token, where the rest is padding."""

    def __init__(self, handler, name):
        self._handler, self._name = handler, name
        self.wfile = self

    def __getattr__(self, name):
        return getattr(self._handler, name)

    def write(self, body):
        self._handler.wfile.write(body.replace(b"x" * len(self._name), self._name.encode(), 1))


def name_in(token):
    return re.search(r"[0-9a-f]{20}\.[A-Za-z0-9_-]{43}", token[len("token-of-session-00000000") :])[0]


def late(seconds):
    good = named_session()

    def behave(request, handler, server):
        server.stopping.wait(random.uniform(0, seconds))
        good(request, handler, server)

    return behave


def truncated():
    """The beginning of a good answer, and then the end of the connection."""

    def behave(request, handler, server):
        handler.send_response_only(200)
        handler.send_header("Content-Type", "text/xml")
        handler.send_header("Content-Length", "2000")
        handler.end_headers()
        handler.wfile.write(b"<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>")
        hang_up(handler)

    return behave


FAULTS = {
    "latency": late(3.0),
    "throttling": says.error(400, "Throttling", "Rate exceeded"),
    "500": says.error(500, "InternalFailure"),
    "reset": says.broken_connection(),
    "truncated": truncated(),
    "endless": says.endless_body(),
    "black hole": says.silence(),
}


@pytest.fixture
def people(login):
    """Subjects and tokens; the harness learns none of them as a secret, since judging each answer takes its place."""
    settled = [(f"settled-{number}", login.token(f"settled-{number}")) for number in range(SETTLED)]
    newcomers = [
        [(f"new-{number}-{turn}", login.token(f"new-{number}-{turn}")) for turn in range(TOKENS_EACH)]
        for number in range(NEWCOMERS)
    ]
    return settled, newcomers


@pytest.mark.parametrize("fault", FAULTS)
def test_while_sts_has_a_fault_nobody_gets_a_wrong_answer_or_loses_what_he_has(broker, sts, people, fault):
    sts.sessions, sts.otherwise = {}, named_session()
    settled, newcomers = people
    purser = broker(limits={"exchange-timeout": "2s"})
    names = {}

    def judge(subject, answer):
        name = name_in(answer["sessionToken"])
        assert names.setdefault(subject, name) == name, "another user's credentials"
        assert sts.sessions[name] == policy(SIGNED_IN_MONITOR)
        assert answer["appMonitor"]["id"] == SIGNED_IN_MONITOR["id"]
        assert datetime.fromisoformat(answer["expiration"]) > datetime.now(timezone.utc) + timedelta(minutes=5)

    before = Users(purser, settled, [], judge)
    before.run(0.5)
    assert set(before.settled_counts) == {200}
    sts.otherwise = FAULTS[fault]
    during = Users(purser, settled, newcomers, judge)
    during.run(SECONDS)
    asked = sts.count
    sts.otherwise = named_session()
    ended = time.monotonic()
    eventually(lambda: purser.credentials(newcomers[0][0][1]).status == 200, "recovery", within=20, every=0.1)
    recovered = time.monotonic() - ended
    after = Users(purser, settled, newcomers, judge)
    after.run(1.0)
    print(
        f"\n{fault} for {SECONDS:g} s: settled {dict(during.settled_counts)}, newcomers {dict(during.newcomer_counts)}, "
        f"slowest answer {during.slowest:.1f} s, {asked} calls of STS; recovered after {recovered:.1f} s, "
        f"then {dict(after.settled_counts + after.newcomer_counts)}"
    )
    assert set(during.settled_counts) == {200}, "credentials that were here are served"
    assert during.settled_counts[200] >= SETTLED * SECONDS
    allowed = {"latency": {200, 503, 504}, "black hole": {503, 504}, "endless": {503, 504}}
    assert set(during.newcomer_counts) <= allowed.get(fault, {503}), "no other failure than is true"
    assert sum(during.newcomer_counts.values()) >= NEWCOMERS
    assert all(1 <= seconds <= 20 for seconds in during.retry_after)
    assert during.slowest < 15, "an exchange has 2 seconds; the rest is this machine"
    assert set(after.settled_counts) == {200} and after.newcomer_counts[200] > 0
    assert len(set(names.values())) == len(names), "no two users share a session"
