"""An identity provider of our own: metadata (OpenID Connect Discovery 1.0 §4) and keys, as a test wants them."""

import json
import threading

from .wire import WireServer, reply

METADATA, KEYS = "/.well-known/openid-configuration", "/jwks.json"


def page(document, status=200, content_type="application/json", headers=()):
    """What an address answers; a document that is not bytes is written as JSON."""
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return lambda handler, server: reply(handler, status, body, [("Content-Type", content_type), *headers])


class Provider(WireServer):
    """Answers each path with its page, which is a function of (handler, server), and others with 404.

    It begins with the metadata of its own address as issuer and with `key_set`. `path` is the issuer's.
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
        """From now on requests are taken in, but answered only after `release`."""
        self._open.clear()

    def release(self):
        self._open.set()

    def handle(self, request, handler):
        while not self._open.wait(0.05):
            if self.stopping.is_set():
                return
        self.pages.get(request.path, page({}, 404))(handler, self)

    def fetches(self, path=KEYS):
        """The moments at which the path was asked for."""
        return [request.at for request in list(self.requests) if request.path == path]
