# SPDX-License-Identifier: Apache-2.0
"""Purser on the measured core, with default settings and raised limits."""

from harness import settings
from harness.purser import Purser

from . import cores

ASSUMING = "assuming"
_RATES = {"sts-rate": 10_000, "rum-rate": 10_000}


def start(directory, issuer, aws_url, one_core=True, entries=None, **limits):
    """With the app of the tests, and one whose signed-in users get their session by `assume-role`. `entries` is the cache's capacity."""
    pinned = issuer.pinned(directory)
    signed_in = settings.app(issuer.url)["signed-in"]
    apps = {
        settings.APP: settings.app(issuer.url),
        ASSUMING: settings.app(issuer.url, **{"signed-in": signed_in | {"exchange": "assume-role"}}),
    }
    cache = {"cache": {"entries": entries}} if entries else {}
    return Purser(
        directory,
        settings.settings(pinned, apps=apps, limits=_RATES | limits, **cache),
        aws_url,
        prefix=cores.measured() if one_core else (),
        AWS_ENDPOINT_URL_RUM=aws_url,
        **settings.BROKER_KEYS,
    )


def get_credentials(purser, app, token):
    """The bytes of a request."""
    host, port = purser.address
    return (
        f"GET /v1/apps/{app}/credentials HTTP/1.1\r\nHost: {host}:{port}\r\nOrigin: {settings.ORIGIN}\r\n"
        f"Authorization: Bearer {token}\r\n\r\n"
    ).encode()
