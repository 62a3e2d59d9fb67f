# SPDX-License-Identifier: Apache-2.0
"""The Swift code of docs/native-apps.md, built from the document and run against a broker."""

import json
import subprocess
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from harness import documents, sts_responses
from harness.fake_sts import FakeSTS
from harness.process import environment
from harness.recording_server import reply

MAIN = Path(__file__).parent / "native" / "main.swift"


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    directory = tmp_path_factory.mktemp("native")
    code = next(text for _, text in documents.snippets(documents.ROOT / "docs" / "native-apps.md", "swift"))
    (directory / "PurserCredentials.swift").write_text(code)
    sources = [directory / "PurserCredentials.swift", MAIN]
    command = ["swiftc", "-swift-version", "6", "-warnings-as-errors", "-o", directory / "app", *sources]
    subprocess.run(command, check=True, timeout=120, cwd=directory)
    return directory / "app"


def session(name, life):
    """A broker's response; `life` in seconds."""

    def behave(request, handler, server):
        expiration = datetime.now(timezone.utc) + timedelta(seconds=life)
        body = {
            "accessKeyId": name,
            "secretAccessKey": "secret",
            "sessionToken": "session",
            "expiration": f"{expiration:%Y-%m-%dT%H:%M:%SZ}",
        }
        reply(handler, 200, json.dumps(body).encode(), [("Content-Type", "application/json")])

    return behave


def test_the_documented_swift_provider_behaves_as_documented(app, broker, login, started, tmp_path):
    purser = broker()
    scripted = started(
        FakeSTS(
            sts_responses.content(503, ""),
            sts_responses.broken_connection(),
            session("PATIENT", 3600),
        )
    )
    redirecting = started(FakeSTS(otherwise=sts_responses.redirect(302, scripted.url)))
    token = login.token()
    run = subprocess.run(
        [app, purser.url(), scripted.url, redirecting.url, token],
        capture_output=True,
        text=True,
        timeout=60,
        env=environment(HOME=tmp_path),
    )
    assert run.returncode == 0, run.stderr
    lines = [line.split(" ", 1) for line in run.stdout.splitlines()]
    output = {name: [rest for other, rest in lines if other == name] for name, _ in lines}

    users = [line.split(" ") for line in output["user"]]
    assert len(users) == 6 and len({key for key, _ in users}) == 1
    assert all(3590 < int(life) <= 3600 for _, life in users)
    assert output["asked"] == ["2"]
    assert sorted(line["status"] for line in purser.complete_log("answered", endpoint="credentials")) == [200, 401]

    [guest] = output["guest"]
    assert guest.split(" ")[0] != users[0][0]

    assert output["nobody"] == ["refused(status: 404)"] * 2
    assert len(purser.complete_log("answered", status=404)) == 1

    assert output["patient"][0].startswith("PATIENT ")
    assert scripted.count == 3

    assert output["redirected"] == ["refused(status: 302)"]
    assert not [request for request in scripted.requests if request.header("Authorization")]
    assert output["without"] == ["unavailable"]
