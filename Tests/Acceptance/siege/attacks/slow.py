# SPDX-License-Identifier: Apache-2.0
"""Attackers that begin a request and send the rest slowly or never."""

import itertools
import time

from harness import raw
from harness.batches import GUESTS, JSON
from harness.settings import APP

from .. import sources
from ..attack import Attack, headers_due
from ..configuration import CLIENT_CONNECTIONS

CONNECTIONS = CLIENT_CONNECTIONS + 50


def _begin(starts, drip, sources=(sources.ATTACKER,), connections=CONNECTIONS):
    """Opens connections, sends the start of a request on each, and then a byte of `drip` ten times a second."""

    def run(crowd, target, seconds):
        until = time.monotonic() + seconds
        start = itertools.cycle(starts)
        for turn in itertools.count():
            if time.monotonic() > until:
                return
            crowd.drop_closed()
            for _ in range(min(50, connections - len(crowd.held))):
                opened = crowd.hold(crowd.open(crowd.source(sources)))
                if opened and _send(opened, next(start)):
                    crowd.counts["sent"] += 1
            if drip:
                for connection in crowd.held:
                    _send(connection, drip[turn % len(drip) :][:1])
            time.sleep(0.1)

    return run


def _send(connection, data):
    try:
        return connection.send(data)
    except OSError:
        return 0


def _batch_of(app, length):
    path = f"/v1/apps/{app}/appmonitors/{GUESTS}"
    return raw.head("POST", path, f"Content-Type: {JSON}", f"Content-Length: {length}")


FORM = "Content-Type: application/x-www-form-urlencoded"
ANNOUNCED = [
    _batch_of(APP, 1_048_576),
    _batch_of("nobodys", 1_048_576),
    raw.head("POST", f"/v1/apps/{APP}/sts", FORM, "Content-Length: 65536"),
    raw.head("POST", "/v1/apps/nobodys/sts", FORM, "Content-Length: 65536"),
    raw.head("GET", f"/v1/apps/{APP}/credentials", "Content-Length: 65536"),
    raw.head("POST", f"/v1/apps/{APP}/appmonitors/{GUESTS}", f"Content-Type: {JSON}", "Transfer-Encoding: chunked"),
]
SLOW_HEADERS = [raw.head("GET", f"/v1/apps/{APP}/guest-credentials")[:-2] + b"X-Slow: "]
SLOW_BODIES = [_batch_of(APP, 1_048_576), ANNOUNCED[2], ANNOUNCED[5] + b"fffff\r\n"]

ATTACKS = [
    Attack("slow headers", _begin(SLOW_HEADERS, b"slow"), held=headers_due),
    Attack("bodies announced and not sent", _begin(ANNOUNCED, b""), held=headers_due),
    Attack(
        "bodies announced from many addresses",
        _begin(ANNOUNCED, b"", sources.MANY_ATTACKERS, 300),
        held=headers_due,
    ),
    Attack("slow bodies", _begin(SLOW_BODIES, b"{}  "), held=headers_due),
]
