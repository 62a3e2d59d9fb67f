"""A reverse proxy that changes nothing and remembers everything: what really goes over the wire to STS."""

import http.client
from urllib.parse import urlsplit

from .wire import WireServer, reply

_OF_ONE_HOP = {"connection", "content-length", "keep-alive", "transfer-encoding"}


class Recorder(WireServer):
    def __init__(self, upstream):
        self._upstream = urlsplit(upstream)
        super().__init__()

    def handle(self, request, handler):
        connection = http.client.HTTPConnection(self._upstream.hostname, self._upstream.port, timeout=15)
        try:
            # The Host header goes on as it came: it is part of what a SigV4 signature covers.
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
