# SPDX-License-Identifier: Apache-2.0
"""Processor time of an exchange: each request has the token of a new user, so that Purser verifies it and calls STS."""

import tempfile
from pathlib import Path

from harness.settings import APP
from harness.tokens import Issuer

from . import broker, cores, load, upstream
from .results import cpu_seconds, report

ROUNDS, WARM_UP, REQUESTS, CONNECTIONS = 3, 1_000, 4_000, 32


def measure(directory, issuer, tokens, app, action):
    aws = upstream.aws(directory / "aws", action)
    try:
        purser = broker.start(directory / "purser", issuer, aws.url)
        try:
            requests = [broker.get_credentials(purser, app, token) for token in tokens]
            connections = load.connect(purser.address, CONNECTIONS)
            load.send_all(connections, requests[:WARM_UP])
            before = cpu_seconds(purser.process.pid)
            elapsed, _ = load.send_all(connections, requests[WARM_UP:])
            used = cpu_seconds(purser.process.pid) - before
            load.close(connections)
        finally:
            purser.stop()
    finally:
        aws.stop()
    count = len(requests) - WARM_UP
    return used / count * 1e6, count / elapsed


def main():
    cores.leave_measured()
    issuer = Issuer()
    tokens = [issuer.token(f"user-{number:06d}") for number in range(WARM_UP + REQUESTS)]
    kinds = {"web-identity": (APP, "AssumeRoleWithWebIdentity"), "assume-role": (broker.ASSUMING, "AssumeRole")}
    for kind, (app, action) in kinds.items():
        with tempfile.TemporaryDirectory() as directory:
            rounds = [measure(Path(directory) / str(n), issuer, tokens, app, action) for n in range(ROUNDS)]
        report(f"exchange {kind}, CPU", [cpu for cpu, _ in rounds], "µs/exchange")
        report(f"exchange {kind}, rate", [rate for _, rate in rounds], "exchanges/s")


if __name__ == "__main__":
    main()
