# SPDX-License-Identifier: Apache-2.0
"""joserfc as a reference verifier, with the rules that Purser shares: keys, iss, aud, exp, nbf, iat and leeway."""

import json

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jwt import JWTClaimsRegistry
from joserfc.registry import JWS_HEADER_REGISTRY

from .signers import ALGORITHMS

# Errors that joserfc raises for unexpected input, besides its own.
_REFUSALS = (JoseError, ValueError, TypeError, AttributeError, RecursionError)


class ReferenceVerifier:
    def __init__(self, key_set, issuer, audience, leeway):
        self._keys = KeySet.import_key_set(key_set)
        self._leeway = leeway
        self._claims = {
            "iss": {"essential": True, "value": issuer},
            "aud": {"essential": True, "value": audience},
            "exp": {"essential": True},
        }
        self._registry = jws.JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
        # Neither side reads jwk, jku, x5u and x5c; only Purser limits lengths.
        self._registry.header_registry = {
            name: JWS_HEADER_REGISTRY[name] for name in ("alg", "kid", "typ", "cty", "crit", "b64")
        }
        self._registry.max_header_length = self._registry.max_payload_length = 65_536

    def authentic(self, token: str):
        """The claims of a token with a valid signature, whatever their values, or None."""
        try:
            extracted = jws.extract_compact(token.encode("latin-1"), None, self._registry)
            # Without a kid each fitting key is tried; joserfc by itself would use none.
            keys = [self._keys] if "kid" in extracted.headers() else self._keys.keys
            if not any(self._is_signed(extracted, key) for key in keys):
                return None
            claims = json.loads(extracted.payload)
        except _REFUSALS:
            return None
        return claims if isinstance(claims, dict) else None

    def _is_signed(self, extracted, key):
        try:
            return jws.validate_compact(extracted, key, registry=self._registry)
        except JoseError:
            return False

    def accepts(self, claims, now: float):
        try:
            JWTClaimsRegistry(now, self._leeway, **self._claims).validate(claims)
        except _REFUSALS:
            return False
        return True
