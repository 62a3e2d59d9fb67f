# SPDX-License-Identifier: Apache-2.0
"""Attackers that send requests and do not read the responses."""

import select
import time

from harness import raw
from harness.settings import APP

from ..attack import Attack, write_due
from ..configuration import CLIENT_CONNECTIONS

PIPELINED = 50


def _unread(requests):
    """Pipelines requests on several connections as long as the server takes them."""

    def run(crowd, target, seconds):
        until = time.monotonic() + seconds
        # The kernel holds thousands of responses for each connection, which a debug build makes slowly.
        connections = CLIENT_CONNECTIONS - 30 if target.form.patient else 2
        data, places, sent = requests(target), {}, 0
        while time.monotonic() < until:
            crowd.drop_closed()
            while len(crowd.held) < connections and (opened := crowd.open(receive_buffer=4096)):
                crowd.hold(opened)
            places = {connection: places.get(connection, 0) for connection in crowd.held}
            taken = 0
            for connection in select.select([], crowd.held, [], 0.05)[1]:
                try:
                    count = connection.send(data[places[connection] :])
                except OSError:
                    continue
                places[connection] = (places[connection] + count) % len(data)
                taken += count
            sent += taken
            if not taken:
                time.sleep(0.02)
        crowd.counts["sent"] += sent * PIPELINED // len(data)

    return run


def _warm(target):
    token = target.issuer.token("attacker")
    return PIPELINED * raw.head("GET", f"/v1/apps/{APP}/credentials", f"Authorization: Bearer {token}")


def _large(target):
    return PIPELINED // 2 * (raw.head("GET", "/openapi.json") + raw.head("GET", "/rum-credentials.js"))


ATTACKS = [
    Attack("warm requests never read", _unread(_warm), held=write_due),
    Attack("large responses never read", _unread(_large), held=write_due),
]
