# SPDX-License-Identifier: Apache-2.0
"""Concurrent users who send requests during a fault: some with cached credentials, some without."""

import asyncio
import json
import time
from collections import Counter

from .concurrent_clients import read_answer
from .settings import APP


class ConcurrentUsers:
    """Each of `cached` sends requests with one token, each of `uncached` with another token every time.

    `judge(subject, answer)` raises when a response with 200 is wrong. `cached_counts` and `uncached_counts` count the
    statuses, `retry_after` has the values of Retry-After of the responses with 503.
    """

    def __init__(self, purser, cached, uncached, judge):
        self.cached_counts, self.uncached_counts, self.retry_after = Counter(), Counter(), []
        self.slowest = 0.0
        self._purser, self._cached, self._uncached, self._judge = purser, cached, uncached, judge
        self._until = 0.0

    def run(self, seconds):
        self._until = time.monotonic() + seconds

        async def all_users():
            async with asyncio.timeout(seconds + 60):
                await asyncio.gather(
                    *(self._send_requests([one], self.cached_counts) for one in self._cached),
                    *(self._send_requests(several, self.uncached_counts) for several in self._uncached),
                )

        asyncio.run(all_users())

    async def _send_requests(self, tokens, counts):
        reader, writer = await asyncio.open_connection(*self._purser.address)
        number = 0
        try:
            while time.monotonic() < self._until:
                subject, token = tokens[number % len(tokens)]
                number += 1
                began = time.monotonic()
                writer.write(_request(token))
                status, headers, body = await read_answer(reader)
                self.slowest = max(self.slowest, time.monotonic() - began)
                counts[status] += 1
                if status == 200:
                    self._judge(subject, json.loads(body))
                elif status == 503:
                    self.retry_after.append(int(headers["retry-after"]))
                await asyncio.sleep(0.1)
        finally:
            writer.close()


def _request(token):
    head = [f"GET /v1/apps/{APP}/credentials HTTP/1.1", "Host: localhost", f"Authorization: Bearer {token}"]
    return "\r\n".join([*head, "", ""]).encode()
