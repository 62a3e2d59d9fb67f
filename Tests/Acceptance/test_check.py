# SPDX-License-Identifier: Apache-2.0
"""`purser check` and `purser serve` report all errors of a configuration at once, each with its line."""

import json
import re
import socket

import pytest
import yaml
from harness.command import run
from harness.invalid_configuration import INVALID_LINES, VALID, with_invalid_lines
from harness.settings import settings

# Each of these is on a separate line, so that one file can have them all.
TOGETHER = [
    "unknown key at the top",
    "port that is no number",
    "account of 11 digits",
    "no audiences",
    "key file that is not there",
    "algorithm none",
    "cache entries below one",
    "malformed duration of a limit",
    "every origin",
    "malformed monitor id",
    "undefined issuer",
    "malformed ARN",
    "session too short",
    "guests by web identity",
]


@pytest.fixture
def write(tmp_path, login):
    (tmp_path / "login.jwks.json").write_text(json.dumps(login.key_set))
    (tmp_path / "no-keys.json").write_text('{"keys": []}')

    def write(text):
        file = tmp_path / "purser.yaml"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return file

    return write


def problems(output, file):
    """The reported errors by line number."""
    found = {}
    for line in output.splitlines():
        match = re.search(rf"{re.escape(file.name)}:(\d+):\s*(.+)", line)
        if match:
            found.setdefault(int(match[1]), []).append(match[2])
    return found


def test_check_accepts_a_valid_configuration(write, tmp_path):
    code, output = run(tmp_path, "check", "--config", write(VALID))
    assert code == 0, output


@pytest.mark.parametrize("name", INVALID_LINES)
def test_check_reports_an_error_with_its_line_and_the_expected_value(write, tmp_path, name):
    text, places = with_invalid_lines(name)
    file = write(text)
    code, output = run(tmp_path, "check", "--config", file)
    assert code == 1, output
    found = problems(output, file)
    assert len(found) == 1, f"expected one error, found {found}"
    assert set(found) <= places[name], output
    assert all("expected" in words for words in sum(found.values(), [])), output


@pytest.mark.parametrize("name", INVALID_LINES)
def test_serve_does_not_start_with_an_invalid_configuration(write, tmp_path, name):
    text, _ = with_invalid_lines(name)
    code, output = run(tmp_path, "serve", "--config", write(text))
    assert code > 0, output
    assert "listening" not in output


def test_check_reports_all_errors_at_once(write, tmp_path):
    text, places = with_invalid_lines(*TOGETHER)
    file = write(text)
    code, output = run(tmp_path, "check", "--config", file)
    assert code == 1
    found = problems(output, file)
    missing = [name for name in TOGETHER if not places[name] & set(found)]
    assert not missing, f"{missing} not in {output}"
    assert set(found) <= set().union(*places.values()), output


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing\n",
        "just words\n",
        "- a\n- list\n",
        "listen: [\n",
        "a: b: c\n",
        "\t\tx: 1\n",
        b"\xff\xfe\x00listen",
        "listen: &a [*a]\n",
        "x: 1\n---\ny: 2\n",
    ],
    ids=["empty", "comment", "words", "list", "unclosed", "colons", "tabs", "binary", "cycle", "two documents"],
)
def test_a_file_that_is_no_configuration_is_reported(write, tmp_path, text):
    file = write(text)
    for command in ("check", "serve"):
        code, output = run(tmp_path, command, "--config", file)
        assert code == 1, output
        assert "purser.yaml" in output
        assert "Fatal error" not in output


@pytest.mark.parametrize("command", ["check", "serve"])
def test_a_missing_configuration_file_is_reported(tmp_path, command):
    for path in (tmp_path / "nowhere.yaml", tmp_path):
        code, output = run(tmp_path, command, "--config", path)
        assert code != 0
        assert path.name in output


@pytest.fixture
def valid(login, tmp_path):
    """A valid configuration in `tmp_path`, as a dictionary."""
    return settings(login.pinned(tmp_path))


def checked(tmp_path, values, *arguments):
    (tmp_path / "purser.yaml").write_text(values if isinstance(values, str) else yaml.safe_dump(values, sort_keys=False))
    return run(tmp_path, "check", "--config", "purser.yaml", *arguments)


@pytest.mark.parametrize("region", ["us-wset-2", "us-2", "moon-base-1", "eu-centrall-1"])
def test_check_finds_a_region_that_no_partition_has(valid, tmp_path, region):
    valid["aws"]["region"] = region
    code, output = checked(tmp_path, valid)
    assert code == 1 and f'aws.region: found "{region}"; expected an AWS Region' in output, output


@pytest.mark.parametrize("region", ["us-gov-west-1", "cn-northwest-1", "eusc-de-east-1", "mx-central-1", "us-iso-east-1"])
def test_check_accepts_the_regions_of_all_partitions_and_of_the_future(valid, tmp_path, region):
    valid["aws"]["region"] = region
    # In another partition, the roles are wrong, but not the Region.
    assert "aws.region" not in checked(tmp_path, valid)[1]


def test_check_finds_an_audit_file_that_cannot_be_opened_and_creates_none(valid, tmp_path):
    for path in (tmp_path / "absent" / "audit.jsonl", tmp_path):
        code, output = checked(tmp_path, valid | {"audit": {"to": f"file:{path}"}})
        assert code == 1 and f"audit.to: {path} can't be opened" in output, output
    code, output = checked(tmp_path, valid | {"audit": {"to": f"file:{tmp_path / 'audit.jsonl'}"}})
    assert code == 0 and not (tmp_path / "audit.jsonl").exists(), output


def test_check_finds_an_address_that_cannot_be_bound(valid, tmp_path):
    code, output = checked(tmp_path, valid | {"listen": "192.0.2.1:8080"})
    assert code == 1 and "listen: 192.0.2.1:8080 can't be bound" in output, output
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        code, output = checked(tmp_path, valid | {"admin": address})
    assert code == 0 and f"note: admin: {address} is in use now" in output, output


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing but a comment\n"])
def test_check_says_that_an_empty_file_is_empty(tmp_path, text):
    code, output = checked(tmp_path, text)
    assert code == 1 and "purser.yaml: is empty; expected the settings" in output, output


@pytest.mark.parametrize(
    ("repeated", "key", "lines"),
    [
        ("listen: 127.0.0.1:1\n# one\nadmin: 127.0.0.1:2\nlisten: 127.0.0.1:3\n", "listen", (1, 4)),
        ("aws:\n  region: us-west-2\n  # listen: no\n\n  account: '123456789012'\n  region: eu-west-1\n", "region", (2, 6)),
        ("issuers:\n  - issuer: https://a.example\n    audiences: [a]\n    issuer: https://b.example\n", "issuer", (2, 4)),
        ("apps:\n  shop: {}\n  'shop': {}\n", "shop", (2, 3)),
    ],
)
def test_check_reports_a_repeated_key_on_its_own_line(tmp_path, repeated, key, lines):
    code, output = checked(tmp_path, repeated)
    assert code == 1, output
    assert f"purser.yaml:{lines[1]}: found {key} twice, first in line {lines[0]}; expected each key once" in output, output
