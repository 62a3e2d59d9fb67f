# SPDX-License-Identifier: Apache-2.0
"""Purser as an issuer: its keys, settings for `minted`, and joserfc as an independent verifier of its tokens."""

from joserfc import jwt
from joserfc.jwk import KeySet

from .command import run
from .settings import APP, app
from .web import fetch

ISSUER, STS_AUDIENCE = "https://purser.example.com", "sts.amazonaws.com"
TAGS, SOURCE_IDENTITY = "https://aws.amazon.com/tags", "https://aws.amazon.com/source_identity"


def new_key(directory, name, algorithm="RS256"):
    code, output = run(directory, "keys", "new", name, "--algorithm", algorithm)
    assert code == 0, output
    return str(directory / name)


def minting(*keys):
    return {"issuer": ISSUER, "keys": list(keys)}


def minted_app(issuer, signed_in=(), guest=()):
    """The default app with `minted` for both audiences, and further settings of each."""
    shop = app(issuer)
    shop["signed-in"] |= {"exchange": "minted"} | dict(signed_in)
    shop["guest"] |= {"exchange": "minted"} | dict(guest)
    return {APP: shop}


def published(purser):
    """The published metadata and key set, as AWS fetches them, but from the test's address."""
    description = fetch(purser.url() + "/.well-known/openid-configuration")
    assert description.status == 200 and description.json["issuer"] == ISSUER
    where = description.json["jwks_uri"]
    assert where.startswith(ISSUER + "/")
    keys = fetch(purser.url() + where.removeprefix(ISSUER))
    assert keys.status == 200
    return description.json, keys.json


def verified(token, key_set, algorithms):
    """Header and claims of a token that joserfc verifies with one of the keys."""
    decoded = jwt.decode(token, KeySet.import_key_set(key_set), algorithms=algorithms)
    return decoded.header, decoded.claims
