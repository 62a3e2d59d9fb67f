"""A page of an origin of its own, with nothing on it."""

from .wire import WireServer, reply


class OtherPage(WireServer):
    """`url` is its origin."""

    def handle(self, request, handler):
        reply(handler, 200, b"<!doctype html><title>a page</title>", [("Content-Type", "text/html")])
