# SPDX-License-Identifier: Apache-2.0
"""Invalid responses of a provider, each as a page of `provider` derived from a valid document.

Each document, if Purser accepted it, would bring the valid document's keys into use, which tests can detect.
"""

import json

from .provider import page
from .recording_server import hang_up

_TEN_MEGABYTES = 10_000_000


def drip(good):
    """One byte every quarter of a second."""

    def answer(handler, server):
        _head(handler, len(good))
        for byte in good:
            handler.wfile.write(bytes([byte]))
            if server.stopping.wait(0.25):
                break
        hang_up(handler)

    return answer


def silence(good):
    def answer(handler, server):
        server.stopping.wait()
        hang_up(handler)

    return answer


def cut_off(good):
    def answer(handler, server):
        _head(handler, len(good))
        handler.wfile.write(good[:-40])
        handler.wfile.flush()
        hang_up(handler)

    return answer


def without_end(good):
    """The document after 10 MB of white space, chunked and so without a Content-Length."""

    def answer(handler, server):
        handler.send_response_only(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        blank = b" " * 50_000
        for part in [blank] * (_TEN_MEGABYTES // len(blank)) + [good, b""]:
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))

    return answer


def redirect(to, status=302):
    return lambda good: page(b"", status, headers=[("Location", to)])


# For every document.
RESPONSES = {
    "drip": drip,
    "silence": silence,
    "cut off": cut_off,
    "10 MB": without_end,
    "10 MB announced": lambda good: page(b" " * _TEN_MEGABYTES + good),
    "over 512 KiB": lambda good: page(good + b" " * 512 * 1024),
    "redirect to link-local": redirect("http://169.254.169.254/latest/meta-data/"),
    "text/html": lambda good: page(good, content_type="text/html"),
    "text/plain": lambda good: page(good, content_type="text/plain; charset=utf-8"),
    "no content type": lambda good: page(good, content_type=""),
    "an HTML page": lambda good: page(b"<!doctype html><title>Sign in</title>", content_type="text/html"),
    "HTML called JSON": lambda good: page(b"<!doctype html><title>Sign in</title>"),
    "not found": lambda good: page(good, 404),
    "server error": lambda good: page(good, 500),
    "created": lambda good: page(good, 201),
    "truncated": lambda good: page(good[:-3]),
    "trailing data": lambda good: page(good + b"{}"),
    "a list": lambda good: page(b"[" + good + b"]"),
    "null": lambda good: page(b"null"),
    "nothing": lambda good: page(b""),
    "byte order mark": lambda good: page(b"\xef\xbb\xbf" + good),
    "a member twice": lambda good: page(b"{" + good[1:-1] + b"," + good[1:]),
}

# For a key set; each changes the keys of the valid one.
_KEY_SETS = {
    "no keys": lambda keys: {},
    "keys that are an object": lambda keys: {"keys": keys[0]},
    "empty set": lambda keys: {"keys": []},
    "two keys of one kid": lambda keys: {"keys": keys + [keys[0] | {"e": "Aw"}]},
    "101 keys": lambda keys: {"keys": keys + [keys[0] | {"kid": f"key-{number}"} for number in range(100)]},
    "private key alone": lambda keys: {"keys": [keys[0] | {"d": "AQAB"}]},
    "shared secret alone": lambda keys: {"keys": [keys[0] | {"kty": "oct", "k": "c2VjcmV0"}]},
    "encryption key alone": lambda keys: {"keys": [keys[0] | {"use": "enc"}]},
}
KEY_SETS = RESPONSES | {
    name: lambda good, change=change: page(change(json.loads(good)["keys"])) for name, change in _KEY_SETS.items()
}


def _changed(**changes):
    def answer(good):
        members = {name: value for name, value in (json.loads(good) | changes).items() if value is not None}
        return page(members)

    return answer


def _with_issuer(change):
    return lambda good: page(json.loads(good) | {"issuer": change(json.loads(good)["issuer"])})


# For a provider's metadata.
METADATA = RESPONSES | {
    "issuer with a slash": _with_issuer(lambda issuer: issuer + "/"),
    "issuer in capitals": _with_issuer(str.upper),
    "another issuer": _with_issuer(lambda issuer: "https://login.example.test/"),
    "no issuer": _changed(issuer=None),
    "issuer that is a list": _with_issuer(lambda issuer: [issuer]),
    "no jwks_uri": _changed(jwks_uri=None),
    "jwks_uri that is a number": _changed(jwks_uri=7),
    "jwks_uri http elsewhere": _changed(jwks_uri="http://login.example.test/jwks.json"),
    "jwks_uri http link-local": _changed(jwks_uri="http://169.254.169.254/jwks.json"),
    "jwks_uri of a file": _changed(jwks_uri="file:///etc/hostname"),
    "jwks_uri ftp": _changed(jwks_uri="ftp://127.0.0.1/jwks.json"),
    "jwks_uri relative": _changed(jwks_uri="/jwks.json"),
}

# These name an address that must not be requested; each takes a provider there, which publishes valid keys.
REDIRECTS = {
    f"redirect {status} to a good set": lambda decoy, status=status: redirect(decoy.key_set_url, status)
    for status in (301, 302, 303, 307, 308)
}
DIVERSIONS = REDIRECTS | {
    "jwks_uri with user information": lambda decoy: _changed(jwks_uri=decoy.key_set_url.replace("//", "//user:pass@")),
    "jwks_uri with a fragment": lambda decoy: _changed(jwks_uri=decoy.key_set_url + "#keys"),
    "jwks_uri https of a plain port": lambda decoy: _changed(jwks_uri=decoy.key_set_url.replace("http:", "https:")),
}


def _head(handler, length):
    handler.send_response_only(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(length))
    handler.end_headers()
