# SPDX-License-Identifier: Apache-2.0
"""`purser schema` agrees with `purser check` about names, types and forms."""

import json

import jsonschema_rs
import pytest
import yaml
from harness.command import run
from harness.invalid_configuration import INVALID_LINES, VALID, with_invalid_lines

# What only `purser check` finds: it compares settings, counts, and reads files.
BEYOND_A_SCHEMA = {
    "duplicate key",
    "port out of range",
    "a burst of fetches of a file",
    "an audience that the issuer does not list",
    "key URL that is plain http",
    "key file that is not there",
    "key file that holds no keys",
    "undefined issuer",
    "session too short",
    "session too long",
    "hand-out too short",
    "hand-out over half of the session",
}


@pytest.fixture(scope="module")
def schema(tmp_path_factory):
    code, output = run(tmp_path_factory.mktemp("schema"), "schema")
    assert code == 0, output
    return json.loads(output)


@pytest.fixture(scope="module")
def validator(schema):
    return jsonschema_rs.Draft202012Validator(schema)


def test_the_schema_is_one_of_2020_12(schema):
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema_rs.meta.validate(schema)


def test_a_valid_configuration_is_valid_by_the_schema(validator):
    assert [str(error) for error in validator.iter_errors(yaml.safe_load(VALID))] == []


@pytest.mark.parametrize("name", INVALID_LINES)
def test_the_schema_finds_errors_of_names_types_and_forms(validator, name):
    text, _ = with_invalid_lines(name)
    assert validator.is_valid(yaml.safe_load(text)) == (name in BEYOND_A_SCHEMA)


def test_the_schema_accepts_references_to_secrets(validator):
    settings = yaml.safe_load(VALID)
    for reference in ["env:PURSER_PSEUDONYM_KEY", "file:/run/secrets/key", "key"]:
        settings["pseudonyms"] = {"key": reference}
        assert validator.is_valid(settings), reference
    for mistake in ["env:", "env:1ST", "env:A-B", "", 7, [], None]:
        settings["pseudonyms"] = {"key": mistake}
        assert not validator.is_valid(settings), mistake
