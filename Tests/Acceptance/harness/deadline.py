# SPDX-License-Identifier: Apache-2.0
"""Waits for a condition until a deadline, by polling."""

import time

DEFAULT_TIMEOUT = 20.0  # seconds; long, because a wait ends as soon as its condition holds


class DeadlinePassed(AssertionError):
    pass


def eventually(probe, what, within=DEFAULT_TIMEOUT, every=0.01):
    """The first truthy result of `probe`, which is called repeatedly until the deadline."""
    deadline = time.monotonic() + within
    while True:
        result = probe()
        if result:
            return result
        if time.monotonic() >= deadline:
            raise DeadlinePassed(f"not within the deadline of {within:g} s: {what() if callable(what) else what}")
        time.sleep(every)
