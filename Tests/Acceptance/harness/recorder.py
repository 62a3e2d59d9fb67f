"""A reverse proxy that changes nothing and remembers everything: what really goes over the wire to STS."""

import http.client
from urllib.parse import urlsplit

from .wire import WireServer, hang_up, reply

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


class Front(Recorder):
    """An address that stays while the component behind it comes, goes or is replaced. Without one it hangs up."""

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
        """The moments at which paths with that ending were asked for."""
        return [request.at for request in list(self.requests) if request.path.endswith(ending)]
