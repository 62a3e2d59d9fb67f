# SPDX-License-Identifier: Apache-2.0
"""`purser --version` prints what was built from what."""

import re

from harness import documents
from harness.command import run


def test_version_prints_the_version_and_the_commit(tmp_path):
    code, output = run(tmp_path, "--version")
    assert code == 0
    printed = re.fullmatch(r"purser (\d+\.\d+\.\d+)(-dev)? \(([0-9a-f]{12,40}(-dirty)?|unknown)\)\n", output)
    assert printed, output


def test_a_development_version_is_newer_than_the_last_release_in_the_changelog(tmp_path):
    _, output = run(tmp_path, "--version")
    number, dev = re.match(r"purser ([\d.]+)(-dev)?", output).groups()
    released = re.findall(r"^## \[([\d.]+)\]", (documents.ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    newest = max(tuple(map(int, release.split("."))) for release in released)
    assert tuple(map(int, number.split("."))) > newest if dev else tuple(map(int, number.split("."))) == newest
