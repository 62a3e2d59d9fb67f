# SPDX-License-Identifier: Apache-2.0
"""Logout tokens, and their delivery (OpenID Connect Back-Channel Logout 1.0)."""

import time
import uuid
from urllib.parse import urlencode

from .settings import AUDIENCE, app, issuer
from .tokens import Issuer

NAME = "login"
PATH = f"/v1/backchannel-logout/{NAME}"
EVENT = "http://schemas.openid.net/event/backchannel-logout"
FORM = "application/x-www-form-urlencoded"


def claims(login: Issuer, **changes):
    """Of a logout token; a claim with the value None is left out."""
    now = int(time.time())
    made = {"iss": login.url, "aud": AUDIENCE, "iat": now, "exp": now + 120, "jti": str(uuid.uuid4())}
    return {name: value for name, value in (made | {"events": {EVENT: {}}} | changes).items() if value is not None}


def logout_token(login: Issuer, header=None, sign=None, **changes):
    """A valid logout token, except for the changes; it needs `sub` or `sid`."""
    header = login.header(typ="logout+jwt") if header is None else header
    made = dict.fromkeys(login.claims("")) | claims(login, **changes)
    return login.token(made.pop("sub"), header, sign, **made)


def send(purser, token=None, path=PATH, body=None, content_type=FORM, method="POST"):
    body = urlencode({"logout_token": token}).encode() if body is None else body
    return purser.request(path, headers=[("Content-Type", content_type)], method=method, body=body)


def sending(url, keys, name=NAME, **more):
    """The configuration of an issuer that sends logout tokens."""
    return issuer(url, keys, **{"backchannel-logout": {"name": name}} | more)


def logout_settings(url, keys, file, pseudonym_key):
    """Changes of `broker` for an issuer that sends logout tokens."""
    return {
        "issuers": [sending(url, keys)],
        "apps": {"shop": app(url)},
        "pseudonyms": {"key": pseudonym_key},
        "logouts": {"file": str(file)},
    }
