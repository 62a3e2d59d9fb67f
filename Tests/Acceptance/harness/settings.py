# SPDX-License-Identifier: Apache-2.0
"""Configurations of Purser as dictionaries; tests write them with `yaml.safe_dump`."""

from .emulators import ACCOUNT, REGION

APP, ORIGIN, AUDIENCE = "shop", "https://shop.example.com", "rum-web"
SIGNED_IN_MONITOR = {"name": "Shop_Authenticated", "id": "11111111-2222-3333-4444-555555555555"}
GUEST_MONITOR = {"name": "Shop_Unauthenticated", "id": "66666666-7777-8888-9999-000000000000"}
SIGNED_IN_ROLE, GUEST_ROLE = (f"arn:aws:iam::{ACCOUNT}:role/{name}" for name in ("RumSignedIn", "RumGuest"))

BROKER_KEYS = {
    "AWS_ACCESS_KEY_ID": "AKIABROKERKEYPURSER1",
    "AWS_SECRET_ACCESS_KEY": "the-secret-key-of-the-broker/+0123456789",
}


UNREACHABLE = dict.fromkeys(("client-connections", "client-rate", "user-rate", "failure-rate"), 1_000_000)


def issuer(url, keys, audience=AUDIENCE, **more):
    return {"issuer": url, "audiences": [audience], "keys": keys} | more


def app(*issuer_urls, **more):
    """An app with both audiences; `more` replaces whole entries."""
    return {
        "origins": [ORIGIN],
        "signed-in": {
            "monitor": SIGNED_IN_MONITOR,
            "issuers": list(issuer_urls),
            "exchange": "web-identity",
            "role": SIGNED_IN_ROLE,
            "session": "1h",
        },
        "guest": {"monitor": GUEST_MONITOR, "exchange": "assume-role", "role": GUEST_ROLE, "session": "1h"},
    } | more


def settings(*issuers, apps=None, limits=None, **more):
    """The drain period is 0 unless `limits` has one, because most tests have no load balancer. No test reaches a limit
    of clients or users unless `limits` sets it."""
    return {
        "listen": "127.0.0.1:0",
        "admin": "127.0.0.1:0",
        "aws": {"region": REGION, "account": ACCOUNT},
        "issuers": list(issuers),
        "limits": {"drain": "0s"} | UNREACHABLE | (limits or {}),
        "apps": apps or {APP: app(*(one["issuer"] for one in issuers))},
    } | more


def arn(monitor):
    return f"arn:aws:rum:{REGION}:{ACCOUNT}:appmonitor/{monitor['name']}"


def policy(monitor):
    """The exact text of the generated session policy."""
    return (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"rum:PutRumEvents","Resource":"'
        + arn(monitor)
        + '"}]}'
    )
