# SPDX-License-Identifier: Apache-2.0
"""AWS during a siege: a fake STS, slow for one role, and a fake data plane, in a process of their own."""

from collections import deque

from harness import sts_responses
from harness.data_plane import DataPlane
from harness.fake_sts import FakeSTS

SLOW_ROLE, SLOW_SECONDS = "arn:aws:iam::123456789012:role/RumSlow", 3.0


class Upstream:
    def __init__(self):
        self.sts, self.plane = FakeSTS(otherwise=_slow_for_one_role()), DataPlane()
        for server in (self.sts, self.plane):
            server.requests = deque(maxlen=10)  # the requests of a flood would fill the memory

    def urls(self):
        return self.sts.url, self.plane.url


def _slow_for_one_role():
    succeed = sts_responses.session()

    def behave(request, handler, server):
        if request.form["RoleArn"] == SLOW_ROLE:
            server.stopping.wait(SLOW_SECONDS)
        succeed(request, handler, server)

    return behave
