# SPDX-License-Identifier: Apache-2.0
"""Time from the start of the process until it listens, with 100 apps and 50 issuers."""

import tempfile
import time
from datetime import datetime
from pathlib import Path

from harness import settings
from harness.purser import Purser
from harness.tokens import Issuer

from . import cores
from .results import report

ROUNDS, APPS, ISSUERS = 5, 100, 50


def measure(directory, issuers):
    pinned = [issuer.pinned(directory, f"{number}.jwks.json") for number, issuer in enumerate(issuers)]
    apps = {f"app-{number:03d}": settings.app(issuers[number % len(issuers)].url) for number in range(APPS)}
    spawned = time.time()
    purser = Purser(
        directory, settings.settings(*pinned, apps=apps), prefix=cores.measured(), **settings.BROKER_KEYS)
    try:
        [line] = purser.await_log("listening", listener="public")
        return (datetime.fromisoformat(line["time"]).timestamp() - spawned) * 1000
    finally:
        purser.stop()


def main():
    cores.leave_measured()
    key = Issuer()
    issuers = [key.at(f"https://login-{number:02d}.example.test/") for number in range(ISSUERS)]
    with tempfile.TemporaryDirectory() as directory:
        report(
            "start with 100 apps and 50 issuers",
            [measure(Path(directory) / str(number), issuers) for number in range(ROUNDS)], "ms")


if __name__ == "__main__":
    main()
