# SPDX-License-Identifier: Apache-2.0
"""HTTP on a plain socket, for invalid and slow clients."""

import select
import socket
import time

from .deadline import DeadlinePassed


def connect(address, timeout=15.0, source=None):
    """`source` is the client's address: any of 127.0.0.0/8."""
    connection = socket.create_connection(address, timeout, (source, 0) if source else None)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def head(method, path, *lines):
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: localhost", *lines, "", ""]).encode("latin-1")


def read_answer(connection):
    """Status, headers by lower-case name (the last of each) and body of one response, or None without a response."""
    with connection.makefile("rb") as stream:
        return read_from(stream)


def read_from(stream):
    """As `read_answer`, for one of several responses on a connection."""
    try:
        line = stream.readline()
    except ConnectionError:
        return None
    if not line:
        return None
    headers = {}
    while (field := stream.readline()) not in (b"\r\n", b""):
        name, value = field.decode("latin-1").split(":", 1)
        headers[name.lower()] = value.strip()
    return int(line.split()[1]), headers, stream.read(int(headers.get("content-length", 0)))


def send_while_listening(connection, chunks):
    """Sends until all is sent, a response begins or the peer closes. Returns the number of bytes sent."""
    sent = 0
    for chunk in chunks:
        rest = memoryview(chunk)
        while rest:
            readable, writable, _ = select.select([connection], [connection], [], 15)
            if readable:
                return sent
            assert writable, "the connection accepts no data"
            try:
                count = connection.send(rest)
            except OSError:
                return sent
            rest, sent = rest[count:], sent + count
    return sent


def drip(connection, data, every=0.05, within=20.0):
    """Sends byte by byte. Returns the seconds until the peer responded or closed."""
    began = time.monotonic()
    for number in range(len(data)):
        if select.select([connection], [], [], every)[0]:
            return time.monotonic() - began
        try:
            connection.send(data[number : number + 1])
        except OSError:
            return time.monotonic() - began
        if time.monotonic() - began > within:
            break
    raise DeadlinePassed(f"{len(data)} bytes in {time.monotonic() - began:.1f} s were accepted")


def exchange(address, request):
    """All bytes of the response to a request, until the peer closes."""
    with connect(address) as connection:
        connection.sendall(request)
        answer = b""
        while chunk := connection.recv(65_536):
            answer += chunk
        return answer


def closed(connection, within=10.0):
    """Whether the peer closes within that time, whatever it sends before."""
    connection.settimeout(within)
    try:
        while connection.recv(65_536):
            pass
        return True
    except ConnectionError:
        return True
    except TimeoutError:
        return False
