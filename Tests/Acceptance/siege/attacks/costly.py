# SPDX-License-Identifier: Apache-2.0
"""Attackers whose single requests are costly."""

import gzip
import itertools
import json

from harness import raw
from harness.batches import JSON, USERS, batch
from harness.settings import APP

from ..attack import Attack
from ..configuration import DETAILS
from .floods import get

INFLATED = 8 << 20


def _bombs(crowd, target, seconds):
    """Batches of a few kilobytes that inflate to nearly 8 MiB of JSON, by a user who is signed in."""
    document = json.loads(batch("attacker"))
    document["RumEvents"] = []
    empty = json.dumps(document).encode()
    bodies = [
        empty[:-2] + b"[]," * ((INFLATED - len(empty)) // 3 - 1) + b"[]]}",
        empty[:-2] + b'"' + b"x" * (INFLATED - len(empty) - 10) + b'"]}',
        b'{"a":' * 100_000 + empty,
    ]
    path = f"/v1/apps/{DETAILS}/appmonitors/{USERS}"
    token = target.issuer.token("attacker")
    lines = [f"Content-Type: {JSON}", "Content-Encoding: gzip", f"Authorization: Bearer {token}"]
    zipped = [gzip.compress(body, 9) for body in bodies]
    requests = itertools.cycle(
        raw.head("POST", path, *lines, f"Content-Length: {len(body)}") + body for body in zipped
    )
    # A debug build reads them slowly.
    crowd.flood(lambda: next(requests), seconds, connections=16 if target.form.patient else 3, depth=1)


def _long(crowd, target, seconds):
    """Long paths, many header fields and large ones."""
    path, more = f"/v1/apps/{APP}/guest-credentials", "/v1/apps/" + "a/" * 15_000
    requests = itertools.cycle(
        [
            get(more),
            get("/" + "%41" * 10_000),
            get(path + "?" + "a=b&" * 7_000),
            get(path, *[f"X-Filler-{number}: x" for number in range(1_000)]),
            get(path, "X-Filler: " + "x" * 31_000),
            get(path, "X-Filler: " + "x" * 40_000),
            get(path, "Origin: " + "x" * 20_000, "Cookie: " + "a=b; " * 1_500),
        ]
    )
    crowd.flood(lambda: next(requests), seconds, depth=4)


ATTACKS = [Attack("gzip bombs", _bombs), Attack("long paths and headers", _long)]
