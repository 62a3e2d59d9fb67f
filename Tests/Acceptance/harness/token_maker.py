# SPDX-License-Identifier: Apache-2.0
"""Generates valid tokens of every algorithm and form, on which all mutations are based."""

from .settings import AUDIENCE
from .signers import ALGORITHMS, ANY_RSA, RSA
from .tokens import ISSUER, compact

# Signing and verifying on the larger curves takes ten times as long as on the small ones.
_WEIGHTS = {"ES256": 8, "ES384": 2, "ES512": 2, "EdDSA": 8}
SUBJECT = "subject-of-a-differential"
OMIT = object()


class TokenMaker:
    def __init__(self, signers, random, now):
        self.signers, self.random, self.now = signers, random, now

    def chance(self, share=0.4):
        return self.random.random() < share

    def pick(self, *choices):
        return self.random.choice(choices)

    def algorithm(self, among=ALGORITHMS):
        return self.random.choices(among, [_WEIGHTS.get(name, 3) for name in among])[0]

    def header(self, algorithm=None, **changes):
        algorithm = algorithm or self.algorithm()
        kid = ANY_RSA if algorithm in RSA and self.chance(0.2) else f"key-{algorithm}"
        return changed({"alg": algorithm, "typ": "JWT", "kid": kid}, changes)

    def claims(self, **changes):
        subject = f"{SUBJECT}-{self.random.randrange(40)}"
        issued = self.now - self.random.randrange(3600)
        claims = {"iss": ISSUER, "sub": subject, "aud": AUDIENCE, "iat": issued, "exp": self.now + 3600}
        # All tokens differ, so that each is verified and no verdict comes from the cache.
        # The punctuation yields - and _ in base64url at every offset.
        return changed(claims | {"jti": f"{self.random.getrandbits(96):024x}>>>???"}, changes)

    def token(self, header=None, claims=None, by=None, kid=None):
        """Signs with the header's algorithm, or `by` another one; text and bytes are used unchanged."""
        header = self.header() if header is None else header
        algorithm = by or header["alg"]
        kid = kid or (header.get("kid") if isinstance(header, dict) else None)
        claims = self.claims() if claims is None else claims
        return compact(header, claims, lambda message: self.signers.sign(algorithm, message, kid))

    def good(self):
        """A valid token in one of the forms that the standards allow and Purser accepts."""
        header, now = self.header(), self.now
        if self.chance():
            header["typ"] = self.pick("jwt", "at+jwt", "AT+JWT", "application/at+jwt", "Application/JWT")
        if self.chance(0.1):
            del header["typ"]
        if header["alg"] not in RSA and self.chance(0.3):
            del header["kid"]
        if self.chance(0.1):
            header |= self.pick({"cty": "json"}, {"x": None}, {"jku": "https://evil.example.test/"}, {"x5c": 5})
        claims = self.claims(**self.pick({}, {"nbf": now - 5}, {"iat": OMIT}, {"exp": now + 1800.5}, {"nbf": 1.5e9}))
        if self.chance(0.3):
            claims["aud"] = self.pick([AUDIENCE], ["another", AUDIENCE], [AUDIENCE, AUDIENCE, "third"])
            claims["azp"] = AUDIENCE
        if self.chance(0.2):
            claims["more"] = self.pick({"": [None, True, {"deep": [[]]}]}, 'é \U0001f600 \u2028 "\\/', -0.0, 2**63 - 1)
        if self.chance(0.05):
            claims["sub"] = self.pick("ü", "s" * 256, "\U0001f600" * 64, " ", "auth0|5f7c", "\u202e")
        items = list(claims.items())
        self.random.shuffle(items)
        return self.token(header, dict(items))


def changed(values, changes):
    return {name: value for name, value in (values | changes).items() if value is not OMIT}
