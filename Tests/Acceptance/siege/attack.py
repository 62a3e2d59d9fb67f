# SPDX-License-Identifier: Apache-2.0
"""What an attack is: what the attacker does, in which circumstances, and which bars hold."""

from collections.abc import Callable
from dataclasses import dataclass, field

from . import keys
from .configuration import CLIENT_RATE, Form
from .crowd import Crowd


@dataclass(frozen=True)
class Target:
    """What the attacker knows: an address, and for some attacks an account that can sign in."""

    address: tuple
    key: bytes = field(repr=False)
    form: Form

    @property
    def issuer(self):
        return keys.issuer(self.key)


@dataclass(frozen=True)
class Attack:
    """`run(crowd, target, seconds)` is the attacker; it runs in a process of its own.

    `held` is the number of seconds within which the server must close the connections that the attacker leaves open,
    by the form of the siege, or None if the form is too short for it. `limit` is the number of successes a second
    that the attacker may have beyond a burst. `allowed` has the results besides 200 that ordinary clients may get.
    """

    name: str
    run: Callable[[Crowd, Target, float], None]
    held: Callable[[Form], float | None] = lambda form: 0.0
    limits: dict = field(default_factory=dict)
    settings: dict = field(default_factory=dict)
    ordinary: dict = field(default_factory=dict)
    limit: float | None = None
    allowed: tuple = ()
    audited: bool = False
    stopped_reader: bool = False
    credentials_stay: bool = False


def limited(rate=CLIENT_RATE):
    return {"limit": rate}


def headers_due(form):
    return form.header_timeout


def idle_due(form):
    return max(form.header_timeout, form.idle_timeout)


def write_due(form):
    """Purser closes connections whose peers read nothing for 30 s."""
    return 30.0 if form.patient else None
