"""Starting: what goes wrong is said in words, and nothing half-started stays."""

import json
import socket

import pytest
import yaml
from harness.command import run
from harness.settings import settings


@pytest.fixture
def configured(tmp_path, login):
    def write(**changes):
        (tmp_path / "purser.yaml").write_text(yaml.safe_dump(settings(login.pinned(tmp_path), **changes)))
        return "purser.yaml"

    return write


@pytest.mark.parametrize("listener", ["listen", "admin"])
def test_an_address_that_is_taken_is_named(configured, tmp_path, listener):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        address = f"127.0.0.1:{other.getsockname()[1]}"
        code, output = run(tmp_path, "serve", "--config", configured(**{listener: address}))
    assert code > 0, output
    assert address in output or address.rsplit(":", 1)[1] in output, output
    assert "Fatal error" not in output


def test_an_endpoint_that_is_no_address_is_refused(configured, tmp_path):
    code, output = run(tmp_path, "serve", "--config", configured(), AWS_ENDPOINT_URL_STS="not an address")
    assert code > 0, output
    assert "AWS_ENDPOINT_URL_STS" in output or "endpoint" in output
    assert "Fatal error" not in output


@pytest.mark.parametrize(
    "arguments", [["serve"], ["check"], ["explain"], ["serv"], ["serve", "--config"], ["--nothing"]]
)
def test_a_command_line_that_is_wrong_is_explained(tmp_path, arguments):
    code, output = run(tmp_path, *arguments)
    assert code > 0
    assert "usage" in output.lower()


@pytest.mark.parametrize("command", ["serve", "check", "explain", "dev"])
def test_help_names_the_options(tmp_path, command):
    code, output = run(tmp_path, command, "--help")
    assert code == 0
    assert ("--listen" if command == "dev" else "--config") in output


def test_the_log_of_a_start_is_json_only(broker):
    purser = broker()
    for line in purser.process.errors.read_text().splitlines():
        assert {"time", "level", "message"} <= set(json.loads(line))
    assert purser.process.output.read_text() == ""
