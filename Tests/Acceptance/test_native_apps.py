"""The Swift code of docs/native-apps.md, built from the page and run against a broker."""

import json
import subprocess
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from harness import documents, sts_answers
from harness.fake_sts import FakeSTS
from harness.process import environment
from harness.wire import reply

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
    """What a broker answers; `life` in seconds."""

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


def test_it_does_what_the_page_says(app, broker, login, started, tmp_path):
    purser = broker()
    scripted = started(
        FakeSTS(
            sts_answers.content(503, ""),
            sts_answers.broken_connection(),
            session("PATIENT", 3600),
        )
    )
    redirecting = started(FakeSTS(otherwise=sts_answers.redirect(302, scripted.url)))
    token = login.token()
    run = subprocess.run(
        [app, purser.url(), scripted.url, redirecting.url, token],
        capture_output=True,
        text=True,
        timeout=60,
        env=environment(HOME=tmp_path),
    )
    assert run.returncode == 0, run.stderr
    purser.answered(purser.guest())  # The log is behind; now it has what was answered before.
    lines = [line.split(" ", 1) for line in run.stdout.splitlines()]
    said = {name: [rest for other, rest in lines if other == name] for name, _ in lines}

    users = [line.split(" ") for line in said["user"]]
    assert len(users) == 6 and len({key for key, _ in users}) == 1
    assert all(3590 < int(life) <= 3600 for _, life in users)
    assert said["asked"] == ["2"]
    assert sorted(line["status"] for line in purser.log("answered", endpoint="credentials")) == [200, 401]

    [guest] = said["guest"]
    assert guest.split(" ")[0] != users[0][0]

    assert said["nobody"] == ["refused(status: 404)"] * 2
    assert len(purser.log("answered", status=404)) == 1

    assert said["patient"][0].startswith("PATIENT ")
    assert scripted.count == 3

    assert said["redirected"] == ["refused(status: 302)"]
    assert not [request for request in scripted.requests if request.header("Authorization")]
    assert said["without"] == ["unavailable"]
