# SPDX-License-Identifier: Apache-2.0
"""`purser completions` prints scripts that shells accept, and `purser manual` a page that man renders."""

import re
import subprocess

import pytest
from harness.command import run

COMMANDS = ["serve", "check", "schema", "completions", "manual", "policy", "whois"]


def printed(directory, *arguments):
    code, output = run(directory, *arguments)
    assert code == 0, output
    return output


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_script_names_every_command_and_parses(tmp_path, shell):
    script = printed(tmp_path, "completions", shell)
    for command in COMMANDS:
        assert re.search(rf"\b{command}\b", script), command
    file = tmp_path / "script"
    file.write_text(script)
    done = subprocess.run([shell, "-n", file], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_bash_completes_commands(tmp_path):
    file = tmp_path / "script"
    file.write_text(printed(tmp_path, "completions", "bash"))
    ask = f'source "{file}"; COMP_WORDS=(purser sch); COMP_CWORD=1; COMP_LINE="purser sch"; COMP_POINT=10; COMP_TYPE=9; '
    ask += "_purser purser sch purser; printf '%s\\n' \"${COMPREPLY[@]}\""
    done = subprocess.run(["bash", "-c", ask], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.split() == ["schema"], done.stderr


def test_an_unknown_shell_is_an_error_that_names_the_known_ones(tmp_path):
    code, output = run(tmp_path, "completions", "tcsh")
    assert code == 64
    assert all(shell in output for shell in ["bash", "zsh", "fish"])


def test_the_manual_page_renders_without_warnings_and_has_every_option_of_the_help(tmp_path):
    page = printed(tmp_path, "manual")
    done = subprocess.run(
        ["groff", "-man", "-Tutf8", "-ww", "-P-cbou"],
        input=page.encode(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr.decode()) == (0, "")
    lint = ["mandoc", "-T", "lint", "-W", "warning"]
    linted = subprocess.run(lint, input=page.encode(), capture_output=True, timeout=60, check=False)
    # The page has no date, so that two builds of a commit print the same page.
    assert [line for line in linted.stdout.decode().splitlines() if "missing date" not in line] == []
    rendered = done.stdout.decode().replace("\u2010", "-").replace("\u2212", "-")
    for command in COMMANDS:
        options = re.findall(r"^\s+(?:-\w, )?(--[a-z-]+)", printed(tmp_path, command, "--help"), re.MULTILINE)
        assert options, command
        assert re.search(rf"^\s+purser {command}", rendered, re.MULTILINE), command
        for option in set(options) - {"--version", "--help"}:
            assert option in rendered, (command, option)
