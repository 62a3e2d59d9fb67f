# SPDX-License-Identifier: Apache-2.0
"""Batches as the RUM web client sends them."""

import gzip
import json
import uuid

from .settings import APP, GUEST_MONITOR, SIGNED_IN_MONITOR

JSON, BEACON = "application/json", "text/plain;charset=UTF-8"
USERS, GUESTS = SIGNED_IN_MONITOR["id"], GUEST_MONITOR["id"]


def batch(user=None, events=1, monitor=USERS):
    event = {
        "id": str(uuid.uuid4()),
        "timestamp": 1_800_000_000,
        "type": "com.amazon.rum.page_view_event",
        "metadata": "{}",
        "details": json.dumps({"pageId": "/the-secret-page"}),
    }
    document = {
        "BatchId": str(uuid.uuid4()),
        "AppMonitorDetails": {"id": monitor, "version": "1.0"},
        "UserDetails": {"userId": user or str(uuid.uuid4()), "sessionId": str(uuid.uuid4())},
        "RumEvents": [event] * events,
    }
    return json.dumps(document).encode()


def post(purser, token=None, monitor=None, body=None, content_type=JSON, zipped=False, headers=(), app=APP, **more):
    """Sends what the client sends with `signing: false`; by default to the monitor that fits the token."""
    monitor = monitor or (USERS if token else GUESTS)
    body = batch(monitor=monitor) if body is None else body
    fields = [("Content-Type", content_type), *([("Content-Encoding", "gzip")] if zipped else []), *headers]
    body = gzip.compress(body) if zipped else body
    return purser.request(f"/v1/apps/{app}/appmonitors/{monitor}", token, fields, "POST", body, **more)
