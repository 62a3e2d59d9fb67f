# SPDX-License-Identifier: Apache-2.0
"""The settings of the broker under siege: limits that an attack reaches within seconds."""

from dataclasses import dataclass

from harness.settings import APP, GUEST_MONITOR, GUEST_ROLE, app, settings

from .sources import TRUSTED_PROXY
from .upstream import SLOW_ROLE

PER_VISITOR, DETAILS, SLOW, CROWDED = "visitors", "details", "slow", "crowded"
CONNECTIONS, CLIENT_CONNECTIONS, CLIENT_RATE, USER_RATE, FAILURE_RATE, BURST_SECONDS = 400, 150, 40, 20, 20, 5
EXCHANGE_TIMEOUT = 8


@dataclass(frozen=True)
class Form:
    """A length of siege: durations in seconds; `pace` limits the attacker's requests a second; a patient one waits for
    deadlines of half a minute."""

    seconds: float
    pace: float
    header_timeout: int
    idle_timeout: int
    drain: int
    patient: bool

    @property
    def shutdown(self):
        """The longest shutdown that Purser promises."""
        return self.drain + EXCHANGE_TIMEOUT + 5


def short():
    """For `make test`: a debug build on a busy machine."""
    return Form(3.0, 600, 2, 2, 0, False)


def long(seconds):
    return Form(seconds, 20_000, 3, 5, 1, True)


def configuration(form, issuer, limits=(), **more):
    grants = app(issuer["issuer"])
    guest = {"monitor": GUEST_MONITOR, "exchange": "assume-role", "role": GUEST_ROLE, "session": "1h"}
    apps = {
        APP: grants,
        PER_VISITOR: grants | {"guest": guest | {"sessions": "per-visitor"}},
        DETAILS: grants | {"signed-in": grants["signed-in"] | {"user-details": "own"}},
        SLOW: grants | {"signed-in": grants["signed-in"] | {"role": SLOW_ROLE}},
        CROWDED: grants,
    }
    ours = {
        "connections": CONNECTIONS,
        "client-connections": CLIENT_CONNECTIONS,
        "client-rate": CLIENT_RATE,
        "user-rate": USER_RATE,
        "failure-rate": FAILURE_RATE,
        "header-timeout": f"{form.header_timeout}s",
        "idle-timeout": f"{form.idle_timeout}s",
        "exchange-timeout": f"{EXCHANGE_TIMEOUT}s",
        "drain": f"{form.drain}s",
    }
    proxies = {"trusted-proxies": [f"{TRUSTED_PROXY}/32"]}
    return settings(issuer, apps=apps, limits=ours | dict(limits), **proxies | more)
