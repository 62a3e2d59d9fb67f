# SPDX-License-Identifier: Apache-2.0
"""Attackers that use up connections: they open, wait, and close."""

import itertools
import socket
import struct
import time

from harness import raw

from .. import sources
from ..attack import Attack, idle_due
from ..configuration import CLIENT_CONNECTIONS, CONNECTIONS

_RESET = struct.pack("ii", 1, 0)  # SO_LINGER with 0 s: close() sends RST and leaves no TIME_WAIT


def _idle(crowd, target, seconds):
    """More idle connections than the server admits, from several addresses, each with fewer than it may have."""
    until = time.monotonic() + seconds
    wanted = min(2 * CONNECTIONS, (CLIENT_CONNECTIONS - 10) * len(sources.MANY_ATTACKERS))
    while time.monotonic() < until:
        crowd.drop_closed()
        for _ in range(min(50, wanted - len(crowd.held))):
            if crowd.hold(crowd.open(crowd.source(sources.MANY_ATTACKERS))):
                crowd.counts["sent"] += 1
        time.sleep(0.02)


def _idle_of_one_address(crowd, target, seconds):
    """As many idle connections of one address as it can get."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        crowd.drop_closed()
        for _ in range(min(50, 2 * CONNECTIONS - len(crowd.held))):
            if crowd.hold(crowd.open()):
                crowd.counts["sent"] += 1
        time.sleep(0.02)


def _churn(crowd, target, seconds):
    """Opens and closes as fast as possible: at once, after a request, and by a reset."""
    began = time.monotonic()
    request = raw.head("GET", "/v1/apps/shop/guest-credentials")
    for turn in itertools.count():
        now = time.monotonic()
        if now > began + seconds:
            return
        if turn > target.form.pace * (now - began):
            time.sleep(0.002)
        if connection := crowd.open():
            crowd.counts["sent"] += 1
            try:
                if turn % 3:
                    connection.send(request)
                if turn % 2:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            except OSError:
                crowd.counts["closed"] += 1
            connection.close()


# The server closes idle connections later than ordinary clients give up, so that only its other limits help them.
_IDLE = 20
PATIENT = {
    "limits": {"idle-timeout": f"{_IDLE}s", "header-timeout": f"{_IDLE}s"},
    "held": lambda form: _IDLE if form.patient else None,
    "ordinary": {"fresh": 0.25},
}
ATTACKS = [
    Attack("idle connections", _idle, **PATIENT),
    Attack("idle connections of one address", _idle_of_one_address, **PATIENT),
    Attack("connection churn", _churn, held=idle_due, ordinary={"fresh": 0.25}),
]
