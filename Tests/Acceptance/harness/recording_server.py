# SPDX-License-Identifier: Apache-2.0
"""An HTTP server on a free loopback port that records every request unchanged."""

import http.server
import socket
import socketserver
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from .deadline import eventually


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: list
    body: bytes = field(repr=False)
    at: float = field(default_factory=time.monotonic, repr=False)

    def header(self, name):
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        assert len(values) <= 1, f"{name} occurs {len(values)} times"
        return values[0] if values else None

    @property
    def form(self):
        """The parameters of the query protocol, each at most once."""
        pairs = parse_qsl(self.body.decode(), keep_blank_values=True, strict_parsing=True)
        assert len(dict(pairs)) == len(pairs), f"a parameter occurs twice: {[name for name, _ in pairs]}"
        return dict(pairs)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads, allow_reuse_address, request_queue_size = True, True, 1024

    def handle_error(self, request, client_address):
        """Ignores connections that either side closed early."""


class RecordingServer:
    """Calls `handle(request, handler)` for each request, in a thread of its connection."""

    def __init__(self, port=0):
        self.requests, self._lock = [], threading.Lock()
        self.stopping = threading.Event()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version, disable_nagle_algorithm = "HTTP/1.1", True

            def do_POST(self):
                if outer.stopping.is_set():  # the connection is still open after `stop`
                    return hang_up(self)
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                request = Request(self.command, self.path, self.headers.items(), body)
                with outer._lock:
                    outer.requests.append(request)
                outer.handle(request, self)

            do_GET = do_PUT = do_POST

            def log_message(self, *_):
                pass

        self._server = _Server(("127.0.0.1", port), Handler)
        self._server.socket = self.wrap(self._server.socket)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def wrap(self, listening):
        """Returns the listening socket, in a subclass wrapped in TLS."""
        return listening

    def handle(self, request: Request, handler: http.server.BaseHTTPRequestHandler):
        raise NotImplementedError

    @property
    def count(self):
        return len(self.requests)

    def await_count(self, number):
        eventually(lambda: self.count >= number, lambda: f"{number} requests; {self.count} received")

    def stop(self):
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


def reply(handler, status, body: bytes, headers=()):
    handler.send_response_only(status)
    for name, value in headers:
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def hang_up(handler):
    """Closes the connection without another byte."""
    handler.close_connection = True
    try:
        handler.connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
