# SPDX-License-Identifier: Apache-2.0
"""Two cores against one: twice the processor time of a warm request on one core, divided by that on two cores. So the
load generator may run on the same cores."""

import os
import sys
import tempfile
from pathlib import Path

from harness.settings import APP
from harness.tokens import Issuer

from . import broker, upstream, warm, wrk
from .results import cpu_seconds, report

ROUNDS, SECONDS = 5, 3


def cpu_of_request(purser, tokens, directory):
    url = f"{purser.url()}/v1/apps/{APP}/credentials"
    before = cpu_seconds(purser.process.pid)
    load = wrk.run(url, tokens, directory, SECONDS)
    return (cpu_seconds(purser.process.pid) - before) / load.requests


def main():
    if len(os.sched_getaffinity(0)) < 2:
        sys.exit("needs two cores")
    issuer = Issuer()
    tokens = warm.tokens_of(issuer, "known", warm.USERS)
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        aws = upstream.aws(directory / "aws")
        pursers = []
        try:
            for one_core in (True, False):
                pursers.append(broker.start(directory / str(one_core), issuer, aws.url, one_core=one_core))
                cpu_of_request(pursers[-1], tokens, directory / "first")
            rounds = [
                [cpu_of_request(purser, tokens, directory / "load") for purser in pursers] for _ in range(ROUNDS)
            ]
        finally:
            for server in [*pursers, aws]:
                server.stop()
    report("warm request on one core, CPU", [one * 1e6 for one, _ in rounds], "µs/request")
    report("two cores against one, by CPU of a request", [2 * one / two for one, two in rounds], "ratio")


if __name__ == "__main__":
    main()
