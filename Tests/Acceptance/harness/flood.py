# SPDX-License-Identifier: Apache-2.0
"""Floods of thousands of requests over a few connections, and one known user during them."""

import asyncio
import itertools
import time
from collections import Counter

from .concurrent_clients import read_answer


CONNECTIONS, PIPELINED = 8, 10


async def flood(address, requests, connections=CONNECTIONS, pipelined=PIPELINED):
    """Sends each request once, several pipelined on each connection. Returns the count of each status."""
    statuses = Counter()
    waiting = iter(requests)

    async def send():
        reader, writer = await asyncio.open_connection(*address)
        try:
            while batch := list(itertools.islice(waiting, pipelined)):
                writer.write(b"".join(batch))
                for _ in batch:
                    statuses[(await read_answer(reader))[0]] += 1
        finally:
            writer.close()

    await asyncio.gather(*(send() for _ in range(connections)))
    return statuses


class KnownUser:
    """A user who sends requests during something else; records the statuses and the latencies in seconds."""

    def __init__(self, address, request):
        self._address, self._request = address, request
        self.statuses, self.latencies = Counter(), []

    async def during(self, activity):
        task = asyncio.create_task(self._send_requests())
        try:
            return await activity
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _send_requests(self):
        reader, writer = await asyncio.open_connection(*self._address)
        try:
            while True:
                began = time.monotonic()
                writer.write(self._request)
                status = (await read_answer(reader))[0]
                self.latencies.append(time.monotonic() - began)
                self.statuses[status] += 1
        finally:
            writer.close()

    def milliseconds(self, share):
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]
