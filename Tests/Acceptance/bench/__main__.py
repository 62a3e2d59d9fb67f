# SPDX-License-Identifier: Apache-2.0
"""`python -m bench [--only NAME …] [--results FILE]`: runs the measurements, prints a table, and exits with 1 if a value
is beyond its limit in `limits.json`."""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

from harness.purser import binary

MODULES = ("warm", "verification", "exchange", "proxied", "first_requests", "memory", "cores_used", "startup")
LIMITS = Path(__file__).with_name("limits.json")


def results_of(module):
    """The lines that the module prints."""
    run = subprocess.Popen([sys.executable, "-m", f"bench.{module}"], stdout=subprocess.PIPE, text=True)
    results = []
    for line in run.stdout:
        results.append(json.loads(line))
        print(line, end="", file=sys.stderr, flush=True)
    if run.wait() != 0:
        sys.exit(f"bench.{module} ended with exit code {run.returncode}")
    return results


def judge(result, limits):
    """What the limit is, and whether the value is within it; both `None` without a limit."""
    limit = limits.get(result["name"])
    if limit is None:
        return None, None
    if "atLeast" in limit:
        return f"≥ {limit['atLeast']:g}", result["value"] >= limit["atLeast"]
    return f"≤ {limit['atMost']:g}", result["value"] <= limit["atMost"]


def goal(result, limits):
    return limits.get(result["name"], {}).get("goal", "")


def table(results, limits):
    rows = ["| measurement | median | spread | unit | limit | goal |", "|---|---|---|---|---|---|"]
    for result in results:
        text, holds = judge(result, limits)
        mark = "" if text is None else text if holds else f"**{text}**"
        rows.append(
            f"| {result['name']} | {result['value']:,g} | {result['spread']:,g} | {result['unit']} | {mark} |"
            f" {goal(result, limits)} |"
        )
    return "\n".join(rows)


def main():
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--only", action="append", choices=MODULES, help="this measurement; may be repeated")
    parser.add_argument("--results", type=Path, help="also writes the results to this file, as JSON")
    options = parser.parse_args()
    if not binary().is_file():
        sys.exit("PURSER_BIN must name a release build of purser")
    limits = json.loads(LIMITS.read_text())
    results = [result for module in options.only or MODULES for result in results_of(module)]
    if options.results:
        options.results.write_text(json.dumps(results, indent=2) + "\n")
    print(f"{os.cpu_count()} cores; medians, and the distance between the lowest and the highest value\n")
    print(table(results, limits))
    beyond = [result["name"] for result in results if judge(result, limits)[1] is False]
    measured = {result["name"] for result in results}
    missing = [] if options.only else [name for name in limits if name not in measured]
    for name in beyond:
        print(f"beyond its limit: {name}")
    for name in missing:
        print(f"has a limit and was not measured: {name}")
    sys.exit(bool(beyond or missing))


if __name__ == "__main__":
    main()
