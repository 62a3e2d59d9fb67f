# SPDX-License-Identifier: Apache-2.0
"""The browser module as a broker serves it, and the credentials that it returns to a page."""

import base64
import hashlib
import re
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from harness import documents, node
from harness.sandbox import APP, Sandbox, put_events
from harness.web import fetch

RELEASED = Path(documents.ROOT) / "Sources" / "Browser" / "Released"
VERSIONS = sorted((it.name for it in RELEASED.iterdir()), key=lambda name: [int(part) for part in name.split(".")])
KINDS = {"js": "text/javascript", "classic.js": "text/javascript", "d.ts": "text/plain"}
FOR_GOOD, FOR_NOW = "public, max-age=31536000, immutable", "public, max-age=3600"
FILES = [
    (path, version, kind, caching)
    for kind in KINDS
    for path, version, caching in [
        (f"/rum-credentials.{kind}", VERSIONS[-1], FOR_NOW),
        *((f"/rum-credentials-{version}.{kind}", version, FOR_GOOD) for version in VERSIONS),
    ]
]


def released(version, kind):
    return (RELEASED / version / f"rum-credentials-{version}.{kind}").read_bytes()


@pytest.fixture
def purser(broker):
    return broker()


@pytest.fixture
def dev(started, tmp_path):
    sandbox = started(Sandbox(tmp_path))
    sandbox.ready()
    return sandbox


@pytest.mark.parametrize(("path", "version", "kind", "caching"), FILES)
def test_a_released_module_file_is_served_unchanged_to_every_origin(purser, path, version, kind, caching):
    answer = fetch(purser.url() + path, headers=[("Origin", "https://anybody.example")])
    assert answer.status == 200
    assert answer.body == released(version, kind)
    assert answer.header("Content-Type") == f"{KINDS[kind]}; charset=utf-8"
    assert answer.header("Cache-Control") == caching
    assert answer.header("Access-Control-Allow-Origin") == "*"
    assert answer.header("X-Content-Type-Options") == "nosniff"
    again = fetch(purser.url() + path, headers=[("If-None-Match", answer.header("ETag"))])
    assert (again.status, again.body) == (304, b"")
    head = fetch(purser.url() + path, "HEAD")
    assert (head.status, head.body, head.header("Content-Length")) == (200, b"", str(len(answer.body)))


def test_an_unknown_module_version_is_not_found(purser):
    for path in ("/rum-credentials-0.0.0.js", "/rum-credentials-.js", "/rum-credentials.js/", "/rum-credentials"):
        assert fetch(purser.url() + path).status == 404


def test_the_documented_integrity_hashes_match_the_served_files(purser):
    """Otherwise a page that follows the document would load no module."""
    text = (documents.ROOT / "docs" / "web-integration.md").read_text()
    kinds = {}
    for path, integrity in re.findall(r'(/rum-credentials-[^"\s]+?\.js)"[^>]*?integrity="([^"]+)"', text):
        digest = hashlib.sha384(fetch(purser.url() + path).body).digest()
        assert integrity == f"sha384-{base64.b64encode(digest).decode()}", path
        kinds[path.split(".")[-2] == "classic"] = path
    assert set(kinds) == {True, False}


def test_module_credentials_of_a_user_send_events_to_that_users_monitor_only(dev, tmp_path):
    url = f"{dev.url()}/rum-credentials.js"
    session = node.credentials(url, tmp_path, broker=dev.url(), app=APP, token=dev.sign_in("alice"))
    guest = node.credentials(url, tmp_path, broker=f"{dev.url()}/", app=APP)
    for one, other in ((session, guest), (guest, session)):
        dev.known_secrets.add_credentials(one)
        assert put_events(one) == 200
        with pytest.raises(ClientError) as refusal:
            put_events(one, monitor=other["appMonitor"]["id"])
        assert refusal.value.response["Error"]["Code"] == "AccessDeniedException"
        life = datetime.fromisoformat(one["expiration"]) - datetime.now(timezone.utc)
        assert timedelta(minutes=5) < life <= timedelta(hours=12)
    assert len(dev.complete_log("answered", endpoint="credentials")) == 1, "three simultaneous calls cause one request"
