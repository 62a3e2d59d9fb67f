# SPDX-License-Identifier: Apache-2.0
"""What a measurement prints."""

import json
import os
import statistics
from pathlib import Path


def report(name, values, unit):
    """One line: the median of all rounds, and the distance between the lowest and the highest."""
    value, spread = statistics.median(values), max(values) - min(values)
    line = {"name": name, "value": round(value, 3), "unit": unit, "spread": round(spread, 3)}
    print(json.dumps(line, ensure_ascii=False), flush=True)


def cpu_seconds(pid):
    """Seconds of processor time of a process so far (proc(5): utime and stime)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
