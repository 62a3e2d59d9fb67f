"""Waiting for something to become true, never longer than a deadline and never by a blind sleep."""

import time

PATIENCE = 20.0  # seconds; generous, because nothing waits longer than it must


class DeadlinePassed(AssertionError):
    pass


def eventually(probe, what, within=PATIENCE, every=0.01):
    """The first truthy result of `probe`, which is asked again and again until the deadline."""
    deadline = time.monotonic() + within
    while True:
        result = probe()
        if result:
            return result
        if time.monotonic() >= deadline:
            raise DeadlinePassed(f"not within {within:g} s: {what() if callable(what) else what}")
        time.sleep(every)
