# SPDX-License-Identifier: Apache-2.0
"""Keys from environment variables and files: the same keys, and none of them in any output."""

import json

import pytest
from harness.command import run
from harness.invalid_configuration import VALID

SETTINGS = 'pseudonyms: {{key: "{pseudonyms}"}}\nminting: {{issuer: "https://p.example.com", keys: ["{key}"]}}\n'


@pytest.fixture
def directory(tmp_path, login):
    (tmp_path / "login.jwks.json").write_text(json.dumps(login.key_set))
    assert run(tmp_path, "keys", "new", "pseudonyms.key", "--pseudonyms")[0] == 0
    assert run(tmp_path, "keys", "new", "signing.pem", "--algorithm", "ES256")[0] == 0
    return tmp_path


def secrets(directory):
    return (directory / "pseudonyms.key").read_text(), (directory / "signing.pem").read_text()


def assert_hidden(output, directory):
    pseudonyms, pem = secrets(directory)
    for line in [pseudonyms.strip(), *pem.splitlines()[1:-1]]:
        assert line not in output
        assert line[:16] not in output


def write(directory, pseudonyms, key):
    file = directory / "purser.yaml"
    file.write_text(VALID + SETTINGS.format(pseudonyms=pseudonyms, key=key))
    return file


def test_a_key_is_the_same_from_a_variable_as_from_a_file(directory):
    pseudonyms, pem = secrets(directory)
    who = ["--subject", "alice"]
    results = set()
    forms = [("pseudonyms.key", "signing.pem"), ("file:pseudonyms.key", "file:signing.pem"), ("env:P", "env:K")]
    for references in forms:
        file = write(directory, *references)
        code, output = run(directory, "check", "--config", file, P=pseudonyms, K=pem)
        assert code == 0, output
        assert_hidden(output, directory)
        code, output = run(directory, "whois", "--config", file, *who, P=pseudonyms, K=pem)
        assert code == 0, output
        results.add(output)
    assert len(results) == 1


@pytest.mark.parametrize("value", [None, "", " \n"])
@pytest.mark.parametrize("command", ["check", "serve"])
def test_a_variable_that_is_not_set_or_empty_is_an_error_with_its_line(directory, command, value):
    _, pem = secrets(directory)
    file = write(directory, "env:P", "env:K")
    variables = {"K": pem} | ({} if value is None else {"P": value})
    code, output = run(directory, command, "--config", file, **variables)
    line = file.read_text().splitlines().index('pseudonyms: {key: "env:P"}') + 1
    assert code == 1
    assert f"purser.yaml:{line}: pseudonyms.key: env:P: is " in output
    assert_hidden(output, directory)


def test_a_key_in_place_of_a_reference_is_not_shown(directory):
    pseudonyms, pem = secrets(directory)
    inline = pem.replace("\n", "\\n")
    body = pem.splitlines()[1]
    pasted = [(pseudonyms.strip(), "signing.pem"), ("pseudonyms.key", inline), ("pseudonyms.key", body)]
    for references in pasted:
        code, output = run(directory, "check", "--config", write(directory, *references))
        assert code == 1
        assert "(not shown)" in output
        assert_hidden(output, directory)
