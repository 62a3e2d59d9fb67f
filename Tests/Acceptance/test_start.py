# SPDX-License-Identifier: Apache-2.0
"""Start errors: Purser reports them in words and ends."""

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
def test_an_address_in_use_is_reported(configured, tmp_path, listener):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        address = f"127.0.0.1:{other.getsockname()[1]}"
        code, output = run(tmp_path, "serve", "--config", configured(**{listener: address}))
    assert code > 0, output
    stopped = [line for line in map(json.loads, output.splitlines()) if line["level"] == "error"]
    assert [line["message"] for line in stopped] == ["stopped"], output
    assert stopped[0]["detail"] == f"{listener}: can't listen on {address}: Address already in use"


def test_an_unknown_listen_host_is_reported_with_its_setting(configured, tmp_path):
    code, output = run(tmp_path, "serve", "--config", configured(listen="nowhere.invalid:8080"))
    assert code > 0, output
    assert json.loads(output.splitlines()[-1])["detail"].startswith("listen: can't listen on nowhere.invalid:8080: ")


@pytest.mark.parametrize("option", ["--listen", "--admin", "--sandbox"])
def test_dev_reports_the_option_whose_address_is_in_use(tmp_path, option):
    addresses = dict.fromkeys(["--listen", "--admin", "--sandbox"], "127.0.0.1:0")
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        addresses[option] = f"127.0.0.1:{other.getsockname()[1]}"
        code, output = run(tmp_path, "dev", *(part for pair in addresses.items() for part in pair))
    assert code > 0, output
    assert f"purser dev: {option}: can't listen on {addresses[option]}: " in output.splitlines()[-1]


def test_an_invalid_sts_endpoint_is_reported(configured, tmp_path):
    code, output = run(tmp_path, "serve", "--config", configured(), AWS_ENDPOINT_URL_STS="not an address")
    assert code > 0, output
    assert "AWS_ENDPOINT_URL_STS" in output or "endpoint" in output
    assert "Fatal error" not in output


@pytest.mark.parametrize(
    "arguments", [["serve"], ["check"], ["explain"], ["serv"], ["serve", "--config"], ["--nothing"]]
)
def test_an_invalid_command_line_prints_the_usage(tmp_path, arguments):
    code, output = run(tmp_path, *arguments)
    assert code > 0
    assert "usage" in output.lower()


@pytest.mark.parametrize("command", ["serve", "check", "explain", "dev"])
def test_help_lists_the_options(tmp_path, command):
    code, output = run(tmp_path, command, "--help")
    assert code == 0
    assert ("--listen" if command == "dev" else "--config") in output


def test_the_log_of_a_start_has_only_json_lines(broker):
    purser = broker()
    purser.stop()  # which writes the log completely
    for line in purser.process.errors.read_text().splitlines():
        assert {"time", "level", "message"} <= set(json.loads(line))
    assert purser.process.output.read_text() == ""
