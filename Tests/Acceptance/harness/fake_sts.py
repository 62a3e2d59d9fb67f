# SPDX-License-Identifier: Apache-2.0
"""A fake STS with configured responses: failures and delays that no real STS produces on demand."""

import itertools
import threading
from collections import deque

from . import sts_responses
from .recording_server import RecordingServer


class FakeSTS(RecordingServer):
    """Each request takes the next behaviour of the script, or `otherwise`, by default success, when it is empty.

    A behaviour is a function of (request, handler, server), see `sts_responses`.
    """

    def __init__(self, *script, otherwise=None, port=0):
        self.script = deque(script)
        self.otherwise = otherwise or sts_responses.session()
        self._numbers = itertools.count(1)
        self._open = threading.Event()
        self._open.set()
        super().__init__(port)

    def next_number(self):
        return next(self._numbers)

    def hold(self):
        """Receives requests from now on, but sends the responses only after `release`."""
        self._open.clear()

    def release(self):
        self._open.set()

    def handle(self, request, handler):
        try:
            behaviour = self.script.popleft()
        except IndexError:
            behaviour = self.otherwise
        while not self._open.wait(0.05):
            if self.stopping.is_set():
                return
        behaviour(request, handler, self)

    def stop(self):
        super().stop()
        self.release()
