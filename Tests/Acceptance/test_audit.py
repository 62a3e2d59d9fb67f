# SPDX-License-Identifier: Apache-2.0
"""The audit trail: lines about vends and refusals by pseudonym, and `purser whois`, which resolves a pseudonym."""

import hashlib
import os

import pytest
import yaml
from harness import sts_responses
from harness.command import run
from harness.settings import APP, SIGNED_IN_MONITOR, app, settings


@pytest.fixture
def trail(tmp_path):
    return tmp_path / "audit.jsonl"


def lines(purser, file, count):
    found = purser.complete_audit_trail(file)
    assert len(found) == count
    return found


@pytest.mark.parametrize("required", [False, True])
def test_each_vend_and_each_refusal_has_one_audit_line_with_a_pseudonym_and_no_secret(
    broker, login, sts, pseudonym_key, trail, required
):
    audit = {"to": f"file:{trail}", "required": required, "hits": True}
    purser = broker(pseudonyms={"key": pseudonym_key}, audit=audit)
    token = login.token("alice@example.com")
    answers = [purser.credentials(token), purser.credentials(token), purser.guest(), purser.credentials("junk")]
    sts.script.append(sts_responses.error(403, "AccessDenied"))
    answers.append(purser.credentials(login.token("bob@example.com")))
    assert [answer.status for answer in answers] == [200, 200, 200, 401, 502]
    written = lines(purser, trail, 5)
    purser.known_secrets.check(trail.read_text(), "the audit trail")
    assert [line["requestId"] for line in written] == [answer.header("X-Request-Id") for answer in answers]
    first, second, guest, junk, refused = written
    assert first["message"] == "audit" and first["event"] == "vended" and first["audience"] == "signed-in"
    assert (first["app"], first["monitor"], first["exchange"]) == (APP, SIGNED_IN_MONITOR["name"], "web-identity")
    assert first["pseudonym"] == sts.requests[0].form["RoleSessionName"]
    assert first["tokenHash"] == hashlib.sha256(token.encode()).hexdigest()[:16]
    assert first["accessKeyId"] == answers[0].json["accessKeyId"]
    assert first["expiration"].replace(".000", "") == answers[0].json["expiration"]
    assert first["awsRequestId"]
    assert (first["hit"], second["hit"]) == (False, True)
    same = ("pseudonym", "accessKeyId", "awsRequestId", "sealed", "tokenHash")
    assert {name: first[name] for name in same} == {name: second[name] for name in same}
    assert guest["audience"] == "guest" and not {"pseudonym", "sealed", "tokenHash", "subject"} & set(guest)
    assert junk["event"] == "refused" and junk["reason"] == "not_compact_form" and "pseudonym" not in junk
    assert refused["reason"] == "exchange_refused" and refused["pseudonym"] != first["pseudonym"]
    assert "subject" not in first


@pytest.mark.parametrize("required", [False, True])
def test_by_default_a_session_has_one_audit_line_however_many_requests_get_it(broker, login, trail, required):
    purser = broker(audit={"to": f"file:{trail}", "required": required})
    alice, bob = (login.token(name) for name in ("alice", "bob"))
    answers = [purser.credentials(token) for token in (alice, bob, alice, bob, alice)]
    assert [answer.status for answer in answers] == [200] * 5
    written = lines(purser, trail, 2)
    assert [line["requestId"] for line in written] == [answer.header("X-Request-Id") for answer in answers[:2]]
    assert [line["accessKeyId"] for line in written] == [answer.json["accessKeyId"] for answer in answers[2:4]]


def test_the_audit_trail_goes_to_the_log_by_default_and_can_be_switched_off(broker, login):
    assert (purser := broker()).credentials(login.token()).status == 200
    assert purser.await_log("audit", event="vended")
    assert (quiet := broker(audit={"to": "off"})).credentials(login.token()).status == 200
    assert quiet.guest().status == 200
    assert not quiet.complete_log("audit")


def test_the_audit_trail_has_the_subject_only_when_the_app_configures_it(broker, login, trail):
    shop = app(login.url)
    shop["signed-in"] |= {"subject": "clear"}
    purser = broker(apps={APP: shop}, audit={"to": f"file:{trail}"})
    assert purser.credentials(login.token("carol@example.com")).status == 200
    assert lines(purser, trail, 1)[0]["subject"] == "carol@example.com"


def test_whois_finds_the_user_and_computes_the_pseudonym(broker, login, pseudonym_key, trail, tmp_path):
    purser = broker(pseudonyms={"key": pseudonym_key}, audit={"to": f"file:{trail}", "hits": True})
    for subject in ("alice@example.com", "bob@example.com", "alice@example.com"):
        assert purser.credentials(login.token(subject)).status == 200
    pseudonym = lines(purser, trail, 3)[0]["pseudonym"]
    file = purser.process.errors.parent / "purser.yaml"
    code, output = run(tmp_path, "whois", pseudonym, "--config", file)
    assert code == 0 and output.splitlines()[:2] == ["subject: alice@example.com", f"issuer: {login.url}"], output
    assert "2 audit lines" in output and APP in output
    code, output = run(tmp_path, "whois", pseudonym, "--config", file, "--audit", "-", stdin=trail.read_text())
    assert code == 0 and "alice@example.com" in output
    code, output = run(tmp_path, "whois", "--subject", "alice@example.com", "--config", file)
    assert (code, output.strip()) == (0, pseudonym)
    code, output = run(tmp_path, "whois", pseudonym[:-1] + ("A" if pseudonym[-1] != "A" else "B"), "--config", file)
    assert code == 1 and "no line about" in output
    code, output = run(tmp_path, "whois", "0" * 20 + pseudonym[20:], "--config", file)
    assert code == 1 and "another key" in output
    code, output = run(tmp_path, "whois", "alice@example.com", "--config", file)
    assert code == 1 and "expected a pseudonym" in output


def test_whois_reports_a_missing_pseudonym_key(broker, login, trail, tmp_path):
    purser = broker(audit={"to": f"file:{trail}"})
    assert purser.credentials(login.token("alice")).status == 200
    file = purser.process.errors.parent / "purser.yaml"
    code, output = run(tmp_path, "whois", lines(purser, trail, 1)[0]["pseudonym"], "--config", file)
    assert code == 1 and "pseudonyms.key: missing" in output


@pytest.mark.parametrize("required", [False, True])
def test_a_required_audit_trail_that_cannot_be_written_blocks_credentials(broker, login, required):
    purser = broker(audit={"to": "file:/dev/full", "required": required})
    for answer in (purser.credentials(login.token()), purser.guest()):
        if not required:
            assert answer.status == 200
            continue
        assert answer.status == 503 and answer.json["code"] == "unavailable" and answer.header("Retry-After")
        assert purser.log_line_of(answer)["reason"] == "audit_failed"
    assert purser.credentials("junk").status == 401


def test_an_audit_file_that_cannot_be_opened_prevents_the_start(tmp_path, login):
    file = tmp_path / "purser.yaml"
    made = settings(login.pinned(tmp_path), audit={"to": f"file:{tmp_path}/no/such/directory"})
    file.write_text(yaml.safe_dump(made))
    code, output = run(tmp_path, "serve", "--config", file)
    assert code == 1 and "audit.to: " in output and "expected a file that Purser may write to" in output


def test_keys_new_creates_a_private_file_and_overwrites_none(tmp_path):
    for arguments in (["--pseudonyms"], ["--algorithm", "ES256"], []):
        name = f"key-{len(arguments)}"
        code, output = run(tmp_path, "keys", "new", name, *arguments)
        assert code == 0, output
        assert os.stat(tmp_path / name).st_mode & 0o777 == 0o600
        before = (tmp_path / name).read_bytes()
        assert before.decode().strip() not in output
        code, output = run(tmp_path, "keys", "new", name, *arguments)
        assert code == 1 and "expected a file that does not exist" in output
        assert (tmp_path / name).read_bytes() == before
