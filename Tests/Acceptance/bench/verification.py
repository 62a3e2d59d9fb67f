# SPDX-License-Identifier: Apache-2.0
"""Verification of a new RS256 token, compared with libcrypto alone on the same core. The program `purser-bench-tokens`,
which is built beside Purser, measures it."""

import subprocess

from harness.purser import binary

from . import cores


def main():
    program = binary().with_name("purser-bench-tokens")
    subprocess.run([*cores.measured(), program, "--json"], check=True)


if __name__ == "__main__":
    main()
