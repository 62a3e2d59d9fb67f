# SPDX-License-Identifier: Apache-2.0
"""oidc-provider-mock, an independent provider whose tokens have no kid."""

import sys
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

from .cookie_client import CookieClient
from .process import Process, environment, start_listening
from .settings import AUDIENCE

_REDIRECT = "http://127.0.0.1/signed-in"


class ProviderWithoutKid:
    """Generates its key at the start. Its issuer URL is that of the Host header, here of the front."""

    def __init__(self, directory: Path, front):
        self._front = front
        self.issuer = front.url
        self.process, port = start_listening(lambda port: self._launch(directory, port))
        front.put(f"http://127.0.0.1:{port}")

    def _launch(self, directory, port):
        tool = Path(sys.executable).with_name("oidc-provider-mock")
        return Process([tool, "-p", port], directory, f"kidless-{port}", environment(HOME=directory))

    def stop(self):
        self._front.clear()
        self.process.stop()

    def sign_in(self, user):
        browser = CookieClient(self.issuer)
        question = urlencode(
            {"response_type": "code", "client_id": AUDIENCE, "redirect_uri": _REDIRECT, "scope": "openid", "state": "s"}
        )
        headers, _ = browser.request("POST", f"/oauth2/authorize?{question}", form={"sub": user}, expect=302)
        [code] = parse_qs(urlsplit(headers["Location"]).query)["code"]
        form = {
            "grant_type": "authorization_code",
            "client_id": AUDIENCE,
            "client_secret": "any",
            "code": code,
            "redirect_uri": _REDIRECT,
        }
        return browser.request("POST", "/oauth2/token", form=form)[1]["id_token"]
