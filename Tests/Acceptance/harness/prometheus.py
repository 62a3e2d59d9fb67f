# SPDX-License-Identifier: Apache-2.0
"""A real Prometheus that scrapes a purser every second, and the table of alerts that operators copy into it."""

import json
import re
import subprocess
from pathlib import Path
from urllib.parse import quote

import yaml

from .deadline import eventually
from .documents import ROOT
from .process import Process, accepts, environment, free_port
from .web import fetch

RUNBOOK = ROOT / "docs" / "operations.md"


def alerts():
    """Pairs of name and expression from the runbook."""
    text = RUNBOOK.read_text()
    section = text.split("## Alerts\n", 1)[1].split("\n## ", 1)[0]
    rows = [re.split(r"(?<!\\)\|", line)[1:-1] for line in section.splitlines() if line.startswith("| `Purser")]
    cells = [[cell.strip().replace("\\|", "|") for cell in row] for row in rows]
    return [(name.strip("`"), expression.strip("`")) for name, expression, *_ in cells]


def left_side(expression):
    """Without its last comparison with a number, so that it has a value whether the alert fires or not."""
    found = re.fullmatch(r"(.+?) (?:[<>]=?|[!=]=) [0-9.]+", expression, re.DOTALL)
    assert found, f"an alert compares with a number: {expression}"
    return found[1]


def lint(page):
    """What `promtool check metrics` says about a page; empty if it is clean."""
    done = subprocess.run(
        ["promtool", "check", "metrics"], input=page.encode(), capture_output=True, timeout=60, check=False
    )
    return f"{done.stdout.decode()}{done.stderr.decode()}" + (f"exit {done.returncode}" if done.returncode else "")


class Prometheus:
    def __init__(self, directory: Path, purser, rules=()):
        directory.mkdir()
        port = free_port()
        (directory / "rules.yml").write_text(
            yaml.safe_dump({"groups": [{"name": "purser", "interval": "1s", "rules": list(rules)}]})
        )
        (directory / "prometheus.yml").write_text(
            yaml.safe_dump(
                {
                    "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
                    "rule_files": ["rules.yml"],
                    "scrape_configs": [
                        {"job_name": "purser", "static_configs": [{"targets": [purser.addresses["admin"]]}]}
                    ],
                }
            )
        )
        self.url = f"http://127.0.0.1:{port}"
        options = [f"--web.listen-address=127.0.0.1:{port}", "--enable-feature=exemplar-storage"]
        files = ["--config.file=prometheus.yml", "--storage.tsdb.path=data"]
        self.process = Process(["prometheus", *files, *options], directory, "prometheus", environment())
        eventually(self._ready, self.process.output_text)

    def _ready(self):
        assert self.process.running(), self.process.output_text()
        return accepts(int(self.url.rsplit(":", 1)[1])) and fetch(f"{self.url}/-/ready").status == 200

    def query(self, expression):
        """The results of an instant query: pairs of labels and value."""
        data = self._get(f"query?query={quote(expression)}")
        found = data["result"] if data["resultType"] == "vector" else [{"metric": {}, "value": data["result"]}]
        return [(result["metric"], float(result["value"][1])) for result in found]

    def exemplars(self, expression):
        data = self._get(f"query_exemplars?query={quote(expression)}&start=0&end=4000000000")
        return [exemplar for series in data for exemplar in series["exemplars"]]

    def firing(self):
        return {alert["labels"]["alertname"] for alert in self._get("alerts")["alerts"] if alert["state"] == "firing"}

    def targets(self):
        return self._get("targets")["activeTargets"]

    def _get(self, path):
        answer = fetch(f"{self.url}/api/v1/{path}")
        parsed = json.loads(answer.text)
        assert parsed["status"] == "success", (path, parsed)
        return parsed["data"]

    def stop(self):
        self.process.stop()
