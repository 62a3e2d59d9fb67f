# SPDX-License-Identifier: Apache-2.0
"""Ten thousand first requests of one user at once, with an STS that takes 50 ms: calls of STS, and the 99th percentile
of the responses."""

import tempfile
from pathlib import Path

from harness import recording_server, sts_responses
from harness.fake_sts import FakeSTS
from harness.settings import APP
from harness.tokens import Issuer

from . import broker, cores, load
from .results import report

ROUNDS, REQUESTS, STS_SECONDS = 3, 10_000, 0.05


def slow_session():
    succeed = sts_responses.session()

    def behave(request, handler, server):
        server.stopping.wait(STS_SECONDS)
        succeed(request, handler, server)

    return behave


def measure(directory, issuer, token):
    sts = FakeSTS(otherwise=slow_session())
    try:
        purser = broker.start(
            directory, issuer, sts.url, **{"connections": 20_000, "idle-timeout": "1h", "header-timeout": "120s"})
        try:
            connections = load.connect(purser.address, REQUESTS)
            request = broker.get_credentials(purser, APP, token)
            _, times = load.send_all(connections, [request] * REQUESTS)
            load.close(connections)
        finally:
            purser.stop()
        return len(sts.requests), sorted(times)[int(len(times) * 0.99)] * 1e3
    finally:
        sts.stop()


def main():
    cores.leave_measured()
    issuer = Issuer()
    with tempfile.TemporaryDirectory() as directory:
        rounds = [measure(Path(directory) / str(n), issuer, issuer.token("user")) for n in range(ROUNDS)]
    report("first requests of one user, STS calls", [calls for calls, _ in rounds], "calls")
    report("first requests of one user, p99", [p99 for _, p99 in rounds], "ms")


if __name__ == "__main__":
    main()
