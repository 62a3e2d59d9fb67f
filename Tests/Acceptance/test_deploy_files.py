# SPDX-License-Identifier: Apache-2.0
"""Each file in deploy/ has a row in the table of checks, and each check in the table exists."""

import re
import subprocess

from harness.documents import ROOT

DIRECTORY = ROOT / "deploy"
HEADING = "## Which check holds each file\n"


def rows():
    section = (DIRECTORY / "README.md").read_text().split(HEADING, 1)[1].split("\n## ", 1)[0]
    return {path: checks for path, checks in re.findall(r"^\| `([^`]+)` \| (.+) \|$", section, re.MULTILINE)}


def uncovered(files, table):
    """Files without a row; a row that ends with a slash is about all files below it."""
    return [it for it in files if not any(it == row or row.endswith("/") and it.startswith(row) for row in table)]


def test_each_file_has_a_check_and_each_check_exists():
    files = [str(it.relative_to(DIRECTORY)) for it in DIRECTORY.rglob("*") if it.is_file()]
    table = rows()
    assert len(files) > 20 and uncovered(files, table) == []
    assert uncovered([*files, "new/file"], table) == ["new/file"]
    for row, checks in table.items():
        assert (DIRECTORY / row).exists(), row
        tests = re.findall(r"`(test_\w+\.py)`", checks)
        assert tests or "`make " in checks, row
        for test in tests:
            assert (ROOT / "Tests" / "Acceptance" / test).is_file(), test


def test_the_checks_are_run_by_make_deploy_test():
    done = subprocess.run(["make", "-n", "deploy-test"], cwd=ROOT, capture_output=True, timeout=60, check=True)
    assert b"test_deploy_*.py" in done.stdout
