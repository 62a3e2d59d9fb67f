# SPDX-License-Identifier: Apache-2.0
"""The measurements of `make bench` in a short form: they run and print results. Values are not judged here, since the build is a debug build and the machine is busy."""

import json

import pytest
from bench import __main__ as bench
from bench import cores, cores_used, exchange, first_requests, memory, proxied, startup, warm

SHORT = {
    warm: {"USERS": 20, "NEW_TOKENS": 2_000, "MUST_BE_NEW": False},
    exchange: {"ROUNDS": 1, "WARM_UP": 20, "REQUESTS": 100},
    proxied: {"ROUNDS": 1, "WARM_UP": 20, "REQUESTS": 100},
    first_requests: {"ROUNDS": 1, "REQUESTS": 200},
    memory: {"USERS": (600, 1_200), "CONNECTIONS": 200},
    cores_used: {"ROUNDS": 1, "SECONDS": 1},
    startup: {"ROUNDS": 1, "APPS": 3, "ISSUERS": 2},
}
ARGUMENTS = {warm: ["--rounds", "1", "--seconds", "1"]}


@pytest.mark.parametrize("module", SHORT, ids=lambda module: module.__name__)
def test_a_measurement_runs_and_prints_its_results(module, monkeypatch, capsys):
    monkeypatch.setattr(cores, "leave_measured", lambda: None)
    monkeypatch.setattr("sys.argv", ["bench", *ARGUMENTS.get(module, [])])
    for name, value in SHORT[module].items():
        monkeypatch.setattr(module, name, value)
    module.main()
    results = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith('{"name"')]
    assert results
    for result in results:
        assert set(result) == {"name", "value", "unit", "spread"} and result["value"] >= 0


def test_a_value_beyond_its_limit_is_reported():
    limits = {"a": {"atLeast": 2}, "b": {"atMost": 5}}
    assert bench.judge({"name": "a", "value": 1.9}, limits) == ("≥ 2", False)
    assert bench.judge({"name": "a", "value": 2}, limits) == ("≥ 2", True)
    assert bench.judge({"name": "b", "value": 5.1}, limits) == ("≤ 5", False)
    assert bench.judge({"name": "c", "value": 1}, limits) == (None, None)
