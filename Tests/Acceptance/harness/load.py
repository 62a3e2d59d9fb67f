# SPDX-License-Identifier: Apache-2.0
"""Users who request credentials continuously while a test changes their identity provider."""

import json
import threading
import time
from base64 import urlsafe_b64decode
from dataclasses import dataclass

from .deadline import eventually


def kid(token):
    header = token.split(".", 1)[0]
    return json.loads(urlsafe_b64decode(header + "=" * (-len(header) % 4)))["kid"]


@dataclass(frozen=True)
class Sample:
    kid: str
    began: float
    ended: float
    status: int


class Load:
    """Each user, in a separate thread, signs in repeatedly, and sends requests with the new token and older ones of
    every key that is not in `withdrawn`. `answers` has every response."""

    def __init__(self, purser, users, sign_in, keep=2, rounds=5):
        self.answers, self.withdrawn = [], set()
        self._purser, self._sign_in, self._keep, self._rounds = purser, sign_in, keep, rounds
        self._stopping, self._errors = threading.Event(), []
        self._threads = [threading.Thread(target=self._run, args=[user], daemon=True) for user in users]
        for thread in self._threads:
            thread.start()

    def _run(self, user):
        tokens = {}
        try:
            while not self._stopping.is_set():
                token = self._sign_in(user)
                tokens[kid(token)] = [token, *tokens.get(kid(token), [])][: self._keep]
                for _ in range(self._rounds):
                    for key in set(tokens) - self.withdrawn:
                        for token in tokens[key]:
                            self._send_request(token)
        except Exception as error:
            self._errors.append(error)
            raise

    def _send_request(self, token):
        began = time.monotonic()
        status = self._purser.credentials(token).status
        self.answers.append(Sample(kid(token), began, time.monotonic(), status))

    def await_answers(self, number, kid, status=None, since=0.0):
        """Waits for that many responses to tokens of that key whose requests began after `since`."""

        def count():
            assert not self._errors, self._errors
            of_key = [one for one in list(self.answers) if one.kid == kid and one.began >= since]
            return sum(status in (None, one.status) for one in of_key) >= number

        eventually(count, lambda: f"{number} responses for {kid}; the last: {self.answers[-5:]}")

    def stop(self):
        self._stopping.set()
        for thread in self._threads:
            thread.join(20)
        assert not self._errors, self._errors
