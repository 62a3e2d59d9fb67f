# SPDX-License-Identifier: Apache-2.0
"""The settings of `log`, and the schema that every line has.

The harness holds every line of every test to `docs/log-lines.schema.json` when it stops a purser. The tests here show
that the schema can fail, and produce kinds of lines that few other tests do.
"""

import json
import os
import pty
import re
import signal
import subprocess
import unicodedata

import pytest
import yaml
from harness import log_schema, sts_responses
from harness.command import run
from harness.deadline import eventually
from harness.documents import ROOT
from harness.fake_sts import FakeSTS
from harness.process import Process, accepts, environment, free_port
from harness.purser import Purser, binary
from harness.settings import BROKER_KEYS, settings
from harness.web import fetch

ANSWERED = {
    "time": "2026-11-21T04:00:00.123Z",
    "level": "info",
    "message": "answered",
    "requestId": "3d8bfd115d86118c",
    "status": 200,
    "code": "ok",
    "durationMs": 0.036,
    "hit": True,
}
AUDIT = {
    "time": "2026-11-21T04:00:00.123Z",
    "level": "info",
    "message": "audit",
    "event": "refused",
    "requestId": "3d8bfd115d86118c",
    "audience": "guest",
    "reason": "app_unknown",
}


@pytest.mark.parametrize("line", [ANSWERED, AUDIT, {"time": ANSWERED["time"], "level": "error", "message": "stopped"}])
def test_the_schema_admits_a_line(line):
    assert log_schema.mistakes(json.dumps(line)) == []


@pytest.mark.parametrize(
    ("line", "change"),
    [
        (ANSWERED, {"time": "2026-11-21 04:00:00"}),
        (ANSWERED, {"level": "INFO"}),
        (ANSWERED, {"status": "200"}),
        (ANSWERED, {"durationMs": "0.036"}),
        (ANSWERED, {"hit": "true"}),
        (ANSWERED, {"reason": "expired"}),
        (ANSWERED, {"code": "invalid_token", "status": 401}),
        (ANSWERED, {"subject": "alice"}),
        (ANSWERED, {"requestId": None}),
        (ANSWERED, {"unheard_of": 1}),
        (ANSWERED, {"unheardOf": 1}),
        (AUDIT, {"event": "vended"}),
        (AUDIT, {"event": "unheard of"}),
        (AUDIT, {"accessKeyId": "ASIA1"}),
        (AUDIT, {"level": None}),
        ({**ANSWERED, "message": "listening"}, {"sealed": "x"}),
        ({**ANSWERED, "message": "deny list changed"}, {"denied": "3"}),
    ],
)
def test_the_schema_rejects_another_line(line, change):
    changed = {name: value for name, value in (line | change).items() if value is not None}
    assert log_schema.mistakes(json.dumps(changed))


@pytest.mark.parametrize("text", ['{"level":"info","level":"info"}', "purser: no JSON", "[]", '{"durationMs":NaN}'])
def test_the_schema_rejects_what_is_no_plain_object(text):
    assert log_schema.mistakes(text)


def test_each_documented_line_is_one_of_the_schema():
    examples = [
        line
        for document in (ROOT / "docs").glob("*.md")
        for line in document.read_text().splitlines()
        if line.startswith('{"time":')
    ]
    assert len(examples) >= 2
    for line in examples:
        assert log_schema.mistakes(line.replace("…", "x").replace("ASIAx", "ASIA")) == [], line


def exercise(purser, login, sts):
    """Successes, errors of callers, errors of STS, and what is in none of them."""
    answers = [purser.credentials(login.token("alice")) for _ in range(3)]
    answers += [purser.guest(), purser.guest()]
    answers += [purser.credentials(token) for token in ("junk", None)]
    answers += [purser.request(path) for path in ("/", "/v1/apps/none/credentials")]
    answers.append(fetch(purser.url() + "/openapi.json"))
    answers += [purser.request("/v1/apps/shop/credentials", method=method) for method in ("PUT", "OPTIONS")]
    sts.script.extend([sts_responses.error(403, "AccessDenied")])
    answers.append(purser.credentials(login.token("bob")))
    return answers


@pytest.mark.parametrize("required", [False, True])
def test_every_line_of_a_run_with_many_situations_has_the_schema(broker, login, sts, required):
    purser = broker(
        audit={"to": "stderr", "required": required, "hits": True},
        log={"level": "debug", "client-address": True},
        limits={"client-connections": 2, "failure-rate": 1},
    )
    answers = exercise(purser, login, sts)
    answers += [purser.credentials("junk") for _ in range(20)]
    assert {answer.status for answer in answers} >= {200, 204, 401, 404, 405, 429, 502}
    purser.flush_log()
    purser.process.send(signal.SIGTERM)
    assert purser.process.wait() == 0
    lines = purser.log_so_far()
    assert log_schema.check(purser.process.errors) == len(lines) > 30
    assert {line["message"] for line in lines} >= {"listening", "answered", "audit", "drain began", "broker credentials"}
    assert {type(line.get("seconds", 0.0)) for line in lines} <= {int, float}


def test_access_errors_logs_no_success(broker, login, sts):
    purser = broker(log={"access": "errors"})
    answers = exercise(purser, login, sts)
    logged = {line["requestId"] for line in purser.complete_log("answered")}
    assert logged == {answer.header("X-Request-Id") for answer in answers if answer.status >= 400}


def test_access_off_logs_no_response(broker, login, sts):
    purser = broker(log={"access": "off"})
    exercise(purser, login, sts)
    purser.process.send(signal.SIGTERM)
    assert purser.process.wait() == 0
    assert purser.log_so_far("drain began") and not purser.log_so_far("answered")


def test_access_sampled_logs_every_error_and_some_successes_with_the_ratio(broker, login):
    purser = broker(log={"access": "sampled", "sample-ratio": 0.25})
    token = login.token()
    good = {purser.credentials(token).header("X-Request-Id") for _ in range(300)}
    bad = {purser.credentials("junk").header("X-Request-Id") for _ in range(20)}
    lines = {line["requestId"]: line for line in purser.complete_log("answered")}
    assert bad <= set(lines) and all("sampled" not in lines[number] for number in bad)
    sampled = [lines[number] for number in good if number in lines]
    assert 25 < len(sampled) < 150, len(sampled)
    assert {line["sampled"] for line in sampled} == {0.25}


def test_level_warning_leaves_only_warnings_and_errors(tmp_path, login, started):
    public, admin, sts = free_port(), free_port(), started(FakeSTS())
    made = settings(login.pinned(tmp_path), log={"level": "warning"}, audit={"to": "off"})
    made |= {"listen": f"127.0.0.1:{public}", "admin": f"127.0.0.1:{admin}"}
    sts.script.append(sts_responses.error(403, "AccessDenied"))
    (tmp_path / "purser.yaml").write_text(yaml.safe_dump(made))
    variables = environment(HOME=tmp_path, AWS_ENDPOINT_URL_STS=sts.url, **BROKER_KEYS)
    process = started(Process([binary(), "serve", "--config", "purser.yaml"], tmp_path, "purser", variables))
    eventually(lambda: accepts(public), lambda: process.output_text())
    code, output = run(tmp_path, "credentials", "--broker", f"http://127.0.0.1:{public}", "--app", "shop")
    assert process.stop() == 0
    lines = [json.loads(line) for line in process.errors.read_text().splitlines()]
    assert lines and {line["level"] for line in lines} <= {"warning", "error"}, (lines, code, output)
    assert log_schema.check(process.errors) == len(lines)


TEXT = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (DEBUG|INFO|WARNING|ERROR) +[^\n]+$")


def test_dev_logs_text_without_colours_or_control_characters_into_a_file(tmp_path, started):
    options = [part for name in ("listen", "admin", "sandbox") for part in (f"--{name}", "127.0.0.1:0")]
    dev = started(Process([binary(), "dev", *options], tmp_path, "dev", environment(HOME=tmp_path)))
    eventually(lambda: "listener=public" in dev.errors.read_text(), lambda: dev.output_text())
    assert dev.stop() == 0
    lines = dev.errors.read_text().splitlines()
    assert len(lines) >= 4 and all(TEXT.match(line) for line in lines), lines
    assert "\x1b" not in dev.errors.read_text()


@pytest.mark.parametrize(("variables", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)])
def test_a_terminal_gets_colours_unless_no_color_is_set(tmp_path, variables, coloured):
    options = [part for name in ("listen", "admin", "sandbox") for part in (f"--{name}", "127.0.0.1:0")]
    ours, theirs = pty.openpty()
    with (tmp_path / "out").open("wb") as output:
        child = subprocess.Popen(
            [binary(), "dev", *options],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=theirs,
            env=environment(HOME=tmp_path, TERM="xterm") | variables,
        )
    os.close(theirs)
    seen = b""
    try:
        while b"listener=public" not in seen:
            seen += os.read(ours, 4096)
    finally:
        child.terminate()
        child.wait(30)
        os.close(ours)
    assert (b"\x1b[32mINFO   \x1b[0m" in seen) == coloured, seen


def test_a_hostile_value_cannot_forge_a_line_of_text(tmp_path, login, sts, started):
    made = settings(login.pinned(tmp_path), log={"format": "text"}, audit={"to": "off"})
    hostile = "x\n2026-01-01T00:00:00.000Z ERROR forged \x1b[2J\u202e level=error"
    purser = started(TextPurser(tmp_path, made, sts.url, **BROKER_KEYS))
    tokens = [login.token(header={"kid": hostile}), login.token(iss=hostile), login.token(aud=hostile)]
    tokens += [login.token(azp=hostile, typ=hostile), login.token(header={"alg": hostile, "typ": hostile}), hostile[:1]]
    for token in tokens:
        answer = purser.request("/v1/apps/shop/credentials", token)
        assert answer.status in (200, 401)
        number = answer.header("X-Request-Id")
        eventually(lambda number=number: number in purser.process.errors.read_text(), purser.process.output_text)
    assert purser.process.stop() == 0
    text = purser.process.errors.read_bytes().decode()
    lines = text.split("\n")[:-1]
    assert all(TEXT.match(line) for line in lines), text
    assert not any(line.split(" ", 2)[1] == "ERROR" for line in lines)
    assert {unicodedata.category(character) for character in text} & {"Cc", "Cf", "Zl", "Zp"} == {"Cc"}
    assert {character for character in text if unicodedata.category(character) == "Cc"} == {"\n"}
    assert "forged" in text, "no line has the value"


class TextPurser(Purser):
    """Finds the addresses in lines of text."""

    def _listening(self):
        found = dict(re.findall(r"listening address=(\S+) listener=(\w+)", self.process.errors.read_text()))
        addresses = {listener: address for address, listener in found.items()}
        return addresses if set(self.listeners) <= set(addresses) else None

    def stop(self):
        self.process.stop()


@pytest.mark.parametrize(
    ("log", "expected"),
    [
        ({"level": "verbose"}, 'log.level: found "verbose"; expected one of debug, info, warning, error'),
        ({"access": "some"}, 'log.access: found "some"; expected one of all, errors, sampled, off'),
        ({"format": "xml"}, 'log.format: found "xml"; expected one of json, text'),
        ({"access": "sampled", "sample-ratio": 0}, "log.sample-ratio: found"),
        ({"access": "sampled", "sample-ratio": 1.5}, "log.sample-ratio: found"),
        ({"sample-ratio": 0.5}, "log.sample-ratio: only `access: sampled` samples"),
        ({"colour": True}, "log.colour"),
    ],
)
def test_a_wrong_setting_of_the_log_is_a_mistake_with_its_line(tmp_path, login, log, expected):
    text = yaml.safe_dump(settings(login.pinned(tmp_path))) + yaml.safe_dump({"log": log})
    (tmp_path / "purser.yaml").write_text(text)
    code, output = run(tmp_path, "check", "--config", "purser.yaml")
    assert code == 1 and expected in output, output
    [number] = [index for index, line in enumerate(text.splitlines(), 1) if line.strip().startswith(f"{list(log)[-1]}:")]
    assert f"purser.yaml:{number}" in output, output
