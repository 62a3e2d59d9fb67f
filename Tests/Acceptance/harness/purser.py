"""The program under test, as its users see it: a process, two listeners and a log."""

import json
import os
import time
from pathlib import Path

import yaml

from .deadline import eventually
from .ledger import Ledger
from .process import Process, environment
from .settings import APP
from .web import fetch


def binary():
    return Path(os.environ.get("PURSER_BIN", "")).resolve()


class Purser:
    """`purser serve`, listening. With `listeners` and `arguments` it is any other command that serves.

    `files` is how many file descriptors it may have; `variables` are those of its environment.
    """

    listeners = ("public", "admin")

    def __init__(self, directory: Path, settings=None, sts=None, arguments=None, files=None, **variables):
        self.ledger = Ledger()
        directory.mkdir(parents=True, exist_ok=True)
        if arguments is None:
            file = directory / "purser.yaml"
            file.write_text(yaml.safe_dump(settings, sort_keys=False))
            arguments = ["serve", "--config", file]
        if sts:
            variables["AWS_ENDPOINT_URL_STS"] = sts
        for name in ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
            self.ledger.learn(name, variables.get(name))
        limited = ["prlimit", f"--nofile={files}:{files}"] if files else []
        # HOME is empty, so that no credentials of whoever runs the tests are found.
        self.process = Process(
            [*limited, binary(), *arguments], directory, "purser", environment(HOME=directory, **variables)
        )
        self.addresses = eventually(self._listening, lambda: f"purser does not listen: {self.process.said()[-3000:]}")
        self.listening = time.monotonic()

    def _listening(self):
        assert self.process.running(), f"purser ended: {self.process.said()[-3000:]}"
        lines = self.log("listening")
        found = {line["listener"]: line["address"] for line in lines}
        return found if set(self.listeners) <= set(found) else None

    @property
    def address(self):
        host, port = self.addresses["public"].rsplit(":", 1)
        return host, int(port)

    def url(self, listener="public"):
        return f"http://{self.addresses[listener]}"

    def log(self, message=None, **fields):
        """The whole lines of the log so far, parsed; only those with that message and fields."""
        written = self.process.errors.read_text()
        lines = [json.loads(line) for line in written.splitlines(keepends=True) if line.endswith("\n")]
        wanted = fields | ({"message": message} if message else {})
        return [line for line in lines if all(line.get(name) == value for name, value in wanted.items())]

    def told(self, message, **fields):
        """The same, waiting for the first one: the log is written behind the answers' backs."""
        return eventually(lambda: self.log(message, **fields), lambda: f"no line {message!r} with {fields}")

    def answered(self, answer):
        """The one line that the log has for an answer."""
        number = answer.header("X-Request-Id")
        assert number, f"an answer without X-Request-Id: {answer}"
        lines = eventually(lambda: self.log("answered", requestId=number), lambda: f"no line for {number}")
        assert len(lines) == 1, f"more than one line for {number}: {lines}"
        return lines[0]

    def ask(self, path, token=None, headers=(), method="GET", body=None, timeout=15.0):
        headers = list(headers)
        if token is not None:
            self.ledger.learn_token(token)
            headers.append(("Authorization", f"Bearer {token}"))
        answer = fetch(self.url() + path, method, headers, body, timeout)
        if answer.status == 200 and b"secretAccessKey" in answer.body:
            self.ledger.learn_credentials(answer.json)
        else:
            self.ledger.check(answer.text + repr(answer.headers), f"the answer {answer.status} to {method} {path}")
        return answer

    def credentials(self, token, app=APP, **more):
        return self.ask(f"/v1/apps/{app}/credentials", token, **more)

    def guest(self, app=APP, **more):
        return self.ask(f"/v1/apps/{app}/guest-credentials", **more)

    def cpu_time(self):
        """Seconds of processor time it has used so far (proc(5): utime and stime)."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident(self):
        """Bytes of memory that it occupies (proc(5): VmRSS)."""
        [line] = [line for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines() if "VmRSS" in line]
        return int(line.split()[1]) * 1024

    def ready(self):
        eventually(lambda: self.probe("/readyz").status == 200, lambda: f"readiness: {self.log()[-5:]}")

    def probe(self, path):
        return fetch(self.url("admin") + path)

    def check_log(self):
        self.ledger.check(self.process.errors.read_text(errors="replace"), "the log")

    def stop(self):
        """Ends it; every test that used it vouches for its log and its exit."""
        running = self.process.running()
        code = self.process.stop()
        self.check_log()
        assert not running or code == 0, f"purser ended with {code}: {self.process.said()[-3000:]}"
