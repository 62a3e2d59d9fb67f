# SPDX-License-Identifier: Apache-2.0
"""Users who request their credentials one after the other on connections of their own, for as long as a test takes."""

import http.client
import threading

from .settings import APP


class SteadyLoad:
    """A thread for each token. `failures` has what was not a 200 with credentials."""

    def __init__(self, purser, tokens, path=f"/v1/apps/{APP}/credentials"):
        self._address, self._tokens, self._path = purser.address, tokens, path
        self._ended = threading.Event()
        self._changed = threading.Condition()
        self.count, self.failures = 0, []

    def __enter__(self):
        self._threads = [threading.Thread(target=self._send, args=(token,)) for token in self._tokens]
        for thread in self._threads:
            thread.start()
        self.go_on()
        return self

    def __exit__(self, *_):
        self._ended.set()
        for thread in self._threads:
            thread.join(30)

    def go_on(self):
        """Waits until every user had at least one more response on average."""
        with self._changed:
            target = self.count + len(self._tokens)
            assert self._changed.wait_for(lambda: self.count >= target or self.failures, 30), "no responses"

    def _send(self, token):
        connection = http.client.HTTPConnection(*self._address, timeout=30)
        try:
            while not self._ended.is_set():
                connection.request("GET", self._path, headers={"Authorization": f"Bearer {token}"})
                response = connection.getresponse()
                self._record(response.status, response.read())
        except (OSError, http.client.HTTPException) as error:
            self._record(repr(error), b"")
        finally:
            connection.close()

    def _record(self, status, body):
        with self._changed:
            self.count += 1
            if status != 200 or b"secretAccessKey" not in body:
                self.failures.append((status, body))
            self._changed.notify_all()
