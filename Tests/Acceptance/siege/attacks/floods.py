# SPDX-License-Identifier: Apache-2.0
"""Attackers that send more requests than their share."""

import itertools
import json
import random
import urllib.parse

from harness import raw
from harness.bad_tokens import forged, in_the_past
from harness.batches import GUESTS, JSON, batch
from harness.settings import APP, ORIGIN, SIGNED_IN_ROLE

from .. import sources
from ..attack import Attack, limited
from ..configuration import CROWDED, PER_VISITOR, SLOW, USER_RATE

NARROW = {
    "Effect": "Allow",
    "Action": "rum:PutRumEvents",
    "Resource": "*",
    "Condition": {"StringEquals": {"aws:userid": "nobody"}},
}


def flood(make, **more):
    """Floods with the requests of the iterator `make(target)`."""

    def run(crowd, target, seconds):
        requests = make(target)
        crowd.flood(lambda: next(requests), seconds, **more)

    return run


def always(*requests):
    return lambda target: itertools.cycle(requests)


def get(path, *lines):
    return raw.head("GET", path, *lines)


def credentials(token, app=APP):
    return get(f"/v1/apps/{app}/credentials", f"Authorization: Bearer {token}")


def _guest_batch(body=None):
    body = body or batch(monitor=GUESTS)
    path = f"/v1/apps/{APP}/appmonitors/{GUESTS}"
    return raw.head("POST", path, f"Content-Type: {JSON}", f"Content-Length: {len(body)}") + body


def _narrowed(target):
    """Calls whose sessions Purser does not cache: each is an exchange."""
    token = target.issuer.token("attacker")
    policy = json.dumps({"Version": "2012-10-17", "Statement": [NARROW]})
    form = {"Action": "AssumeRoleWithWebIdentity", "Version": "2011-06-15", "RoleArn": SIGNED_IN_ROLE}
    form |= {"RoleSessionName": "me", "WebIdentityToken": token, "Policy": policy}
    body = urllib.parse.urlencode(form).encode()
    lines = ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    return itertools.repeat(raw.head("POST", f"/v1/apps/{APP}/sts", *lines) + body)


def _bad_tokens(target):
    issuer = target.issuer
    good = issuer.token("attacker")
    kinds = [
        lambda: f"junk-{random.random()}",
        lambda: issuer.token("attacker", issuer.header(kid=f"nobodys-{random.random()}"), lambda _: b"x" * 64),
        lambda: good.rsplit(".", 1)[0] + "." + forged(f"{random.getrandbits(500):086x}"),
        lambda: issuer.token("attacker", sign=lambda _: random.randbytes(64), jti=str(random.random())),
    ]
    expired = in_the_past(issuer)
    for turn in itertools.count():
        yield credentials(expired if turn % 5 == 4 else kinds[turn % 5]())


def _forwarded(target):
    """The attacker states another client address in each request."""
    for turn in itertools.count():
        address = f"198.51.{turn // 250 % 250}.{turn % 250}"
        lines = [f"X-Forwarded-For: {address}", f"Forwarded: for={address}", f"X-Real-IP: {address}"]
        yield get(f"/v1/apps/{APP}/guest-credentials", *lines)


def _new_users(app):
    def make(target):
        issuer = target.issuer
        for _ in itertools.count():
            yield credentials(issuer.token(f"attacker-{random.getrandbits(64)}"), app)

    return make


OPTIONS = raw.head(
    "OPTIONS",
    f"/v1/apps/{APP}/credentials",
    f"Origin: {ORIGIN}",
    "Access-Control-Request-Method: GET",
    "Access-Control-Request-Headers: authorization",
)
GUEST = get(f"/v1/apps/{APP}/guest-credentials")

ATTACKS = [
    Attack("guest flood through the proxy", flood(always(_guest_batch()), connections=100, depth=2), **limited()),
    Attack(
        "per-visitor guests",
        flood(always(get(f"/v1/apps/{PER_VISITOR}/guest-credentials")), connections=100, depth=2),
        ordinary={"app": PER_VISITOR, "guest_pace": 4.0},
        **limited(),
    ),
    Attack("narrowed STS calls", flood(_narrowed, connections=100, depth=2), **limited(USER_RATE)),
    Attack("bad tokens", flood(_bad_tokens)),
    Attack("refusals with an audit file", flood(always(get(f"/v1/apps/{APP}/credentials"))), audited=True),
    Attack("OPTIONS", flood(always(OPTIONS))),
    Attack("guest flood from one address", flood(always(GUEST)), **limited()),
    Attack("forged X-Forwarded-For", flood(_forwarded), **limited()),
    Attack(
        "slow STS for another app",
        flood(_new_users(SLOW), sources=sources.MANY_ATTACKERS, connections=300, depth=1),
    ),
    Attack(
        "identities that push out others",
        flood(_new_users(CROWDED), sources=sources.MANY_ATTACKERS),
        settings={"cache": {"entries": 200}},
        ordinary={"arrivals": False},
        credentials_stay=True,
    ),
]
