# SPDX-License-Identifier: Apache-2.0
"""A fake identity provider: metadata (OpenID Connect Discovery 1.0 §4) and keys as a test configures them."""

import json
import threading

from .recording_server import RecordingServer, reply

METADATA, KEYS = "/.well-known/openid-configuration", "/jwks.json"


def page(document, status=200, content_type="application/json", headers=()):
    """The response of a path; a document that is not bytes is serialized as JSON."""
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return lambda handler, server: reply(handler, status, body, [("Content-Type", content_type), *headers])


class Provider(RecordingServer):
    """Serves each path with its page, a function of (handler, server), and other paths with 404.

    It first publishes metadata with its own address as issuer, and `key_set`. `path` is the path of the issuer URL.
    """

    def __init__(self, key_set=None, path="", port=0):
        self.pages, self._open = {}, threading.Event()
        self.release()
        super().__init__(port)
        self.issuer, self.key_set_url = self.url + path, self.url + KEYS
        if key_set:
            self.publish(key_set)
            self.pages[path.rstrip("/") + METADATA] = page(self.metadata())

    def publish(self, key_set):
        self.pages[KEYS] = page(key_set)

    def metadata(self, **changes):
        return {"issuer": self.issuer, "jwks_uri": self.key_set_url} | changes

    def hold(self):
        """Receives requests from now on, but sends the responses only after `release`."""
        self._open.clear()

    def release(self):
        self._open.set()

    def handle(self, request, handler):
        while not self._open.wait(0.05):
            if self.stopping.is_set():
                return
        self.pages.get(request.path, page({}, 404))(handler, self)

    def fetches(self, path=KEYS):
        """The times of the requests for a path."""
        return [request.at for request in list(self.requests) if request.path == path]
