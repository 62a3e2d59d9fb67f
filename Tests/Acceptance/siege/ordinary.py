# SPDX-License-Identifier: Apache-2.0
"""Ordinary users and guests: each sends a request about every 100 to 250 ms over a connection that stays open."""

import asyncio
import json
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from harness import raw
from harness.batches import GUESTS, JSON, USERS, batch
from harness.concurrent_clients import read_answer
from harness.settings import APP

from . import keys, sources

TIMEOUT = 10.0  # seconds that an ordinary client waits for a response


@dataclass(frozen=True)
class Plan:
    """What the ordinary clients do. `fresh` is the share of requests over a new connection; `guest_pace` multiplies
    the time between two requests of a guest; `arrivals` is whether users without cached credentials arrive."""

    address: tuple
    key: bytes = field(repr=False)
    users: int = 20
    guests: int = 20
    app: str = APP
    fresh: float = 0.0
    guest_pace: float = 1.0
    arrivals: bool = True


@dataclass
class Report:
    """What the ordinary clients got: `outcomes` counts (kind of request, status or failure)."""

    outcomes: Counter = field(default_factory=Counter)
    changed: int = 0  # credentials of a user that differ from their earlier ones
    vends: list = field(default_factory=list)  # request ids of the first credentials of users
    slowest: float = 0.0

    @property
    def total(self):
        return sum(self.outcomes.values())

    def count(self, *results):
        return sum(number for (_, result), number in self.outcomes.items() if result in results)

    def others(self, *results):
        return {key: number for key, number in self.outcomes.items() if key[1] not in results}


class Ordinary:
    """Runs in a process of its own. `begin` returns after each client's first success."""

    def begin(self, plan, within=30.0):
        self._stopping, self._ready, self._errors = threading.Event(), threading.Event(), []
        self._report = Report()
        self._thread = threading.Thread(target=self._run, args=[plan], daemon=True)
        self._thread.start()
        if not self._ready.wait(within):
            self._stopping.set()
            raise TimeoutError("the ordinary clients got no credentials before the attack")

    def report(self):
        """What happened since the last report."""
        assert not self._errors, self._errors
        report, self._report = self._report, Report()
        return report

    def end(self):
        """Stops the clients. Returns what happened since the last report."""
        self._stopping.set()
        self._thread.join(TIMEOUT + 5)
        return self.report()

    def _run(self, plan):
        try:
            asyncio.run(self._all(plan))
        except Exception as error:
            self._errors.append(repr(error))

    async def _all(self, plan):
        issuer = keys.issuer(plan.key)
        clients = [_User(plan, issuer, number) for number in range(plan.users)]
        clients += [_Guest(plan, number) for number in range(plan.guests)]
        await asyncio.gather(*(client.first() for client in clients))
        self._ready.set()
        await asyncio.gather(*(self._work(client) for client in clients))

    async def _work(self, client):
        turn = random.randrange(20)
        while not self._stopping.is_set():
            turn += 1
            kind, request = client.next(turn)
            began = time.monotonic()
            result, headers, body = await client.send(request)
            report = self._report
            report.slowest = max(report.slowest, time.monotonic() - began)
            report.outcomes[kind, result] += 1
            if result == "200":
                client.received(kind, headers, body, report)
            await asyncio.sleep(random.uniform(0.1, 0.25) * client.pace)
        client.close()


class _Client:
    def __init__(self, plan, source):
        self._plan, self._source, self._streams = plan, source, None
        self.pace = 1.0

    async def first(self):
        while (await self.send(self.warm()))[0] != "200":
            await asyncio.sleep(0.05)

    async def send(self, request):
        """Status as text, headers and body; or a failure. A connection that was closed while idle is replaced once
        (RFC 9112 §9.3.1)."""
        if random.random() < self._plan.fresh:
            self.close()
        used = self._streams is not None
        try:
            async with asyncio.timeout(TIMEOUT):
                try:
                    return await self._exchange(request)
                except (OSError, asyncio.IncompleteReadError):
                    self.close()
                    if not used:
                        raise
                    return await self._exchange(request)
        except TimeoutError:
            self.close()
            return "no response", {}, b""
        except (OSError, asyncio.IncompleteReadError):
            self.close()
            return "closed", {}, b""

    async def _exchange(self, request):
        if not self._streams:
            self._streams = await asyncio.open_connection(*self._plan.address, local_addr=(self._source, 0))
        reader, writer = self._streams
        writer.write(request)
        status, headers, body = await read_answer(reader)
        if headers.get("connection", "").lower() == "close":
            self.close()
        return str(status), headers, body

    def close(self):
        if self._streams:
            self._streams[1].close()
            self._streams = None


class _User(_Client):
    def __init__(self, plan, issuer, number):
        super().__init__(plan, sources.user(number))
        self._issuer, self._name, self._key_id = issuer, f"ordinary-{number}", None
        self._token = issuer.token(self._name)

    def next(self, turn):
        if turn % 20 == 5:
            self._token = self._issuer.token(self._name, jti=f"{turn}")
            return "new token", self.warm()
        if turn % 20 == 10:
            return "user's batch", _batch(self._plan.app, USERS, self._name, self._token)
        if turn % 20 == 15 and self._plan.arrivals:
            return "new user", self._credentials(self._issuer.token(f"{self._name}-{turn}-{random.random()}"))
        return "user", self.warm()

    def received(self, kind, headers, body, report):
        if kind == "new user":
            report.vends.append(headers["x-request-id"])
        if kind in ("user", "new token"):
            key_id = json.loads(body)["accessKeyId"]
            report.changed += self._key_id not in (None, key_id)
            self._key_id = key_id

    def warm(self):
        return self._credentials(self._token)

    def _credentials(self, token):
        return raw.head("GET", f"/v1/apps/{self._plan.app}/credentials", f"Authorization: Bearer {token}")


class _Guest(_Client):
    def __init__(self, plan, number):
        super().__init__(plan, sources.guest(number))
        self.pace = plan.guest_pace

    def next(self, turn):
        if turn % 20 == 10:
            return "guest's batch", _batch(self._plan.app, GUESTS)
        return "guest", self.warm()

    def received(self, kind, headers, body, report):
        assert kind != "guest" or b'"accessKeyId"' in body

    def warm(self):
        return raw.head("GET", f"/v1/apps/{self._plan.app}/guest-credentials")


def _batch(app, monitor, user=None, token=None):
    body = batch(user, monitor=monitor)
    lines = [f"Content-Type: {JSON}", f"Content-Length: {len(body)}"]
    lines += [f"Authorization: Bearer {token}"] if token else []
    return raw.head("POST", f"/v1/apps/{app}/appmonitors/{monitor}", *lines) + body
