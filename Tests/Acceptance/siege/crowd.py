# SPDX-License-Identifier: Apache-2.0
"""The sockets of an attacker: they send, read or do not read, and stay open until the attacker leaves."""

import re
import select
import selectors
import socket
import time
from collections import Counter

from . import sources

_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3}) ")
_REOPENED = 200  # connections a second that replace closed ones


class Crowd:
    """`counts` has `sent`, each status that the attacker read, `closed` (by the server), and `no connection`."""

    def __init__(self, address, pace):
        self.counts, self.held = Counter(), []
        self._address, self._pace, self._turn = address, pace, 0

    def open(self, source=sources.ATTACKER, receive_buffer=None):
        """A connection from that address, or None if it cannot be had."""
        connection = socket.socket()
        try:
            connection.setsockopt(socket.IPPROTO_IP, 24, 1)  # IP_BIND_ADDRESS_NO_PORT: the port is chosen late
            if receive_buffer:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
            connection.bind((source, 0))
            connection.settimeout(1.0)
            connection.connect(self._address)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.setblocking(False)
            return connection
        except OSError:
            connection.close()
            self.counts["no connection"] += 1
            return None

    def hold(self, connection):
        """Keeps a connection open until `leave`."""
        if connection:
            self.held.append(connection)
        return connection

    def drop_closed(self):
        """Closes the held connections that the server has closed. Reads nothing from the others."""
        kept = []
        for start in range(0, len(self.held), 500):
            part = self.held[start : start + 500]
            watch = select.poll()
            for connection in part:
                watch.register(connection, select.POLLRDHUP)
            ended = {descriptor for descriptor, _ in watch.poll(0)}
            for connection in part:
                if connection.fileno() in ended:
                    self.counts["closed"] += 1
                    connection.close()
                else:
                    kept.append(connection)
        self.held = kept

    def leave(self):
        for connection in self.held:
            connection.close()
        self.held = []

    def source(self, sources):
        """The addresses one after the other."""
        self._turn += 1
        return sources[self._turn % len(sources)]

    def flood(self, next_request, seconds, sources=(sources.ATTACKER,), connections=8, depth=8):
        """Sends requests and reads the responses, up to `depth` requests unanswered on each connection."""
        lines = [_Line(self, self.source(sources)) for _ in range(connections)]
        began = time.monotonic()
        sent, reopened = 0, 0
        with selectors.DefaultSelector() as selector:
            while (now := time.monotonic()) < began + seconds:
                for line in lines:
                    if line.socket is None and reopened < _REOPENED * (now - began) + connections:
                        reopened += 1
                        line.open(selector, self.source(sources))
                    allowed = self._pace * (now - began) - sent
                    sent += line.top_up(next_request, min(depth - line.unanswered, int(allowed)))
                for key, _ in selector.select(0.002):
                    key.data.read(selector)
            for line in lines:
                line.close(selector)
        self.counts["sent"] += sent


class _Line:
    """One connection of a flood."""

    def __init__(self, crowd, source):
        self.socket, self.unanswered = None, 0
        self._crowd, self._unsent, self._tail = crowd, b"", b""

    def open(self, selector, source):
        self.socket = self._crowd.open(source)
        self.unanswered, self._unsent, self._tail = 0, b"", b""
        if self.socket:
            selector.register(self.socket, selectors.EVENT_READ, self)

    def top_up(self, next_request, number):
        """Sends up to that many further requests. Returns how many."""
        if self.socket is None:
            return 0
        requests = [next_request() for _ in range(max(0, number))] if not self._unsent else []
        self._unsent += b"".join(requests)
        self.unanswered += len(requests)
        if self._unsent:
            try:
                self._unsent = self._unsent[self.socket.send(self._unsent) :]
            except BlockingIOError:
                pass
            except OSError:
                self._unsent = b""  # the end of the connection arrives where it is read
        return len(requests)

    def read(self, selector):
        try:
            data = self.socket.recv(262_144)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._crowd.counts["closed"] += 1
            return self.close(selector)
        text = self._tail + data
        found = list(_STATUS.finditer(text))
        for match in found:
            self._crowd.counts[match[1].decode()] += 1
        self.unanswered -= len(found)
        self._tail = text[max(len(text) - 12, found[-1].end() if found else 0) :]

    def close(self, selector):
        if self.socket:
            selector.unregister(self.socket)
            self.socket.close()
            self.socket = None
