# SPDX-License-Identifier: Apache-2.0
"""An HTTP client that keeps cookies, as an identity provider requires, and returns redirects as responses."""

import http.cookiejar
import json
import urllib.error
import urllib.parse
import urllib.request


class _ReturnRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class CookieClient:
    def __init__(self, base):
        self._base = base
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()),
            _ReturnRedirects,
        )

    def request(self, method, path, json_body=None, form=None, expect=200):
        """Headers and parsed body of a response, which must have the status `expect`."""
        headers, data = {}, None
        if json_body is not None:
            headers["Content-Type"], data = "application/json", json.dumps(json_body).encode()
        if form is not None:
            data = urllib.parse.urlencode(form).encode()
        request = urllib.request.Request(self._base + path, data, headers, method=method)
        try:
            response = self._opener.open(request, timeout=15)
        except urllib.error.HTTPError as error:
            response = error
        with response:
            text = response.read().decode()
            assert response.status == expect, f"{method} {path}: {response.status} {text[:500]}"
            return response.headers, json.loads(text) if text[:1] in ("{", "[") else text
