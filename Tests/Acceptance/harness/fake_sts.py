"""An STS that answers as it is told: the failures and delays that no real one produces on request."""

import itertools
import threading
from collections import deque

from . import sts_answers
from .wire import WireServer


class FakeSTS(WireServer):
    """Every request takes the next behaviour of the script; when that is empty, `otherwise`, by default success.

    A behaviour is a function of (request, handler, server), see `sts_answers`.
    """

    def __init__(self, *script, otherwise=None, port=0):
        self.script = deque(script)
        self.otherwise = otherwise or sts_answers.session()
        self._numbers = itertools.count(1)
        self._open = threading.Event()
        self._open.set()
        super().__init__(port)

    def next_number(self):
        return next(self._numbers)

    def hold(self):
        """From now on requests are taken in, but answered only after `release`."""
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
