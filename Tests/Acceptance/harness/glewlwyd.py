# SPDX-License-Identifier: Apache-2.0
"""glewlwyd, an independent OpenID Connect provider, configured through its administration API.

It starts from the empty database of its Debian package, which has the administrator's well-known password.
"""

import gzip
import itertools
import json
import sqlite3
from pathlib import Path

from joserfc.jwk import ECKey, RSAKey

from .cookie_client import CookieClient
from .process import Process, environment, start_listening

CLIENT, REDIRECT = "rum-web", "http://127.0.0.1/signed-in"
SESSION_COOKIE = "oidc-session"
USERS = ("alice", "bob")
_EMPTY_DATABASE = Path("/usr/share/doc/glewlwyd/database/init.sqlite3.sql.gz")
_MODULES = Path("/usr/lib/glewlwyd")


def signing_key(algorithm, kid):
    key = RSAKey.generate_key(2048) if algorithm.startswith("RS") else ECKey.generate_key("P-256")
    return key.as_dict(private=True) | {"kid": kid, "alg": algorithm, "use": "sig"}


class Glewlwyd:
    """With a `front` (see `recording_proxy`), the front's address is its issuer URL."""

    def __init__(self, directory: Path, algorithms=("RS256", "ES256"), front=None):
        directory.mkdir(parents=True, exist_ok=True)
        self.directory, self.front = directory, front
        # The first key signs; all keys are published.
        self.keys = [signing_key(algorithm, f"key-{number}") for number, algorithm in enumerate(algorithms)]
        self.process, port = start_listening(self._launch)
        self.base = f"http://127.0.0.1:{port}"
        if front:
            front.put(self.base)
        self.issuer = f"{front.url if front else self.base}/api/oidc"
        self.key_set = f"{self.issuer}/jwks"
        self._numbers = itertools.count(len(algorithms))
        self._session_management = {}
        self._set_up()

    def rotate(self, algorithm):
        """Signs with a new key from now on and publishes it before the others. Returns its kid."""
        self.keys.insert(0, signing_key(algorithm, f"key-{next(self._numbers)}"))
        self._change_keys()
        return self.keys[0]["kid"]

    def retire(self):
        """Publishes only the signing key from now on."""
        del self.keys[1:]
        self._change_keys()

    def send_logout_tokens(self, uri, session):
        """Sends a logout token to `uri` when a session ends, with `sid` if `session` is true."""
        self._session_management = {
            "session-management-allowed": True,
            "session-cookie-name": SESSION_COOKIE,
            "session-cookie-expiration": 3600,
            "back-channel-logout-allowed": True,
        }
        administrator = self._administrator()
        administrator.request("PUT", "/api/mod/plugin/oidc", self._plugin())
        administrator.request("PUT", "/api/mod/plugin/oidc/reset")
        required = {"backchannel_logout_session_required": "true"} if session else {}
        client = self._client() | {"backchannel_logout_uri": uri} | required
        administrator.request("PUT", f"/api/client/{CLIENT}", client)

    def _change_keys(self):
        administrator = self._administrator()
        administrator.request("PUT", "/api/mod/plugin/oidc", self._plugin())
        administrator.request("PUT", "/api/mod/plugin/oidc/reset")
        _, published = administrator.request("GET", "/api/oidc/jwks")
        assert [key["kid"] for key in published["keys"]] == [key["kid"] for key in self.keys]

    def stop(self):
        self.process.stop()

    def _launch(self, port):
        database = self.directory / f"{port}.sqlite3"
        with sqlite3.connect(database) as connection:
            connection.executescript(gzip.decompress(_EMPTY_DATABASE.read_bytes()).decode())
        connection.close()
        nothing = self.directory / "nothing"
        nothing.mkdir(exist_ok=True)
        settings = {
            "PORT": port,
            "BIND_ADDRESS": "127.0.0.1",
            "EXTERNAL_URL": self.front.url if self.front else f"http://127.0.0.1:{port}",
            "API_PREFIX": "api",
            "LOGIN_URL": "login.html",
            "STATIC_FILES_PATH": nothing,
            "LOG_MODE": "console",
            "LOG_LEVEL": "WARNING",
            "SESSION_KEY": "session",
            "SESSION_EXPIRATION": 3600,
            "COOKIE_SECURE": 0,
            "ALLOW_ORIGIN": "*",
            "ADMIN_SCOPE": "g_admin",
            "PROFILE_SCOPE": "g_profile",
            "LOGIN_API_ENABLED": 1,
            "ADMIN_SESSION_AUTH": "cookie",
            "PROFILE_SESSION_AUTH": "cookie",
            "HASH_ALGORITHM": "SHA512",
            "DATABASE_TYPE": "sqlite3",
            "DATABASE_SQLITE3_PATH": database,
            "USE_SECURE_CONNECTION": 0,
            "USER_MODULE_PATH": _MODULES / "user",
            "USER_MIDDLEWARE_MODULE_PATH": nothing,
            "CLIENT_MODULE_PATH": _MODULES / "client",
            "AUTH_SCHEME_MODULE_PATH": _MODULES / "scheme",
            "PLUGIN_MODULE_PATH": _MODULES / "plugin",
        }
        variables = environment(**{f"GLWD_{name}": value for name, value in settings.items()})
        return Process(["glewlwyd", "--env-variables"], self.directory, "glewlwyd", variables)

    def _administrator(self):
        administrator = CookieClient(self.base)
        administrator.request("POST", "/api/auth/", {"username": "admin", "password": "password"})
        return administrator

    def _plugin(self):
        return {"module": "oidc", "name": "oidc", "display_name": "OpenID Connect", "parameters": self._oidc()}

    def _set_up(self):
        administrator = self._administrator()
        administrator.request("POST", "/api/scope/", {"name": "rum", "display_name": "rum", "password_required": False})
        administrator.request("POST", "/api/mod/plugin/", self._plugin())
        administrator.request("POST", "/api/client/", self._client())
        for user in USERS:
            administrator.request(
                "POST",
                "/api/user/",
                {
                    "username": user,
                    "name": user.title(),
                    "email": f"{user}@example.test",
                    "enabled": True,
                    "password": password(user),
                    "scope": ["openid", "rum", "g_profile"],
                },
            )

    def _client(self):
        return {
            "client_id": CLIENT,
            "name": "RUM web",
            "confidential": False,
            "enabled": True,
            "scope": ["rum"],
            "redirect_uri": [REDIRECT],
            "authorization_type": ["code"],
            "token_endpoint_auth_method": ["none"],
        }

    def _oidc(self):
        """A public client that must use PKCE with S256 (RFC 7636), as a browser application does."""
        return {
            "iss": self.issuer,
            "jwks-private": json.dumps({"keys": self.keys}),
            "jwks-show": True,
            "jwt-type": "rsa",
            "jwt-key-size": "256",
            "key": "",
            "cert": "",
            "access-token-duration": 3600,
            "refresh-token-duration": 86400,
            "code-duration": 600,
            "auth-type-code-enabled": True,
            "auth-type-token-enabled": False,
            "auth-type-id-token-enabled": True,
            "auth-type-none-enabled": False,
            "auth-type-password-enabled": False,
            "auth-type-client-enabled": False,
            "auth-type-device-enabled": False,
            "auth-type-refresh-enabled": False,
            "refresh-token-rolling": False,
            "pkce-allowed": True,
            "pkce-required": True,
            "pkce-method-plain-allowed": False,
            "allow-non-oidc": False,
            "subject-type": "public",
            "name-claim": "no",
            "email-claim": "no",
            "scope": [{"name": "openid"}, {"name": "rum"}],
            "additional-parameters": [],
            "claims": [],
        } | self._session_management


def password(user):
    return f"{user}-has-a-password"
