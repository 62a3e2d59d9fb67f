# SPDX-License-Identifier: Apache-2.0
"""A server with an empty page, which has its own origin."""

from .recording_server import RecordingServer, reply


class OtherPage(RecordingServer):
    """`url` is the origin."""

    def handle(self, request, handler):
        reply(handler, 200, b"<!doctype html><title>a page</title>", [("Content-Type", "text/html")])
