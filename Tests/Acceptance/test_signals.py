# SPDX-License-Identifier: Apache-2.0
"""Signals, and what the service manager is told (sd_notify(3))."""

import signal
import socket
import tempfile
from pathlib import Path

import pytest
from harness.deadline import eventually
from harness.settings import BROKER_KEYS, settings
from harness.steady_load import SteadyLoad


class Manager:
    """A service manager's socket; `abstract` is a name in the abstract namespace."""

    def __init__(self, path, abstract):
        self.name = f"@{path}" if abstract else str(path)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind("\0" + str(path) if abstract else str(path))
        self._socket.setblocking(False)
        self.states = []

    def await_state(self, state, at_least=1):
        def arrived():
            while True:
                try:
                    self.states.append(dict(line.split("=", 1) for line in self._socket.recv(4096).decode().split("\n")))
                except BlockingIOError:
                    break
            return len([one for one in self.states if state in one]) >= at_least

        eventually(arrived, lambda: f"{state}: {self.states}")
        return [one for one in self.states if state in one]

    def stop(self):
        self._socket.close()


@pytest.fixture(params=["path", "abstract"])
def manager(started, request):
    # The path of a socket has at most 107 bytes, and those of tests may be longer.
    with tempfile.TemporaryDirectory() as directory:
        yield started(Manager(Path(directory) / "notify", request.param == "abstract"))


def test_hup_usr1_and_usr2_under_load_lose_no_request(broker, login):
    purser = broker()
    with SteadyLoad(purser, [login.token(f"user-{n}") for n in range(4)]) as load:
        for _ in range(10):
            for number in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGHUP):
                purser.process.send(number)
                load.go_on()
    assert load.failures == [] and purser.process.running()
    assert purser.await_log("configuration reloaded", cause="signal")


def test_the_start_and_the_end_have_lines(broker):
    purser = broker()
    [start] = purser.await_log("starting")
    assert start["version"] and start["commit"] and start["apps"] == 1 and len(start["configuration"]) == 12
    assert purser.process.stop() == 0
    [began] = purser.log_so_far("shutdown began")
    assert began["signal"] == "SIGTERM" and began["limitSeconds"] > 0
    messages = [line["message"] for line in purser.log_so_far()]
    order = [messages.index(message) for message in ("shutdown began", "drain began", "drain ended", "stopped")]
    assert order == sorted(order)


def test_the_service_manager_is_told_of_each_state(broker, manager, tmp_path, login, sts, serve):
    values = settings(login.pinned(tmp_path / "keys"))
    values["issuers"][0]["keys"] = f"file:{tmp_path / 'keys' / 'login.jwks.json'}"
    purser = serve(values, sts, NOTIFY_SOCKET=manager.name, WATCHDOG_USEC="200000", **BROKER_KEYS)
    manager.await_state("READY")
    assert manager.states[0].get("READY") == "1" or "WATCHDOG" in manager.states[0]
    manager.await_state("WATCHDOG", at_least=3)
    purser.process.send(signal.SIGHUP)
    [reloading] = manager.await_state("RELOADING")
    assert int(reloading["MONOTONIC_USEC"]) > 0
    manager.await_state("READY", at_least=2)
    assert purser.process.stop() == 0
    manager.await_state("STOPPING")
    order = [next(iter(one)) for one in manager.states if "WATCHDOG" not in one]
    assert order == ["READY", "RELOADING", "READY", "STOPPING"]


def test_a_watchdog_of_another_process_is_not_ours(manager, tmp_path, login, sts, serve):
    values = settings(login.pinned(tmp_path / "keys"))
    values["issuers"][0]["keys"] = f"file:{tmp_path / 'keys' / 'login.jwks.json'}"
    purser = serve(
        values, sts, NOTIFY_SOCKET=manager.name, WATCHDOG_USEC="20000", WATCHDOG_PID="1", **BROKER_KEYS
    )
    manager.await_state("READY")
    assert purser.process.stop() == 0
    manager.await_state("STOPPING")
    assert not [one for one in manager.states if "WATCHDOG" in one]
