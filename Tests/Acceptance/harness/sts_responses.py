# SPDX-License-Identifier: Apache-2.0
"""Behaviours of a fake STS: each function returns one."""

import time
from datetime import datetime, timedelta, timezone

from .recording_server import hang_up, reply

_XML = [("Content-Type", "text/xml")]


def issued(number):
    """The key id, secret and token of the session with this number, from 1."""
    key, secret = f"ASIAFAKE{number:012d}", f"secret-of-session-{number:08d}/+ABCDEFGHIJ"
    return key, secret, f"token-of-session-{number:08d}{'x' * 600}"


def session(lifetime=None, expiration=None):
    """A success in AWS's format. `lifetime` replaces the requested duration, in seconds, and `expiration` its end."""

    def behave(request, handler, server):
        form, number = request.form, server.next_number()
        action = form["Action"]
        seconds = lifetime if lifetime is not None else int(form["DurationSeconds"])
        end = datetime.now(timezone.utc) + timedelta(seconds=seconds)
        key, secret, token = issued(number)
        if action == "GetScopedCredentials":
            holder = """<SessionInfo><ScopedSessionId>AROAEXAMPLE:scoped</ScopedSessionId>
  <Arn>arn:aws:sts::123456789012:assumed-role/Scoped/scoped</Arn></SessionInfo>"""
        else:
            role, name = form["RoleArn"].rsplit("/", 1)[1], form["RoleSessionName"]
            holder = f"""<AssumedRoleUser><AssumedRoleId>AROAEXAMPLE:{name}</AssumedRoleId>
  <Arn>arn:aws:sts::123456789012:assumed-role/{role}/{name}</Arn></AssumedRoleUser>"""
        reply(
            handler,
            200,
            f"""\
<{action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{action}Result>
  {holder}
  <Credentials><AccessKeyId>{key}</AccessKeyId>
  <SecretAccessKey>{secret}</SecretAccessKey>
  <SessionToken>{token}</SessionToken>
  <Expiration>{expiration or end.strftime("%Y-%m-%dT%H:%M:%SZ")}</Expiration></Credentials>
  <PackedPolicySize>12</PackedPolicySize>
</{action}Result><ResponseMetadata><RequestId>00000000-0000-4000-8000-{number:012d}</RequestId></ResponseMetadata>
</{action}Response>""".encode(),
            _XML,
        )

    return behave


def error(status, code, message="what AWS says"):
    return content(
        status,
        f"""\
<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>{code}</Code>
<Message>{message}</Message></Error><RequestId>00000000-0000-4000-8000-000000000000</RequestId></ErrorResponse>""",
    )


def content(status, body, content_type="text/xml"):
    return lambda request, handler, server: reply(handler, status, body.encode(), [("Content-Type", content_type)])


def redirect(status, url):
    return lambda request, handler, server: reply(handler, status, b"", [("Location", url)])


def silence():
    """No response until the client or the server closes."""

    def behave(request, handler, server):
        server.stopping.wait(60)
        hang_up(handler)

    return behave


def broken_connection():
    return lambda request, handler, server: hang_up(handler)


def endless_body():
    """A valid beginning of a body that never ends."""

    def behave(request, handler, server):
        handler.send_response_only(200)
        handler.send_header("Content-Type", "text/xml")
        handler.end_headers()
        deadline = time.monotonic() + 60
        try:
            while not server.stopping.is_set() and time.monotonic() < deadline:
                handler.wfile.write(b"<x>" + b"x" * 65_536 + b"</x>")
        finally:
            handler.close_connection = True

    return behave
