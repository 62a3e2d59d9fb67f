# SPDX-License-Identifier: Apache-2.0
"""The processor time of a warm request of two builds, alternating, on the same core: what a change costs.

Processor time of the broker, and not the rate, so that other work of the machine matters less.
"""

import argparse
import os
import statistics
import tempfile
from pathlib import Path

from harness.settings import APP
from harness.tokens import Issuer

from . import broker, cores, upstream, wrk
from .warm import USERS, tokens_of


def start(binary, directory, issuer, aws_url, known):
    os.environ["PURSER_BIN"] = str(binary)
    purser = broker.start(directory, issuer, aws_url)
    wrk.run(f"{purser.url()}/v1/apps/{APP}/credentials", known, directory / "first", 1)
    return purser


def cost(purser, directory, known, seconds):
    """Microseconds of processor time for a request."""
    before = purser.cpu_time()
    load = wrk.run(f"{purser.url()}/v1/apps/{APP}/credentials", known, directory, seconds)
    return (purser.cpu_time() - before) / load.requests * 1e6


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("base", type=Path, help="the build to compare with")
    options.add_argument("--seconds", type=int, default=2, help="duration of each measurement")
    options.add_argument("--rounds", type=int, default=15)
    options.add_argument("--at-most", type=float, default=1.03, help="fails beyond this ratio of the medians")
    options = options.parse_args()
    binaries = {"base": options.base.resolve(), "this": Path(os.environ["PURSER_BIN"]).resolve()}
    cores.leave_measured()
    issuer = Issuer()
    known = tokens_of(issuer, "known", USERS)
    pursers, costs = {}, {name: [] for name in binaries}
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        aws = upstream.aws(directory / "aws")
        try:
            for name, binary in binaries.items():
                pursers[name] = start(binary, directory / name, issuer, aws.url, known)
            for number in range(options.rounds):
                # Each goes first in half of the rounds.
                for name in sorted(pursers, reverse=number % 2 == 1):
                    costs[name].append(cost(pursers[name], directory / name / "load", known, options.seconds))
        finally:
            for purser in pursers.values():
                # Not `Purser.stop`: another build may have other log lines than the schema of this one.
                purser.process.stop()
            aws.stop()
    base, this = (statistics.median(costs[name]) for name in ("base", "this"))
    pairs = sorted(one / other for one, other in zip(costs["this"], costs["base"], strict=True))
    print(f"base {base:.2f} µs, this {this:.2f} µs: ratio {this / base:.3f}", end=" ")
    print(f"(pairs: median {statistics.median(pairs):.3f}, {pairs[0]:.3f} to {pairs[-1]:.3f})")
    assert this / base <= options.at_most, f"more than {options.at_most}"


if __name__ == "__main__":
    main()
