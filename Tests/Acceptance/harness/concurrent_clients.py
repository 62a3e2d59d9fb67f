# SPDX-License-Identifier: Apache-2.0
"""Many concurrent clients, each with its own connection, on one event loop."""

import asyncio
from contextlib import asynccontextmanager


class ConcurrentClients:
    """All clients connect, then all send, then all receive; each step ends before the next begins."""

    def __init__(self, address, size):
        self._address, self._size = address, size
        self._streams = []

    @asynccontextmanager
    async def connected(self, at_once=200):
        gate = asyncio.Semaphore(at_once)

        async def connect():
            async with gate:
                return await asyncio.open_connection(*self._address)

        try:
            self._streams = await asyncio.gather(*(connect() for _ in range(self._size)))
            yield self
        finally:
            for _, writer in self._streams:
                writer.close()

    @property
    def streams(self):
        return self._streams

    async def send(self, request: bytes):
        for _, writer in self._streams:
            writer.write(request)
        await asyncio.gather(*(writer.drain() for _, writer in self._streams))

    async def answers(self, within=60.0):
        """Status, headers and body of one response on each connection."""
        async with asyncio.timeout(within):
            return await asyncio.gather(*(read_answer(reader) for reader, _ in self._streams))


async def read_answer(reader):
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    lines = head.split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    return int(lines[0].split()[1]), headers, await reader.readexactly(int(headers.get("content-length", 0)))
