# SPDX-License-Identifier: Apache-2.0
"""Sends prepared requests over connections that stay open, each after the response to the one before."""

import selectors
import socket
import time

_TIMEOUT = 60.0  # seconds without a response


class _Connection:
    def __init__(self, address):
        self.socket = socket.create_connection(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b""
        self.began = 0.0

    def send(self, request):
        self.received, self.began = b"", time.monotonic()
        self.socket.sendall(request)

    def response(self):
        """The whole response, once it is there. Counts on `Content-Length`."""
        piece = self.socket.recv(65_536)
        assert piece, "the server closed a connection"
        self.received += piece
        head, found, body = self.received.partition(b"\r\n\r\n")
        if not found:
            return None
        length = int(head.lower().partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0])
        return self.received if len(body) >= length else None


def connect(address, count):
    return [_Connection(address) for _ in range(count)]


def send_all(connections, requests, status=200):
    """Sends each request once, and asserts the status of each response. Returns the seconds that it took, and the
    seconds of each response."""
    prefix, times = f"HTTP/1.1 {status} ".encode(), []
    remaining = iter(requests)
    with selectors.DefaultSelector() as selector:
        began, waiting = time.monotonic(), 0
        for connection, request in zip(connections, remaining):
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.send(request)
            waiting += 1
        while waiting:
            ready = selector.select(_TIMEOUT)
            assert ready, f"no response within {_TIMEOUT} s"
            for key, _ in ready:
                response = key.data.response()
                if response is None:
                    continue
                times.append(time.monotonic() - key.data.began)
                assert response.startswith(prefix), response[:500]
                request = next(remaining, None)
                if request is None:
                    selector.unregister(key.data.socket)
                    waiting -= 1
                else:
                    key.data.send(request)
        return time.monotonic() - began, times


def close(connections):
    for connection in connections:
        connection.socket.close()
