# SPDX-License-Identifier: Apache-2.0
"""Processor time of a batch of 2 KB through the signing proxy, beside nginx, which forwards it without signing."""

import tempfile
from pathlib import Path

from harness.batches import JSON, USERS, batch
from harness.settings import APP, ORIGIN
from harness.tokens import Issuer

from . import broker, cores, load, upstream
from .results import cpu_seconds, report

ROUNDS, WARM_UP, REQUESTS, CONNECTIONS, SIZE = 3, 1_000, 8_000, 32, 2_048


def _batch():
    body = batch(events=4)
    return body + b" " * (SIZE - len(body))


def request(address, path, token):
    host, port = address
    body = _batch()
    return (
        f"POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\nOrigin: {ORIGIN}\r\nContent-Type: {JSON}\r\n"
        f"Authorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body


def measure(pid, address, request):
    connections = load.connect(address, CONNECTIONS)
    load.send_all(connections, [request] * WARM_UP)
    before = cpu_seconds(pid)
    elapsed, _ = load.send_all(connections, [request] * REQUESTS)
    used = cpu_seconds(pid) - before
    load.close(connections)
    return used / REQUESTS * 1e6, REQUESTS / elapsed


def round_of(directory, issuer, token):
    aws = upstream.aws(directory / "aws")
    try:
        purser = broker.start(directory / "purser", issuer, aws.url)
        try:
            path = f"/v1/apps/{APP}/appmonitors/{USERS}"
            ours = measure(purser.process.pid, purser.address, request(purser.address, path, token))
        finally:
            purser.stop()
        nginx = upstream.forwarding(directory / "nginx", f"127.0.0.1:{aws.port}", cores.measured())
        try:
            address = ("127.0.0.1", nginx.port)
            theirs = measure(nginx.pid, address, request(address, f"/appmonitors/{USERS}", token))
        finally:
            nginx.stop()
    finally:
        aws.stop()
    return ours, theirs


def main():
    cores.leave_measured()
    issuer = Issuer()
    token = issuer.token("user")
    with tempfile.TemporaryDirectory() as directory:
        rounds = [round_of(Path(directory) / str(n), issuer, token) for n in range(ROUNDS)]
    report("proxied batch of 2 KB, CPU", [ours[0] for ours, _ in rounds], "µs/batch")
    report("proxied batch of 2 KB, rate", [ours[1] for ours, _ in rounds], "batches/s")
    report("nginx proxy_pass, CPU", [theirs[0] for _, theirs in rounds], "µs/batch")
    report("nginx proxy_pass, rate", [theirs[1] for _, theirs in rounds], "batches/s")
    # A full core forwards 1 / CPU batches a second, whatever the load generator manages to send.
    report("proxied batch / nginx proxy_pass, full core", [theirs[0] / ours[0] for ours, theirs in rounds], "ratio")


if __name__ == "__main__":
    main()
