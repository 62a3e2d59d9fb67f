# SPDX-License-Identifier: Apache-2.0
"""Collects secrets while tests run, and scans logs, responses and output for them."""

import json
from base64 import urlsafe_b64decode

_MINIMUM = 16  # shorter texts could occur by chance


class SecretScanner:
    def __init__(self):
        self._secrets = {}

    def add(self, what, value):
        """Adds a value to scan for; of a long one also its beginning and end, which truncation would leave."""
        if not value or len(value) < 6:
            return
        self._secrets[value] = what
        if len(value) > 3 * _MINIMUM:
            self._secrets[value[: _MINIMUM * 2]] = f"the beginning of {what}"
            self._secrets[value[-_MINIMUM * 2 :]] = f"the end of {what}"

    def add_token(self, token):
        self.add("a token", token)
        parts = token.split(".")
        for part, what in zip(parts[1:], ("a token's payload", "a token's signature")):
            if len(part) >= _MINIMUM:
                self.add(what, part)
        if len(parts) > 1:
            self.add("a subject", _subject(parts[1]))

    def add_credentials(self, answer):
        self.add("a secret access key", answer["secretAccessKey"])
        self.add("a session token", answer["sessionToken"])

    def check(self, text, where):
        # A copy, because other threads may add secrets.
        found = sorted({what for secret, what in list(self._secrets.items()) if secret in text})
        assert not found, f"{where} contains {', '.join(found)}"


def _subject(payload):
    try:
        claims = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return claims["sub"] if isinstance(claims["sub"], str) else None
    except (ValueError, KeyError, TypeError):
        return None
