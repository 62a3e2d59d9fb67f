# SPDX-License-Identifier: Apache-2.0
"""Takes the pictures of the demo store and of the status page in docs/images: `make screenshots`."""

import tempfile
import time
from pathlib import Path

from harness.busy_purser import BusyPurser
from harness.chromium import Chromium
from harness.sandbox import Sandbox
from harness.store import Shopper

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
LIMIT = 150_000  # bytes
STATUS_SECONDS = 150
DESK, PHONE = (1200, 800), (360, 740)


class Photographer:
    def __init__(self, shopper):
        self._tab = shopper.tab

    def picture(self, name, size, scheme, first="header"):
        """Takes a picture that begins at the element `first`."""
        self._tab.viewport(*size)
        self._tab.scheme(scheme)
        self._tab.run("document.activeElement.blur(); document.querySelector(arguments[0]).scrollIntoView()", first)
        file = IMAGES / f"{name}.png"
        self._tab.picture(file)
        assert file.stat().st_size < LIMIT, f"{file} has {file.stat().st_size} bytes"
        print(f"{file.name}: {file.stat().st_size} bytes")


def take(sandbox, visitor):
    shopper = Shopper(visitor, sandbox.url())
    photographer, tab = Photographer(shopper), shopper.tab
    shopper.looks_at("Box compass")
    tab.click("header .brand")
    tab.find(".requests li", "page view /product/compass")
    photographer.picture("store-guest-desk", DESK, "light")
    photographer.picture("store-guest-phone", PHONE, "dark")

    shopper.signs_in("alice")
    shopper.looks_at("Storm lantern")
    shopper.presses("Add to cart")
    tab.find(".requests li[data-kind=user]", "add to cart")
    photographer.picture("store-signed-in-desk", DESK, "dark")
    photographer.picture("store-signed-in-phone", PHONE, "light")

    shopper.looks_at("Ship's bell")
    tab.find(".requests li", "/product/bell")
    tab.click("#trials button", "Another action")
    tab.find(".requests li", "rum:GetAppMonitor")
    tab.click("#trials button", "other monitor")
    tab.find(".requests li[data-status='403'][data-kind=guest]")
    photographer.picture("store-refused-desk", DESK, "light")
    photographer.picture("store-refused-phone", PHONE, "dark", first="#trials")


def take_status(busy, visitor):
    """The plots need some minutes to fill."""
    tab = visitor.tab(busy.purser.url("admin") + "/")
    time.sleep(STATUS_SECONDS)
    for name, size, scheme in (("status-desk", (1200, 1180), "light"), ("status-phone", (360, 1180), "dark")):
        tab.viewport(*size)
        tab.scheme(scheme)
        tab.picture(IMAGES / f"{name}.png")


def main():
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as directory:
        sandbox, chromium = Sandbox(Path(directory) / "sandbox"), Chromium()
        try:
            take(sandbox, chromium.visitor())
            busy = BusyPurser(Path(directory) / "busy")
            try:
                take_status(busy, chromium.visitor())
            finally:
                busy.stop()
        finally:
            chromium.stop()
            sandbox.stop()


if __name__ == "__main__":
    main()
