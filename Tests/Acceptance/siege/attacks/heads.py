# SPDX-License-Identifier: Apache-2.0
"""HEAD and GET pipelined on one connection: each response must be the one to its request."""

import itertools
import time

from harness import raw

from ..attack import Attack

_PATHS = ["/v1/apps/shop/guest-credentials", "/v1/apps/nobodys/credentials", "/openapi.json", "/nothing", "/"]
_PAIRS = list(itertools.islice(zip(itertools.cycle(["HEAD", "GET", "GET"]), itertools.cycle(_PATHS)), 30))


def _run(crowd, target, seconds):
    """Counts a response that does not parse, or that has the body of another request, as `desynchronised`."""
    until = time.monotonic() + seconds
    expected = {}
    data = b"".join(raw.head(method, path) for method, path in _PAIRS)
    while time.monotonic() < until:
        connection = crowd.open()
        if not connection:
            continue
        connection.settimeout(10)
        with connection, connection.makefile("rb") as stream:
            try:
                connection.sendall(data)
            except OSError:
                crowd.counts["closed"] += 1
                continue
            crowd.counts["sent"] += len(_PAIRS)
            for method, path in _PAIRS:
                answer = _read(stream, method)
                if answer is None:
                    crowd.counts["closed"] += 1
                    break
                crowd.counts[answer[0] if answer[0] == "desynchronised" else str(answer[0])] += 1
                if answer[0] == "desynchronised":
                    break
                if answer[0] not in (429, 503):
                    # The status of a path and the kind of its body are always the same.
                    if expected.setdefault((method, path), answer) != answer:
                        crowd.counts["desynchronised"] += 1
        time.sleep(len(_PAIRS) / target.form.pace)


def _read(stream, method):
    """Status and content type of one response; None at the end of the connection."""
    try:
        line = stream.readline()
        if not line:
            return None
        if not line.startswith(b"HTTP/1.1 "):
            return ("desynchronised",)
        headers = {}
        while (field := stream.readline()) not in (b"\r\n", b""):
            name, colon, value = field.decode("latin-1").partition(":")
            if not colon:
                return ("desynchronised",)
            headers[name.lower()] = value.strip()
        if method != "HEAD":
            stream.read(int(headers.get("content-length", 0)))
    except OSError:
        return None
    return int(line.split()[1]), headers.get("content-type")


ATTACKS = [Attack("HEAD pipelined with GET", _run)]
