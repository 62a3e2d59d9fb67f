"""The browser module as a broker serves it, and what it gets for a page."""

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
def test_a_file_is_served_as_it_was_released_to_pages_of_any_origin(purser, path, version, kind, caching):
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


def test_a_version_that_is_not_there_is_not_found(purser):
    for path in ("/rum-credentials-0.0.0.js", "/rum-credentials-.js", "/rum-credentials.js/", "/rum-credentials"):
        assert fetch(purser.url() + path).status == 404


def test_the_documents_pin_what_is_served(purser):
    """A page that was written by the document would load nothing otherwise."""
    text = (documents.ROOT / "docs" / "web-integration.md").read_text()
    kinds = {}
    for path, integrity in re.findall(r'(/rum-credentials-[^"\s]+?\.js)"[^>]*?integrity="([^"]+)"', text):
        digest = hashlib.sha384(fetch(purser.url() + path).body).digest()
        assert integrity == f"sha384-{base64.b64encode(digest).decode()}", path
        kinds[path.split(".")[-2] == "classic"] = path
    assert set(kinds) == {True, False}


def test_a_page_of_alices_gets_credentials_that_send_events_to_her_monitor_alone(dev, tmp_path):
    url = f"{dev.url()}/rum-credentials.js"
    session = node.credentials(url, tmp_path, broker=dev.url(), app=APP, token=dev.sign_in("alice"))
    guest = node.credentials(url, tmp_path, broker=f"{dev.url()}/", app=APP)
    for one, other in ((session, guest), (guest, session)):
        dev.ledger.learn_credentials(one)
        assert put_events(one) == 200
        with pytest.raises(ClientError) as refusal:
            put_events(one, monitor=other["appMonitor"]["id"])
        assert refusal.value.response["Error"]["Code"] == "AccessDeniedException"
        life = datetime.fromisoformat(one["expiration"]) - datetime.now(timezone.utc)
        assert timedelta(minutes=5) < life <= timedelta(hours=12)
    dev.answered(dev.guest(APP))  # The log is behind; now it has what was answered before.
    assert len(dev.log("answered", endpoint="credentials")) == 1, "three who ask at once are one call"
