"""A user signs in by authorization code with PKCE (RFC 6749 §4.1, RFC 7636), as in a browser but without one."""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from urllib.parse import parse_qs, urlencode, urlsplit

from .browser import Browser
from .glewlwyd import CLIENT, REDIRECT, Glewlwyd, password

_SCOPE = "openid rum"


def sign_in(provider: Glewlwyd, user) -> str:
    """The id token of a fresh sign-in."""
    browser = Browser(provider.base)
    browser.ask("POST", "/api/auth/", {"username": user, "password": password(user)})
    browser.ask("PUT", f"/api/auth/grant/{CLIENT}/", {"scope": _SCOPE})
    verifier = secrets.token_urlsafe(48)
    code = _authorize(browser, verifier)
    _, tokens = browser.ask(
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
    headers, _ = browser.ask("GET", f"/api/oidc/auth?{question}", expect=302)
    answer = parse_qs(urlsplit(headers["Location"]).query)
    assert "code" in answer, f"the provider sent no code: {headers['Location']}"
    return answer["code"][0]
