"""`purser check` and `purser serve` read a configuration with mistakes: all at once, each with its line."""

import json
import re

import pytest
from harness.command import run
from harness.mistakes import GOOD, MISTAKES, with_mistakes

# None of these is on a line of another one, so that one file can have them all.
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
    """Line number to what is said of it."""
    found = {}
    for line in output.splitlines():
        match = re.search(rf"{re.escape(file.name)}:(\d+):\s*(.+)", line)
        if match:
            found.setdefault(int(match[1]), []).append(match[2])
    return found


def test_a_good_configuration_is_good(write, tmp_path):
    code, output = run(tmp_path, "check", "--config", write(GOOD))
    assert code == 0, output


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_named_with_its_line_and_what_was_expected(write, tmp_path, name):
    text, places = with_mistakes(name)
    file = write(text)
    code, output = run(tmp_path, "check", "--config", file)
    assert code == 1, output
    found = problems(output, file)
    assert len(found) == 1, f"one mistake, but {found}"
    assert set(found) <= places[name], output
    assert all("expected" in words for words in sum(found.values(), [])), output


@pytest.mark.parametrize("name", MISTAKES)
def test_a_file_with_a_mistake_never_starts(write, tmp_path, name):
    text, _ = with_mistakes(name)
    code, output = run(tmp_path, "serve", "--config", write(text))
    assert code > 0, output
    assert "listening" not in output


def test_all_mistakes_are_reported_at_once(write, tmp_path):
    text, places = with_mistakes(*TOGETHER)
    file = write(text)
    code, output = run(tmp_path, "check", "--config", file)
    assert code == 1
    found = problems(output, file)
    missing = [name for name in TOGETHER if not places[name] & set(found)]
    assert not missing, f"{missing} not among {output}"
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
def test_what_is_no_configuration_at_all_is_said_to_be_none(write, tmp_path, text):
    file = write(text)
    for command in ("check", "serve"):
        code, output = run(tmp_path, command, "--config", file)
        assert code == 1, output
        assert "purser.yaml" in output
        assert "Fatal error" not in output


@pytest.mark.parametrize("command", ["check", "serve"])
def test_a_file_that_is_not_there_is_said_to_be_missing(tmp_path, command):
    for path in (tmp_path / "nowhere.yaml", tmp_path):
        code, output = run(tmp_path, command, "--config", path)
        assert code != 0
        assert path.name in output
