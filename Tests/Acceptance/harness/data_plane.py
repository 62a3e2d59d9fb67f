# SPDX-License-Identifier: Apache-2.0
"""A fake data plane: records every batch unchanged and sends the configured responses."""

import hashlib
import threading
import time
from collections import deque

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from .emulators import REGION
from .recording_server import RecordingServer, hang_up, reply


def answer(status, body=b"{}", error=None, **headers):
    pairs = [("Content-Type", "application/json"), ("x-amzn-RequestId", "00000000-0000-4000-8000-00000000d4d4")]
    pairs += [("x-amzn-ErrorType", error)] if error else []
    pairs += [(name.replace("_", "-"), value) for name, value in headers.items()]
    return lambda handler, server: reply(handler, status, body, pairs)


def refusal(status, error, message="what AWS says of the-secret-user"):
    return answer(status, f'{{"message":"{message}"}}'.encode(), error)


def silence(handler, server):
    server.stopping.wait(60)
    hang_up(handler)


def broken(handler, server):
    hang_up(handler)


def endless(handler, server):
    """A successful response whose body never ends."""
    handler.send_response_only(200)
    handler.send_header("Content-Type", "application/json")
    handler.end_headers()
    deadline = time.monotonic() + 30
    try:
        while not server.stopping.is_set() and time.monotonic() < deadline:
            handler.wfile.write(b" " * 65_536)
    finally:
        handler.close_connection = True


def slow(handler, server):
    """A response that sends one byte every 100 ms."""
    handler.send_response_only(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    while not server.stopping.wait(0.1):
        handler.wfile.write(b" ")


class DataPlane(RecordingServer):
    """Each request takes the next behaviour of the script, or `otherwise` when the script is empty."""

    def __init__(self, *script):
        self.script, self.otherwise = deque(script), answer(200)
        self._open = threading.Event()
        self._open.set()
        super().__init__()

    def hold(self):
        self._open.clear()

    def release(self):
        self._open.set()

    def handle(self, request, handler):
        try:
            behaviour = self.script.popleft()
        except IndexError:
            behaviour = self.otherwise
        while not self._open.wait(0.05):
            if self.stopping.is_set():
                return
        behaviour(handler, self)

    def stop(self):
        super().stop()
        self.release()


def verify(request, credentials, plane):
    """Asserts that botocore computes the same signature for the request. Returns the signed header names."""
    scheme, _, rest = request.header("Authorization").partition(" ")
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    key, date, region, service, _ = parts["Credential"].split("/")
    assert (scheme, key, region, service) == ("AWS4-HMAC-SHA256", credentials["accessKeyId"], REGION, "rum")
    assert request.header("x-amz-content-sha256") == hashlib.sha256(request.body).hexdigest()
    assert request.header("X-Amz-Security-Token") == credentials["sessionToken"]
    names = parts["SignedHeaders"].split(";")
    signed = AWSRequest(
        request.method,
        plane.url + request.path,
        headers={name: request.header(name) for name in names},
        data=request.body,
    )
    signed.context["timestamp"] = request.header("X-Amz-Date")
    assert signed.context["timestamp"].startswith(date)
    signer = SigV4Auth(Credentials(key, credentials["secretAccessKey"], credentials["sessionToken"]), service, region)
    canonical = signer.canonical_request(signed)
    assert signer.signature(signer.string_to_sign(signed, canonical), signed) == parts["Signature"]
    return names
