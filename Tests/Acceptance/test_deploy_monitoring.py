# SPDX-License-Identifier: Apache-2.0
"""The rules and the dashboard: tested by promtool, held to the runbook and to the metrics that a purser exposes."""

import copy
import json
import re
import subprocess

import pytest
import yaml
from harness import documents
from harness.fake_sts import FakeSTS
from harness.purser import Purser
from harness.settings import BROKER_KEYS, settings
from prometheus_client.parser import text_string_to_metric_families

DIRECTORY = documents.ROOT / "deploy" / "monitoring"
RULES = yaml.safe_load((DIRECTORY / "purser.rules.yaml").read_text())
TESTS = yaml.safe_load((DIRECTORY / "purser.tests.yaml").read_text())
DASHBOARD = json.loads((DIRECTORY / "purser.dashboard.json").read_text())
RUNBOOK = documents.ROOT / "docs" / "operations.md"
ALERTS = [rule for group in RULES["groups"] for rule in group["rules"] if "alert" in rule]
RECORDS = [rule for group in RULES["groups"] for rule in group["rules"] if "record" in rule]
# Exposed only where they apply: keys that are fetched, credentials with an end, a list of logouts, TLS.
CONDITIONAL = {
    "purser_issuer_keys_age_seconds",
    "purser_broker_credentials_expiry_timestamp_seconds",
    "purser_logouts",
    "purser_tls_certificate_expiry_timestamp_seconds",
    "purser_tls_certificate_changes_total",
}


def promtool(*arguments):
    done = subprocess.run(["promtool", *arguments], capture_output=True, timeout=60, check=False)
    return done.returncode, (done.stdout + done.stderr).decode()


def test_promtool_accepts_the_rules_and_their_unit_tests_pass():
    code, output = promtool("check", "rules", DIRECTORY / "purser.rules.yaml")
    assert code == 0 and f"{len(ALERTS) + len(RECORDS)} rules found" in output, output
    code, output = promtool("test", "rules", DIRECTORY / "purser.tests.yaml")
    assert code == 0, output


def test_each_alert_is_tested_in_a_situation_where_it_fires_and_in_one_where_it_does_not():
    names = {test["name"] for test in TESTS["tests"]}
    for alert in ALERTS:
        assert {f"{alert['alert']} fires", f"{alert['alert']} is silent"} <= names
    for test in TESTS["tests"]:
        for sample in test["promql_expr_test"]:
            found = re.search(r'alertname="(\w+)"', sample["expr"])
            assert not found or test["name"] == f"{found[1]} {'fires' if sample['exp_samples'] else 'is silent'}"


def test_an_alert_that_never_fires_and_one_that_always_does_fail_their_unit_tests(tmp_path):
    for comparison in ("> 1e300", ">= 0"):
        rules = copy.deepcopy(RULES)
        for group in rules["groups"]:
            for rule in group["rules"]:
                if rule.get("alert") == "PurserAWSQueue":
                    rule["expr"] = f"purser_aws_waiting {comparison}"
        (tmp_path / "purser.rules.yaml").write_text(yaml.safe_dump(rules))
        (tmp_path / "purser.tests.yaml").write_text(yaml.safe_dump(TESTS))
        code, output = promtool("test", "rules", tmp_path / "purser.tests.yaml")
        assert code == 1 and "PurserAWSQueue" in output, output


def table():
    """The alerts of the runbook: expression and time, by name."""
    section = RUNBOOK.read_text().split("## Alerts\n", 1)[1].split("\n## ", 1)[0]
    rows = [re.split(r"(?<!\\)\|", line)[1:4] for line in section.splitlines() if line.startswith("| `Purser")]
    cells = [[cell.strip().replace("\\|", "|").strip("`") for cell in row] for row in rows]
    return {name: (expression, period) for name, expression, period in cells}


def test_the_rules_are_those_of_the_runbook():
    assert {alert["alert"]: (alert["expr"], alert.get("for", "0s")) for alert in ALERTS} == table()


@pytest.mark.parametrize("alert", ALERTS, ids=lambda it: it["alert"])
def test_each_alert_says_what_users_see_and_links_to_the_runbook(alert):
    notes = alert["annotations"]
    path, _, anchor = notes["runbook_url"].partition("#")
    assert anchor in documents.anchors(documents.ROOT / path)
    assert notes["summary"] and re.match(r"Users see: .+ What to do: .+\.", notes["description"])
    assert alert["labels"]["severity"] in {"critical", "warning"}


@pytest.fixture(scope="module")
def exposed(tmp_path_factory, login):
    """Every sample's name with its labels, of a purser that has answered something."""
    directory = tmp_path_factory.mktemp("purser")
    sts = FakeSTS()
    purser = Purser(directory, settings(login.pinned(directory)), sts.url, **BROKER_KEYS)
    assert purser.credentials(login.token()).status == 200
    families = text_string_to_metric_families(purser.probe("/metrics").text)
    found = {}
    for family in families:
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    purser.stop()
    sts.stop()
    return found


def expressions():
    for rule in [*ALERTS, *RECORDS]:
        yield rule.get("alert") or rule["record"], rule["expr"]
    for panel in DASHBOARD["panels"]:
        for target in panel.get("targets", []):
            yield panel["title"], target["expr"]


def unknown(expression, exposed):
    """Metrics and labels that nobody exposes."""
    for name, matchers in re.findall(r"\b((?:purser|process)_\w+)(?:\{([^}]*)\})?", expression):
        if name in CONDITIONAL:
            continue
        if name not in exposed:
            yield name
            continue
        for label in re.findall(r"(\w+)\s*[=!]~?", re.sub(r'"[^"]*"', "", matchers)):
            if label not in exposed[name] | {"job", "instance"}:
                yield f"{name}{{{label}}}"


@pytest.mark.parametrize(("where", "expression"), list(expressions()))
def test_each_expression_uses_metrics_and_labels_that_a_purser_exposes(exposed, where, expression):
    assert list(unknown(expression, exposed)) == [], where


def test_a_metric_and_a_label_that_nobody_exposes_are_found():
    known = {"purser_answers_total": {"code"}}
    assert list(unknown('rate(purser_answers_totals{code="ok"}[5m])', known)) == ["purser_answers_totals"]
    assert list(unknown('purser_answers_total{kode=~"a|b"}', known)) == ["purser_answers_total{kode}"]


def test_the_dashboard_is_whole_and_prometheus_parses_each_of_its_expressions(tmp_path):
    panels = DASHBOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken = [
        (panel["gridPos"]["x"] + x, panel["gridPos"]["y"] + y)
        for panel in panels
        for x in range(panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["h"])
    ]
    assert len(set(taken)) == len(taken) and max(x for x, _ in taken) < 24, "panels overlap or leave the grid"
    variables = {it["name"] for it in DASHBOARD["templating"]["list"]}
    used = set(re.findall(r"\$\{?(\w+)", json.dumps(DASHBOARD))) - {"__rate_interval", "__all"}
    assert used == variables
    rules = []
    for panel in panels:
        for target in panel.get("targets", []):
            assert target["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
            expression = target["expr"].replace("$__rate_interval", "5m")
            expression = re.sub(r"\$(job|instance)\b", ".+", expression)
            rules.append({"record": f"panel:{panel['id']}:{target['refId'].lower()}", "expr": expression})
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))
    code, output = promtool("check", "rules", tmp_path / "rules.yaml")
    assert code == 0 and len(rules) > 30, output
