"""Purser as an issuer: keys of its own, settings for `minted`, and another team's reading of its tokens."""

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
    """The usual app with `minted` for both audiences, and what each has besides."""
    shop = app(issuer)
    shop["signed-in"] |= {"exchange": "minted"} | dict(signed_in)
    shop["guest"] |= {"exchange": "minted"} | dict(guest)
    return {APP: shop}


def published(purser):
    """Metadata and key set, as AWS fetches them; only their host is another."""
    description = fetch(purser.url() + "/.well-known/openid-configuration")
    assert description.status == 200 and description.json["issuer"] == ISSUER
    where = description.json["jwks_uri"]
    assert where.startswith(ISSUER + "/")
    keys = fetch(purser.url() + where.removeprefix(ISSUER))
    assert keys.status == 200
    return description.json, keys.json


def verified(token, key_set, algorithms):
    """Header and claims, if joserfc finds the signature to be of one of the keys."""
    decoded = jwt.decode(token, KeySet.import_key_set(key_set), algorithms=algorithms)
    return decoded.header, decoded.claims
