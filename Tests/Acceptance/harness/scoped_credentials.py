# SPDX-License-Identifier: Apache-2.0
"""GetScopedCredentials: who signed a request, by botocore, and the credentials that the fake STS issued."""

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from .emulators import REGION
from .sts_responses import error, issued, session

ACTION = "GetScopedCredentials"


def actions(sts):
    """The actions that the fake STS received, in order."""
    return [request.form["Action"] for request in sts.requests]


def calls(sts, action=ACTION):
    """The requests of an action."""
    return [request for request in sts.requests if request.form["Action"] == action]


def signer(request):
    """The access key id that signed a request."""
    return request.header("Authorization").split("Credential=", 1)[1].split("/", 1)[0]


def assert_signed(request, sts, number):
    """Asserts that botocore computes the same signature with the credentials that the fake STS issued as `number`."""
    key, secret, token = issued(number)
    assert signer(request) == key
    assert request.header("X-Amz-Security-Token") == token
    parts = dict(part.strip().split("=", 1) for part in request.header("Authorization").split(" ", 1)[1].split(","))
    names = parts["SignedHeaders"].split(";")
    assert "x-amz-security-token" in names
    headers = {name: request.header(name) for name in names}
    signed = AWSRequest("POST", sts.url + "/", headers=headers, data=request.body)
    signed.context["timestamp"] = request.header("X-Amz-Date")
    sigv4 = SigV4Auth(Credentials(key, secret, token), "sts", REGION)
    canonical = sigv4.canonical_request(signed)
    assert sigv4.signature(sigv4.string_to_sign(signed, canonical), signed) == parts["Signature"]


def refusing(code, status=403, when=lambda request: True):
    """Behaviour of a fake STS: refuses GetScopedCredentials, and answers everything else."""

    def behave(request, handler, server):
        refuses = request.form["Action"] == ACTION and when(request)
        (error(status, code) if refuses else session())(request, handler, server)

    return behave
