# SPDX-License-Identifier: Apache-2.0
"""A web server of an application, with pages that a test provides."""

from .recording_server import RecordingServer, reply


class Site(RecordingServer):
    def __init__(self, pages):
        """`pages` has, by path, the content type, the content and optional further header fields."""
        self.pages = pages
        super().__init__()

    @property
    def origin(self):
        return self.url

    def handle(self, request, handler):
        kind, content, *headers = self.pages.get(request.path.partition("?")[0], ("text/plain", ""))
        status = 200 if content else 404
        fields = [("Content-Type", kind), ("Cache-Control", "no-store"), *headers]
        reply(handler, status, content.encode(), fields)
