"""Users who keep asking while something is wrong: some whose credentials were fetched before, and newcomers."""

import asyncio
import json
import time
from collections import Counter

from .crowd import read_answer
from .settings import APP


class Users:
    """Each of `settled` asks again and again with one token, each of `newcomers` with another token every time.

    `judge(subject, answer)` raises where an answer of 200 is wrong. `settled_counts` and `newcomer_counts` have the
    statuses, `retry_after` the numbers that came along with 503.
    """

    def __init__(self, purser, settled, newcomers, judge):
        self.settled_counts, self.newcomer_counts, self.retry_after = Counter(), Counter(), []
        self.slowest = 0.0
        self._purser, self._settled, self._newcomers, self._judge = purser, settled, newcomers, judge
        self._until = 0.0

    def run(self, seconds):
        self._until = time.monotonic() + seconds

        async def everybody():
            async with asyncio.timeout(seconds + 60):
                await asyncio.gather(
                    *(self._ask_with([one], self.settled_counts) for one in self._settled),
                    *(self._ask_with(several, self.newcomer_counts) for several in self._newcomers),
                )

        asyncio.run(everybody())

    async def _ask_with(self, people, counts):
        reader, writer = await asyncio.open_connection(*self._purser.address)
        number = 0
        try:
            while time.monotonic() < self._until:
                subject, token = people[number % len(people)]
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
