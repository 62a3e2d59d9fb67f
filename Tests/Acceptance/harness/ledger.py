"""Everything that must never show: the ledger learns it while tests run and looks for it wherever Purser writes."""

import json
from base64 import urlsafe_b64decode

_TELLING = 16  # shorter texts could be found by chance


class Ledger:
    def __init__(self):
        self._secrets = {}

    def learn(self, what, value):
        """A value to look for, whole; of a long one also its beginning and end, which is what clipping leaves."""
        if not value or len(value) < 6:
            return
        self._secrets[value] = what
        if len(value) > 3 * _TELLING:
            self._secrets[value[: _TELLING * 2]] = f"the beginning of {what}"
            self._secrets[value[-_TELLING * 2 :]] = f"the end of {what}"

    def learn_token(self, token):
        self.learn("a token", token)
        parts = token.split(".")
        for part, what in zip(parts[1:], ("a token's payload", "a token's signature")):
            if len(part) >= _TELLING:
                self.learn(what, part)
        if len(parts) > 1:
            self.learn("a subject", _subject(parts[1]))

    def learn_credentials(self, answer):
        self.learn("a secret access key", answer["secretAccessKey"])
        self.learn("a session token", answer["sessionToken"])

    def check(self, text, where):
        # A copy: other threads may be learning.
        found = sorted({what for secret, what in list(self._secrets.items()) if secret in text})
        assert not found, f"{where} shows {', '.join(found)}"


def _subject(payload):
    try:
        claims = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return claims["sub"] if isinstance(claims["sub"], str) else None
    except (ValueError, KeyError, TypeError):
        return None
