# SPDX-License-Identifier: Apache-2.0
"""`purser check` and `purser serve` report all errors of a configuration at once, each with its line."""

import json
import re

import pytest
from harness.command import run
from harness.invalid_configuration import INVALID_LINES, VALID, with_invalid_lines

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
