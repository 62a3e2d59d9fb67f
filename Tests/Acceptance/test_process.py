# SPDX-License-Identifier: Apache-2.0
"""The process and its system: core dumps, and a system without /proc."""

import os
import subprocess
from pathlib import Path

import pytest
from harness.purser import Purser, binary
from harness.settings import settings

NOBODY = 65534
# A process whose memory others may not read belongs to root in /proc (proc(5)), which shows only for another user.
OTHER_USER = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"] if os.geteuid() == 0 else []


def core_limits(purser):
    [line] = [line for line in Path(f"/proc/{purser.process.pid}/limits").read_text().splitlines() if "core" in line]
    return line.split()[4:6]


def is_dumpable(purser):
    return Path(f"/proc/{purser.process.pid}/environ").stat().st_uid != 0


@pytest.mark.parametrize("allowed", [None, False, True])
def test_core_dumps_are_off_unless_the_configuration_allows_them(open_directory, started, login, allowed):
    made = settings(login.pinned(open_directory), **({} if allowed is None else {"core-dumps": allowed}))
    for file in open_directory.iterdir():
        file.chmod(0o644)
    prefix = ["prlimit", "--core=4096:8192", *OTHER_USER]
    purser = started(Purser(open_directory, made, prefix=prefix))
    assert core_limits(purser) == (["4096", "8192"] if allowed else ["0", "0"])
    assert is_dumpable(purser) == bool(allowed)


def test_dev_has_no_core_dumps(open_directory, started):
    options = [part for name in ("listen", "admin", "sandbox") for part in (f"--{name}", "127.0.0.1:0")]
    purser = started(Purser(open_directory, arguments=["dev", "--log-format", "json", *options], prefix=OTHER_USER))
    assert core_limits(purser) == ["0", "0"] and not is_dumpable(purser)


@pytest.mark.parametrize("arguments", [["--version"], ["serve", "--config", "purser.yaml"], ["dev"]])
def test_without_proc_each_command_ends_with_a_message(tmp_path, arguments):
    without_proc = ["unshare", "--mount", "sh", "-c", 'umount -l /proc && exec "$0" "$@"']
    if subprocess.run([*without_proc, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("this user may not unmount /proc in a namespace of their own")
    done = subprocess.run(
        [*without_proc, binary(), *arguments], cwd=tmp_path, capture_output=True, timeout=20, check=False
    )
    assert done.returncode == 1
    assert done.stderr.decode().startswith("purser: /proc is not mounted; expected ")
