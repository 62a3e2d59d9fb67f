# SPDX-License-Identifier: Apache-2.0
"""A reverse proxy that forwards requests unchanged and records them, for example those to STS."""

import http.client
from urllib.parse import urlsplit

from .recording_server import RecordingServer, hang_up, reply

_OF_ONE_HOP = {"connection", "content-length", "keep-alive", "transfer-encoding"}


class RecordingProxy(RecordingServer):
    def __init__(self, upstream):
        self._upstream = urlsplit(upstream)
        super().__init__()

    def handle(self, request, handler):
        connection = http.client.HTTPConnection(self._upstream.hostname, self._upstream.port, timeout=15)
        try:
            # The Host header is forwarded unchanged, because a SigV4 signature covers it.
            connection.putrequest(request.method, request.path, skip_host=True, skip_accept_encoding=True)
            for name, value in request.headers:
                if name.lower() not in _OF_ONE_HOP:
                    connection.putheader(name, value)
            connection.putheader("Content-Length", str(len(request.body)))
            connection.endheaders(request.body)
            response = connection.getresponse()
            body = response.read()
            headers = [pair for pair in response.getheaders() if pair[0].lower() not in _OF_ONE_HOP]
            reply(handler, response.status, body, headers)
        finally:
            connection.close()


class SwitchableProxy(RecordingProxy):
    """A stable address for a component that stops or is replaced. Without a component it closes connections."""

    def __init__(self):
        super().__init__("")
        self._behind = False

    def put(self, url):
        self._upstream, self._behind = urlsplit(url), True

    def clear(self):
        self._behind = False

    def handle(self, request, handler):
        if self._behind:
            super().handle(request, handler)
        else:
            hang_up(handler)

    def fetches(self, ending):
        """The times of the requests for paths with that ending."""
        return [request.at for request in list(self.requests) if request.path.endswith(ending)]
