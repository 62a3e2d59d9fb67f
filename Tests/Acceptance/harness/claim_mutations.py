# SPDX-License-Identifier: Apache-2.0
"""Claims at and beyond the limits of the rules."""

from .settings import AUDIENCE
from .token_maker import OMIT
from .tokens import ISSUER

LEEWAY, LIFETIME = 60, 86_400
_ODD = (OMIT, None, True, False, "", "text", [], {}, 0, -1, 1.5, [1], {"a": 1})


def _odd(name):
    return lambda make: make.claims(**{name: make.pick(*_ODD)})


def _edge(name, edge):
    """A time so near to the limit that the verdict on some tokens changes while the test runs."""

    def change(make):
        seconds = make.random.uniform(-40, 90)
        claims = make.claims(iat=OMIT) if name == "exp" else make.claims()
        return claims | {name: make.now + edge + make.pick(seconds, int(seconds))}

    return change


def _lifetime(make):
    issued = make.now - make.random.randrange(40_000)
    lifetime = LIFETIME + make.pick(-3, -1, 0, 0.25, 1, 2, 4e6)
    return make.claims(iat=make.pick(issued, issued + 0.5), exp=issued + lifetime)


def _lifetime_from_now(make):
    return make.claims(iat=OMIT, exp=make.now + LIFETIME + make.pick(-3600, 3600, 10_000))


def _time_of_another_kind(make):
    now = make.now
    texts = [str(now), f"{now + 60}", "2026-01-01T00:00:00Z", [now], {"": now}, True, None]
    large = [now * 1000, now * 10**6, 2**53, 2**63 - 1, 253_402_300_799, 253_402_300_800, 1e12, 1e308]
    small = [-now, -0.0, -0.5, 0, 1, now + 0.999999, float(now)]
    return make.claims(**{make.pick("exp", "nbf", "iat"): make.pick(*texts, *large, *small)})


def _two_times(make):
    now, random = make.now, make.random
    return make.claims(
        exp=now + random.randint(-200, 4000), nbf=now + random.randint(-200, 200), iat=now + random.randint(-200, 200)
    )


def _issuer(make):
    longer = [ISSUER + more for more in ("/", " ", "\0", "?", "\u0301")]
    alike = [ISSUER.replace(*pair) for pair in (("https", "http"), ("o", "\u043e"), ("l", "\u217c"), ("e", "é"))]
    others = [ISSUER[:-1], ISSUER.upper(), "https://login.example.test:443/", [ISSUER], {"iss": ISSUER}]
    return make.claims(iss=make.pick(*_ODD, *longer, *alike, *others))


_LONGER = [AUDIENCE + more for more in ("-2", " ", "\u0301")]
_AUDIENCES = (AUDIENCE, *_LONGER, AUDIENCE[:-1], AUDIENCE.upper(), AUDIENCE.replace("-", "\u2010"), "", "another")


def _audience(make):
    several = [make.pick(*_AUDIENCES) for _ in range(make.random.randrange(4))]
    one, odd = make.pick(*_AUDIENCES), make.pick(*_ODD, [AUDIENCE, 1], [[AUDIENCE]])
    return make.claims(aud=make.pick(one, several, several, odd))


def _party(make):
    audience = make.pick(AUDIENCE, [AUDIENCE], [AUDIENCE, "another"], ["another", "third", AUDIENCE])
    return make.claims(aud=audience, azp=make.pick(*_AUDIENCES, *_ODD, AUDIENCE, AUDIENCE))


def _subject(make):
    longest = make.pick("s" * 256, "é" * 128, "\U0001f600" * 63 + "four")
    controls = ("a\nb", "\x1f", "\x7f", "a\x85", "\x9f")
    others = ("\xa0", "é", "e\u0301", " a ", "\u2028", "\ufeff", "\ufffe")
    return make.claims(sub=make.pick(*_ODD, longest[1:], longest, longest + "s", "a" * 1000, *controls, *others))


def _several_absent(make):
    return make.claims(**{name: OMIT for name in make.random.sample(("iss", "sub", "aud", "iat", "exp", "jti"), 2)})


CLAIMS = {
    "exp at its edge": (500, _edge("exp", -LEEWAY)),
    "nbf at its edge": (400, _edge("nbf", LEEWAY)),
    "iat at its edge": (400, _edge("iat", LEEWAY)),
    "lifetime at its edge": (300, _lifetime),
    "lifetime from now": (60, _lifetime_from_now),
    "times of another kind": (700, _time_of_another_kind),
    "two times": (300, _two_times),
    "iss": (350, _issuer),
    "aud": (700, _audience),
    "azp": (400, _party),
    "sub": (400, _subject),
    "claims absent": (150, _several_absent),
    **{f"{name} of another type": (80, _odd(name)) for name in ("iss", "sub", "aud", "exp", "nbf", "iat", "azp")},
}
