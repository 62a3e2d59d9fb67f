# SPDX-License-Identifier: Apache-2.0
"""Processor cores: one for what is measured, another one for everything else."""

import os
import shutil

_all = sorted(os.sched_getaffinity(0))
_apart = len(_all) > 1 and shutil.which("taskset") is not None


def measured():
    """The command that runs a process on the measured core."""
    return ["taskset", "-c", str(_all[0])] if _apart else []


def leave_measured():
    """Keeps this process, and children that it starts from now on, off the measured core."""
    if _apart:
        os.sched_setaffinity(0, _all[1:])
