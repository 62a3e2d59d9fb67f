# SPDX-License-Identifier: Apache-2.0
"""Signs a user in by authorization code with PKCE (RFC 6749 §4.1, RFC 7636), without a browser."""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from urllib.parse import parse_qs, urlencode, urlsplit

from .cookie_client import CookieClient
from .glewlwyd import CLIENT, REDIRECT, Glewlwyd, password

_SCOPE = "openid rum"


def sign_in(provider: Glewlwyd, user, browser=None) -> str:
    """The id token of a new sign-in."""
    browser = browser or CookieClient(provider.base)
    browser.request("POST", "/api/auth/", {"username": user, "password": password(user)})
    browser.request("PUT", f"/api/auth/grant/{CLIENT}/", {"scope": _SCOPE})
    verifier = secrets.token_urlsafe(48)
    code = _authorize(browser, verifier)
    _, tokens = browser.request(
        "POST",
        "/api/oidc/token",
        form={
            "grant_type": "authorization_code",
            "client_id": CLIENT,
            "code": code,
            "redirect_uri": REDIRECT,
            "code_verifier": verifier,
        },
    )
    return tokens["id_token"]


def _authorize(browser, verifier):
    challenge = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    question = urlencode(
        {
            "response_type": "code",
            "client_id": CLIENT,
            "redirect_uri": REDIRECT,
            "scope": _SCOPE,
            "state": secrets.token_urlsafe(8),
            "nonce": secrets.token_urlsafe(8),
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            "g_continue": "",
        }
    )
    headers, _ = browser.request("GET", f"/api/oidc/auth?{question}", expect=302)
    answer = parse_qs(urlsplit(headers["Location"]).query)
    assert "code" in answer, f"the provider returned no code: {headers['Location']}"
    return answer["code"][0]
