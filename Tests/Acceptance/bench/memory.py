# SPDX-License-Identifier: Apache-2.0
"""Memory of a cached user, verdict included, compared with the bytes of the response; and of idle connections."""

import socket
import tempfile
from pathlib import Path

from harness.deadline import eventually
from harness.settings import APP
from harness.tokens import Issuer
from harness.web import fetch

from . import broker, cores, load, upstream
from .results import report

USERS = (60_000, 200_000)
CONNECTIONS, SETTLING = 10_000, 90.0  # seconds until Purser has given memory back
MEBIBYTE = 2**20


def of_users(directory, issuer, tokens, aws):
    """Bytes of each user, divided by the bytes of a response."""
    purser = broker.start(directory, issuer, aws.url, one_core=False, entries=2 * len(tokens))
    try:
        requests = (broker.get_credentials(purser, APP, token) for token in tokens)
        connections = load.connect(purser.address, 32)
        # What the first requests allocate once is not the memory of users.
        load.send_all(connections, [next(requests) for _ in range(500)])
        before = purser.resident()
        load.send_all(connections, requests)
        used = (purser.resident() - before) / (len(tokens) - 500)
        load.close(connections)
        url = f"{purser.url()}/v1/apps/{APP}/credentials"
        body = fetch(url, headers=[("Authorization", f"Bearer {tokens[-1]}")]).body
        return used / len(body)
    finally:
        purser.stop()


def of_connections(directory, issuer, token, aws):
    """MiB with `CONNECTIONS` idle connections that had a response each, and above the start's after they closed."""
    purser = broker.start(
        directory, issuer, aws.url, one_core=False, connections=CONNECTIONS + 100, **{"idle-timeout": "1h"})
    try:
        request = broker.get_credentials(purser, APP, token)
        first = load.connect(purser.address, 1)
        load.send_all(first, [request])
        load.close(first)
        start = purser.resident()
        connections = load.connect(purser.address, CONNECTIONS)
        load.send_all(connections, [request] * CONNECTIONS)
        idle = purser.resident()
        load.close(connections)
        limit = start + 30 * MEBIBYTE
        eventually(lambda: purser.resident() < limit, "memory to be given back", within=SETTLING, every=1)
        return idle / MEBIBYTE, (purser.resident() - start) / MEBIBYTE
    finally:
        purser.stop()


def main():
    cores.leave_measured()
    issuer = Issuer()
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        aws = upstream.aws(directory / "aws")
        try:
            tokens = [issuer.token(f"user-{number:06d}") for number in range(max(USERS))]
            for users in USERS:
                ratio = of_users(directory / str(users), issuer, tokens[:users], aws)
                report(f"memory of a cached user / bytes of the response, {users:,} users", [ratio], "ratio")
            idle, after = of_connections(directory / "connections", issuer, tokens[0], aws)
            report("10,000 answered idle connections", [idle], "MiB")
            report("memory above the start's after they closed", [after], "MiB")
        finally:
            aws.stop()


if __name__ == "__main__":
    main()
