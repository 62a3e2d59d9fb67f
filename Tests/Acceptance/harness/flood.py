"""Thousands of requests over a few connections, and one patient user among them."""

import asyncio
import itertools
import time
from collections import Counter

from .crowd import read_answer


async def flood(address, requests, connections=8, pipelined=10):
    """Sends each request once, on each connection some at a time. Answers how often each status came."""
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


class Among:
    """A user who keeps asking while something else goes on; keeps the statuses and the latencies in seconds."""

    def __init__(self, address, request):
        self._address, self._request = address, request
        self.statuses, self.latencies = Counter(), []

    async def during(self, what):
        asking = asyncio.create_task(self._ask())
        try:
            return await what
        finally:
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)

    async def _ask(self):
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
