# SPDX-License-Identifier: Apache-2.0
"""Publishes a key set (RFC 7517 §5) or another document."""

import json
import threading

from .recording_server import RecordingServer, reply


class KeyServer(RecordingServer):
    def __init__(self, key_set):
        self.document, self.status = json.dumps(key_set), 200
        self._open = threading.Event()
        self._open.set()
        super().__init__()
        self.key_set_url = f"{self.url}/jwks.json"

    def hold(self):
        self._open.clear()

    def release(self):
        self._open.set()

    def handle(self, request, handler):
        while not self._open.wait(0.05):
            if self.stopping.is_set():
                return
        reply(handler, self.status, self.document.encode(), [("Content-Type", "application/json")])
