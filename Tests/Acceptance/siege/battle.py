# SPDX-License-Identifier: Apache-2.0
"""One attack on one instance of Purser, while ordinary clients work with it."""

import contextlib
import resource
import signal
import subprocess
import time
from dataclasses import dataclass, field

from harness.deadline import DeadlinePassed, eventually
from harness.observability import JSONLines
from harness.purser import Purser
from harness.settings import BROKER_KEYS

from . import keys
from .attack import Target
from .attacker import Attacker
from .configuration import BURST_SECONDS, configuration
from .measure import Watch, connections_of_attackers
from .ordinary import Ordinary, Plan
from .upstream import Upstream
from .worker import Worker

GROWTH = 64 << 20  # bytes of memory that an attack may cost
CLOSING = 10.0  # seconds after its deadline within which a connection must be closed


@dataclass
class Outcome:
    """What one attack did. `failures` names the bars that did not hold."""

    name: str
    attacker: dict = field(default_factory=dict)
    ordinary: dict = field(default_factory=dict)
    slowest: float = 0.0  # seconds that an ordinary client waited for a response
    memory: tuple = (0, 0, 0)  # bytes before, at the highest, after
    left: int | None = None
    shutdown: float | None = None
    failures: list = field(default_factory=list)

    def demand(self, holds, bar):
        if not holds:
            self.failures.append(bar)


class Siege:
    """The processes that all attacks share: AWS, the attacker and the ordinary clients."""

    def __init__(self, form):
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        self.form, self._key = form, keys.new_key()
        self._upstream, self._ordinary, self._attacker = Worker(Upstream), Worker(Ordinary), Worker(Attacker, nice=10)
        self._sts, self._plane = self._upstream.call("urls")

    def stop(self):
        for worker in (self._attacker, self._ordinary, self._upstream):
            worker.stop()

    def run(self, attack, directory):
        """Runs one attack in a new instance. Never raises for what the instance does wrong."""
        outcome = Outcome(attack.name)
        purser = self._start(attack, directory)
        try:
            self._fight(attack, purser, outcome, directory)
        finally:
            if purser.process.running():
                purser.process.send(signal.SIGKILL)
                purser.process.wait()
        return outcome

    def _start(self, attack, directory):
        issuer = keys.issuer(self._key).pinned(directory)
        audit = {"audit": {"to": f"file:{directory / 'audit.jsonl'}"}} if attack.audited else {}
        made = configuration(self.form, issuer, attack.limits, **audit | attack.settings)
        variables = BROKER_KEYS | {"AWS_ENDPOINT_URL_RUM": self._plane}
        purser = Purser(directory, made, self._sts, piped=attack.stopped_reader, **variables)
        purser.ready()
        return purser

    def _fight(self, attack, purser, outcome, directory):
        self._ordinary.call("begin", Plan(purser.address, self._key, **attack.ordinary))
        watch = Watch(purser)
        self._attacker.call("begin", Target(purser.address, self._key, self.form))
        try:
            if attack.stopped_reader:
                purser.process.reader.pause()
            outcome.attacker = dict(self._attacker.call("attack", attack.name, self.form.seconds, within=900))
            outcome.left = self._connections_left(attack, purser)
            report = self._ordinary.call("report")
            if attack.stopped_reader:
                purser.process.reader.resume()
                self._recovers(outcome)
        finally:
            ended = self._ordinary.call("end")
        if not attack.stopped_reader:
            report.outcomes += ended.outcomes
            report.vends += ended.vends
            report.changed += ended.changed
            report.slowest = max(report.slowest, ended.slowest)
        watch.end()
        outcome.memory = (watch.before, watch.highest, purser.resident())
        outcome.ordinary = {f"{kind}: {result}": number for (kind, result), number in report.outcomes.items()}
        outcome.slowest = report.slowest
        self._judge(attack, outcome, report, watch)
        self._shut_down(attack, purser, outcome)
        if attack.audited:
            trail = JSONLines(directory / "audit.jsonl").so_far("audit", event="vended")
            missing = set(report.vends) - {line["requestId"] for line in trail}
            outcome.demand(report.vends and not missing, f"{len(missing)} of {len(report.vends)} vends not audited")

    def _connections_left(self, attack, purser):
        """Waits until the server has closed what the attacker left open, at most as long as it may take."""
        due = attack.held(self.form)
        if due is None:
            return None
        left = 0

        def none():
            nonlocal left
            left = connections_of_attackers(purser.address[1])
            return left == 0

        with contextlib.suppress(DeadlinePassed):
            eventually(none, "", within=due + CLOSING, every=0.1)
        return left

    def _recovers(self, outcome):
        """After its reader resumed, ordinary clients are served again."""
        self._ordinary.call("report")

        def served():
            report = self._ordinary.call("report")
            return report.total > 20 and not report.others("200")

        try:
            eventually(served, "", within=30, every=0.5)
        except DeadlinePassed:
            outcome.failures.append("ordinary clients are not served after the reader resumed")

    def _judge(self, attack, outcome, report, watch):
        others = report.others("200", *attack.allowed)
        outcome.demand(report.total, "no ordinary request")
        outcome.demand(not others, f"{sum(others.values())} of {report.total} ordinary requests failed")
        before, highest, _ = outcome.memory
        outcome.demand(highest - before < GROWTH, f"memory grew by {(highest - before) >> 20} MiB")
        outcome.demand(not outcome.left, f"{outcome.left} connections are left")
        outcome.demand(set(watch.probes) <= {200}, f"probes: {dict(watch.probes)}")
        outcome.demand(outcome.attacker.get("sent"), "the attacker sent nothing")
        outcome.demand(not outcome.attacker.get("desynchronised"), "responses desynchronised")
        if attack.limit:
            most = attack.limit * (self.form.seconds + 2 * BURST_SECONDS)
            served = sum(outcome.attacker.get(status, 0) for status in ("200", "204"))
            outcome.demand(served <= most, f"the attacker got {served} successes; at most {most:g} are expected")
        if attack.credentials_stay:
            outcome.demand(not report.changed, f"{report.changed} ordinary users lost their cached credentials")

    def _shut_down(self, attack, purser, outcome):
        """SIGTERM during a second wave of the attack."""
        self._attacker.send("attack", attack.name, 1.0)
        with contextlib.suppress(DeadlinePassed):
            eventually(lambda: connections_of_attackers(purser.address[1]), "", within=1)
        purser.process.send(signal.SIGTERM)
        began = time.monotonic()
        try:
            code = purser.process.wait(3 * self.form.shutdown)
        except subprocess.TimeoutExpired:
            code = "none"
        outcome.shutdown = time.monotonic() - began
        self._attacker.receive()
        self._attacker.call("end")
        outcome.demand(code == 0, f"the exit status is {code}")
        # As much again for a busy machine, in the short form.
        most = self.form.shutdown * (1 if self.form.patient else 2)
        outcome.demand(outcome.shutdown <= most, f"the shutdown took {outcome.shutdown:.1f} s, more than {most} s")
