# SPDX-License-Identifier: Apache-2.0
"""Extracts links, snippets and test names from the documents."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
DOCUMENTS = [
    *ROOT.glob("*.md"),
    *(ROOT / "docs").glob("**/*.md"),
    *(ROOT / "deploy").glob("**/*.md"),
    *(ROOT / "keys").glob("*.md"),
    *(ROOT / "Tests").glob("*/README.md"),
]
_FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_SWIFT = re.compile(r'`(\w+Tests)`: ("[^"]+"(?:, "[^"]+")*)')
_PYTEST = re.compile(r"`(test_\w+\.py)::(\w+)`")


def prose(document):
    """The text without its fenced blocks."""
    return _FENCED.sub("", document.read_text())


def links(document):
    """Targets within this repository."""
    return [target for target in _LINK.findall(prose(document)) if not re.match(r"[a-z]+:", target)]


def anchors(document):
    """The anchors that GitHub generates for the headings."""
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in _HEADING.findall(prose(document))}


def snippets(document, language):
    """Fenced blocks of a language, each with the heading above it."""
    text = document.read_text()
    return [
        (_HEADING.findall(_FENCED.sub("", text[: block.start()]))[-1], block[2])
        for block in _FENCED.finditer(text)
        if block[1] == language
    ]


def swift_tests_named(document):
    """Pairs of suite and title."""
    return [
        (suite, title) for suite, titles in _SWIFT.findall(prose(document)) for title in re.findall('"([^"]+)"', titles)
    ]


def suites_mentioned(document):
    """Every mention of a suite, in any form."""
    return re.findall(r"`(\w+Tests)`", prose(document))


def pytest_tests_named(document):
    """Pairs of file and function."""
    return _PYTEST.findall(prose(document))


def swift_titles(suite):
    """The titles of the tests in the file of that name."""
    files = list((ROOT / "Tests").glob(f"**/{suite}.swift"))
    return {title for file in files for title in re.findall(r'@Test\(\s*"([^"]+)"', file.read_text())}


def pytest_functions(file):
    path = ROOT / "Tests" / "Acceptance" / file
    return set(re.findall(r"^def (\w+)\(", path.read_text(), re.MULTILINE)) if path.is_file() else set()
