# SPDX-License-Identifier: Apache-2.0
"""Requests a second for cached credentials, and for new tokens of known users, beside HAProxy and nginx: all on the
same core, one after the other in each round."""

import argparse
import tempfile
from pathlib import Path

from harness.settings import APP, AUDIENCE
from harness.tokens import Issuer
from harness.web import fetch

from . import broker, cores, peers, upstream, wrk
from .results import report

ROUNDS, USERS, NEW_TOKENS = 5, 1_000, 30_000
# Whether a measurement that runs out of new tokens is an error. Where values are not judged, it is not.
MUST_BE_NEW = True
TOKEN_SIZE = 800


def tokens_of(issuer, tag, count):
    """`count` different tokens of `USERS` users, of about `TOKEN_SIZE` bytes."""
    bare = len(issuer.token("user-000", jti=f"{tag}-000000", x=""))
    padding = "A" * ((TOKEN_SIZE - bare) * 3 // 4)
    return [issuer.token(f"user-{n % USERS:03d}", jti=f"{tag}-{n:06d}", x=padding) for n in range(count)]


def round_of(directory, number, seconds, purser, sides, issuer, known):
    """The rates of one round, by what was measured."""
    url = f"{purser.url()}/v1/apps/{APP}/credentials"
    rates = {name: wrk.run(side.url, known, directory / name, seconds).rate for name, side in sides.items()}
    rates["warm"] = wrk.run(url, known, directory / "warm", seconds).rate
    new = tokens_of(issuer, f"new-{number}", NEW_TOKENS)
    load = wrk.run(url, new, directory / "new", 1)
    assert load.requests <= len(new) or not MUST_BE_NEW, f"{load.requests} requests for {len(new)} new tokens, so some were known"
    rates["new"] = load.rate
    return rates


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=int, default=4, help="duration of each measurement")
    options.add_argument("--rounds", type=int, default=ROUNDS)
    options = options.parse_args()
    cores.leave_measured()
    issuer = Issuer()
    known = tokens_of(issuer, "known", USERS)
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        aws = upstream.aws(directory / "aws")
        purser, sides = broker.start(directory / "purser", issuer, aws.url), {}
        try:
            url = f"{purser.url()}/v1/apps/{APP}/credentials"
            body = fetch(url, headers=[("Authorization", f"Bearer {known[0]}")]).body
            sides["haproxy"] = peers.haproxy(directory / "haproxy", issuer.url, AUDIENCE, issuer.pem, body)
            sides["nginx"] = peers.nginx(directory / "nginx", body)
            wrk.run(url, known, directory / "first", 1)
            rounds = [
                round_of(directory, number, options.seconds, purser, sides, issuer, known)
                for number in range(options.rounds)
            ]
        finally:
            for server in [*sides.values(), purser, aws]:
                server.stop()
    for kind in ("haproxy", "nginx", "warm", "new"):
        report(f"{kind}, rate", [rates[kind] for rates in rounds], "requests/s")
    for name, kind, peer in (
        ("warm, 1,000 users / HAProxy jwt_verify", "warm", "haproxy"),
        ("warm / bare nginx", "warm", "nginx"),
        ("new token of a known user / HAProxy", "new", "haproxy"),
    ):
        report(name, [rates[kind] / rates[peer] for rates in rounds], "ratio")


if __name__ == "__main__":
    main()
