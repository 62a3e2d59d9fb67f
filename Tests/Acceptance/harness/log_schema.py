# SPDX-License-Identifier: Apache-2.0
"""The documented schema of log and audit lines, which every purser of every test is held to when it ends."""

import json

import jsonschema_rs

from .documents import ROOT

SCHEMA = ROOT / "docs" / "log-lines.schema.json"
_validator = jsonschema_rs.Draft202012Validator(json.loads(SCHEMA.read_text()))
# Beyond that many lines, only those with members, types or words that no line before had.
_EACH = 2000


def mistakes(line):
    """What is wrong with a line of text; empty if it is valid."""
    try:
        parsed = json.loads(line, parse_constant=_no_constant, object_pairs_hook=_once)
    except ValueError as error:
        return [f"not JSON: {error}"]
    return [f"{error.instance_path}: {error.message}" for error in _validator.iter_errors(parsed)]


def check(file):
    """Asserts that each whole line of the file is valid. Returns the number of lines."""
    count, shapes = 0, set()
    if not file.exists():
        return 0
    with file.open(errors="replace") as lines:
        for line in lines:
            if not line.endswith("\n"):
                break  # the process was killed while it wrote
            count += 1
            if count > _EACH:
                shape = _shape(line)
                if shape in shapes:
                    continue
                shapes.add(shape)
            found = mistakes(line)
            assert not found, f"{file}: a line that {SCHEMA.name} does not describe: {line!r}: {found}"
    return count


def _shape(line):
    parsed = json.loads(line)
    words = (parsed.get(name) for name in ("level", "message", "event", "code", "reason", "status"))
    return (*words, *((name, type(value)) for name, value in parsed.items()))


def _once(pairs):
    if len(dict(pairs)) != len(pairs):
        raise ValueError(f"a name occurs twice: {[name for name, _ in pairs]}")
    return dict(pairs)


def _no_constant(name):
    raise ValueError(f"{name} is no JSON number")
