# SPDX-License-Identifier: Apache-2.0
"""Runs Purser's commands that end by themselves."""

import subprocess

from .process import environment
from .purser import binary


def run(directory, *arguments, stdin="", within=20, **variables):
    """The exit code and the combined output of both streams."""
    done = subprocess.run(
        [binary(), *map(str, arguments)],
        input=stdin.encode(),
        cwd=directory,
        timeout=within,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment(HOME=directory, **variables),
    )
    return done.returncode, done.stdout.decode(errors="replace")
