# SPDX-License-Identifier: Apache-2.0
"""The rules in which Purser is stricter than RFC 7519: a closed list that may explain why only Purser rejects a token.

Each rule has the reasons in Purser's log and a check of the token that is independent of Purser. Both must match.
"""

import json
import math
from dataclasses import dataclass
from functools import cached_property

from .token_tampering import opened

_MALFORMED = {"header_malformed": "header_text", "payload_malformed": "payload_text"}
_TIMES = {"expiration_malformed": "exp", "not_before_malformed": "nbf", "issued_at_malformed": "iat"}
_YEAR_10000 = 253_402_300_800


@dataclass(frozen=True)
class Judged:
    """A token that joserfc accepts, and so can be parsed."""

    token: str
    reason: str
    at: float
    keys: list

    @cached_property
    def header_text(self):
        return opened(self.token.split(".")[0])

    @cached_property
    def payload_text(self):
        return opened(self.token.split(".")[1])

    @cached_property
    def header(self):
        return json.loads(self.header_text)

    @cached_property
    def claims(self):
        return json.loads(self.payload_text)

    @cached_property
    def text(self):
        """The text of the part that the reason refers to."""
        return getattr(self, _MALFORMED[self.reason])

    @cached_property
    def nodes(self):
        """All values of that part with their depth; each member's name precedes its value."""
        return list(_nodes(json.loads(self.text, object_pairs_hook=tuple), 1))


def _nodes(value, depth):
    yield value, depth
    for inner in value if isinstance(value, (tuple, list)) else ():
        if isinstance(value, tuple):
            yield inner[0], depth
            inner = inner[1]
        yield from _nodes(inner, depth + 1)


def _strings(it):
    return (value for value, _ in it.nodes if isinstance(value, str))


def _duplicate_member(it):
    objects = ([name for name, _ in value] for value, _ in it.nodes if isinstance(value, tuple))
    return any(len(set(names)) < len(names) for names in objects)


def _number_out_of_range(it):
    return any(
        isinstance(value, int) and not -(2**63) <= value < 2**63 or isinstance(value, float) and math.isinf(value)
        for value, _ in it.nodes
    )


def _not_a_number_of_json(it):
    names = []
    json.loads(it.text, parse_constant=names.append)
    return bool(names)


def _kid_absent_and_ambiguous(it):
    return (
        "kid" not in it.header
        and sum(key.get("alg", it.header["alg"]) == it.header["alg"] and key["kty"] == "RSA" for key in it.keys) > 1
    )


def _time_out_of_range(it):
    return not 0 <= it.claims[_TIMES[it.reason]] < _YEAR_10000


def _lifetime(it):
    """Allows one second between the verdict and the response."""
    return it.claims["exp"] - it.claims.get("iat", it.at - 1) > 86_400


def _media_type(value):
    return value.lower().removeprefix("application/")


def _subject_malformed(it):
    subject = it.claims["sub"]
    controls = any(ord(character) < 0x20 or 0x7F <= ord(character) < 0xA0 for character in subject)
    return controls or not 1 <= len(subject.encode()) <= 256


_PARTS, _EXTENSIONS = tuple(_MALFORMED), ("crit", "b64", "zip", "enc")
RULES = {
    "token_over_16_kib": (("too_long",), lambda it: len(it.token) > 16_384),
    "header_over_2_kib": (("header_malformed",), lambda it: len(it.header_text) > 2048),
    "not_utf_8": (_PARTS, lambda it: json.detect_encoding(it.text) != "utf-8"),
    "duplicate_member": (_PARTS, _duplicate_member),
    "half_a_surrogate_pair": (_PARTS, lambda it: any("\ud800" <= c <= "\udfff" for text in _strings(it) for c in text)),
    "nul_character": (_PARTS, lambda it: any("\0" in text for text in _strings(it))),
    "nan_or_infinity": (_PARTS, _not_a_number_of_json),
    "over_32_levels": (_PARTS, lambda it: max(d for v, d in it.nodes if isinstance(v, (tuple, list))) > 32),
    "number_out_of_range": (("payload_malformed",), _number_out_of_range),
    "extension_header": (("header_not_allowed",), lambda it: any(name in it.header for name in _EXTENSIONS)),
    "nested_token": (("header_not_allowed",), lambda it: _media_type(it.header.get("cty", "")) == "jwt"),
    "typ_not_allowed": (("type_not_allowed",), lambda it: _media_type(it.header["typ"]) not in ("jwt", "at+jwt")),
    "kid_absent_and_ambiguous": (("key_ambiguous",), _kid_absent_and_ambiguous),
    "time_out_of_range": (tuple(_TIMES), _time_out_of_range),
    "lifetime_over_24h": (("lifetime_too_long",), _lifetime),
    "subject_absent": (("subject_missing",), lambda it: "sub" not in it.claims),
    "subject_malformed": (("subject_malformed",), _subject_malformed),
}


def explaining(judged: Judged):
    """The names of the rules that explain why Purser alone rejected the token."""
    return [name for name, (reasons, holds) in RULES.items() if judged.reason in reasons and holds(judged)]
