# SPDX-License-Identifier: Apache-2.0
"""Tokens that Purser must reject, each with the expected reason in the log (None: any)."""

import json
import time

from .settings import AUDIENCE
from .tokens import Issuer, compact, hs256, unsigned

EVIL = "an-evil-subject"


def forged(token):
    """The same token with one bit of its signature changed."""
    kept, last = token[:-10], token[-10]
    return kept + ("A" if last != "A" else "B") + token[-9:]


def in_the_past(login):
    now = int(time.time())
    return login.token(EVIL, iat=now - 7200, exp=now - 3600)


def twice(login, name, value):
    """A token with a claim that occurs twice, with different values."""
    claims = json.dumps(login.claims(EVIL))
    return compact(login.header(), f'{claims[:-1]}, "{name}": {json.dumps(value)}}}', login.rs256)


STRANGER = Issuer()  # has the URL of the configured issuer and another key
BAD = {
    "garbage": (lambda login: "garbage-that-is-no-token", "not_compact_form"),
    "two parts": (lambda login: login.token().rsplit(".", 1)[0], "not_compact_form"),
    "five parts": (lambda login: login.token() + ".e30.e30", "not_compact_form"),
    "padding": (lambda login: login.token() + "==", "not_base64url"),
    "20 KB": (lambda login: login.token(filler="x" * 15_000), "too_long"),
    "20 KB of garbage": (lambda login: "x" * 20_000, "too_long"),
    "payload that is no JSON": (lambda login: compact(login.header(), "no JSON", login.rs256), "payload_malformed"),
    "payload that is a list": (lambda login: compact(login.header(), "[]", login.rs256), "payload_malformed"),
    "forged signature": (lambda login: forged(login.token(EVIL)), "signature_invalid"),
    "another key": (lambda login: STRANGER.token(EVIL, header=login.header()), "signature_invalid"),
    "signature of another token": (
        lambda login: login.token(EVIL).rsplit(".", 1)[0] + "." + login.token("other").rsplit(".", 1)[1],
        "signature_invalid",
    ),
    "alg none": (lambda login: login.token(EVIL, login.header(alg="none"), unsigned), "algorithm_not_allowed"),
    "alg NoNe": (lambda login: login.token(EVIL, login.header(alg="NoNe"), unsigned), "algorithm_not_allowed"),
    "HS256 with the public key": (
        lambda login: login.token(EVIL, login.header(alg="HS256"), hs256(login.pem)),
        "algorithm_not_allowed",
    ),
    "PS256 claimed over RS256": (lambda login: login.token(EVIL, login.header(alg="PS256")), None),
    "crit": (lambda login: login.token(EVIL, login.header(crit=["exp"])), "header_not_allowed"),
    "a key in the header": (lambda login: STRANGER.token(EVIL, login.header(jwk=STRANGER.key_set["keys"][0])), None),
    "another type": (lambda login: login.token(EVIL, login.header(typ="logout+jwt")), "type_not_allowed"),
    "logout token": (
        lambda login: login.token(EVIL, events={"http://schemas.openid.net/event/backchannel-logout": {}}),
        "kind_not_allowed",
    ),
    "logout token without typ": (
        lambda login: login.token(EVIL, login.header(typ=None), events={"urn:example:event": {}}),
        "kind_not_allowed",
    ),
    "refresh token as Keycloak writes it": (lambda login: login.token(EVIL, typ="Refresh"), "kind_not_allowed"),
    "offline token as Keycloak writes it": (lambda login: login.token(EVIL, typ="Offline"), "kind_not_allowed"),
    "refresh token by token_use": (lambda login: login.token(EVIL, token_use="refresh"), "kind_not_allowed"),
    "refresh token by token_type": (lambda login: login.token(EVIL, token_type="refresh_token"), "kind_not_allowed"),
    "unknown kid": (lambda login: login.token(EVIL, login.header(kid="nobodys-key")), "key_unknown"),
    "expired": (in_the_past, "expired"),
    "not yet valid": (lambda login: login.token(EVIL, nbf=int(time.time()) + 600), "not_yet_valid"),
    "issued in the future": (lambda login: login.token(EVIL, iat=int(time.time()) + 600), "issued_in_future"),
    "wrong issuer": (lambda login: login.token(EVIL, iss="https://evil.example.test/"), "issuer_unknown"),
    "issuer without its slash": (lambda login: login.token(EVIL, iss=login.url[:-1]), "issuer_unknown"),
    "issuer in capitals": (lambda login: login.token(EVIL, iss=login.url.upper()), "issuer_unknown"),
    "no issuer": (lambda login: login.token(EVIL, iss=None), "issuer_missing"),
    "wrong audience": (lambda login: login.token(EVIL, aud="another-client"), "audience_wrong"),
    "audience as a prefix": (lambda login: login.token(EVIL, aud=AUDIENCE + "-2"), "audience_wrong"),
    "empty audience": (lambda login: login.token(EVIL, aud=[]), None),
    "no audience": (lambda login: login.token(EVIL, aud=None), "audience_missing"),
    "missing exp": (lambda login: login.token(EVIL, exp=None), "expiration_missing"),
    "exp as text": (lambda login: login.token(EVIL, exp=str(int(time.time()) + 60)), "expiration_malformed"),
    "exp in milliseconds": (lambda login: login.token(EVIL, exp=int(time.time() + 3600) * 1000), None),
    "exp in a year": (lambda login: login.token(EVIL, exp=int(time.time()) + 31_536_000), "lifetime_too_long"),
    "no subject": (lambda login: login.token(None), "subject_missing"),
    "empty subject": (lambda login: login.token(""), "subject_malformed"),
    "subject that is a number": (lambda login: login.token(123456789), "subject_malformed"),
    "subject of 257 bytes": (lambda login: login.token("s" * 257), "subject_malformed"),
    "duplicate sub": (lambda login: twice(login, "sub", "another-subject"), "payload_malformed"),
    "duplicate exp": (lambda login: twice(login, "exp", 9999999999), "payload_malformed"),
}
