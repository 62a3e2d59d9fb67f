# SPDX-License-Identifier: Apache-2.0
"""Schemathesis: sends requests that the OpenAPI description allows or forbids, and checks each response against it."""

import os
import re
import subprocess
import sys
from pathlib import Path

from .process import environment

# Checks of each response. `positive_data_acceptance` is missing, since Purser rejects most well-formed tokens.
CHECKS = [
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "allow_header_conformance",
]


class Report:
    def __init__(self, code, text):
        self.code, self.text = code, text
        found = re.search(r"Test cases:\s*\n\s*([\d,]+) generated", text)
        self.cases = int(found[1].replace(",", "")) if found else 0

    def check(self, at_least):
        assert self.code == 0, self.text[-8_000:]
        assert self.cases >= at_least, f"only {self.cases} cases: {self.text[-3_000:]}"


def run(directory: Path, schema, url, *, paths, token=None, app=None, checks=(), examples=4):
    """Sends the same requests in each run. `app` replaces the generated app names."""
    directory.mkdir(parents=True, exist_ok=True)
    settings = directory / "schemathesis.toml"
    settings.write_text(f'[parameters]\n"path.app" = "{app}"\n' if app else "")
    authorization = ["--header", f"Authorization: Bearer {token}"] if token else []
    done = subprocess.run(
        [
            Path(sys.executable).with_name("schemathesis"),
            "--config-file", settings, "run", schema, "--url", url, "--include-path-regex", f"^/({paths})",
            "--checks", ",".join([*CHECKS, *checks]), "--max-examples", str(examples), "--seed", "7",
            "--phases", "examples,coverage,fuzzing", "--generation-database", "none", "--no-color",
            "--request-timeout", "10", "--warnings", "off", "--continue-on-failure", *authorization,
        ],
        cwd=directory,
        env=environment(HOME=directory, PATH=os.environ["PATH"]),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )  # fmt: skip
    return Report(done.returncode, done.stdout + done.stderr)
