# SPDX-License-Identifier: Apache-2.0
"""The program under test: a process, two listeners and a log."""

import os
import time
from pathlib import Path

import yaml

from . import log_schema
from .deadline import eventually
from .observability import JSONLines
from .process import Process, environment
from .secret_scanner import SecretScanner
from .settings import APP
from .web import fetch


def binary():
    return Path(os.environ.get("PURSER_BIN", "")).resolve()


class Purser:
    """A running `purser serve`, or with `listeners` and `arguments` another command that serves.

    `files` limits its file descriptors; with `piped`, a test can stop the reader of its log (`process.reader`);
    `prefix` is a command that runs it; `variables` are environment variables.
    """

    listeners = ("public", "admin")

    def __init__(
        self,
        directory: Path,
        settings=None,
        sts=None,
        arguments=None,
        files=None,
        piped=False,
        prefix=(),
        **variables,
    ):
        self.known_secrets = SecretScanner()
        directory.mkdir(parents=True, exist_ok=True)
        if arguments is None:
            file = directory / "purser.yaml"
            file.write_text(yaml.safe_dump(settings, sort_keys=False))
            arguments = ["serve", "--config", file]
        if sts:
            variables["AWS_ENDPOINT_URL_STS"] = sts
        for name in ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
            self.known_secrets.add(name, variables.get(name))
        limited = ["prlimit", f"--nofile={files}:{files}"] if files else []
        # HOME is empty, so that Purser finds no credentials of the user who runs the tests.
        self.process = Process(
            [*limited, *prefix, binary(), *arguments],
            directory,
            "purser",
            environment(HOME=directory, **variables),
            piped,
        )
        self._log, self._flushes = JSONLines(self.process.errors), set()
        self.addresses = eventually(
            self._listening, lambda: f"purser does not listen: {self.process.output_text()[-3000:]}"
        )
        self.listening = time.monotonic()

    def _listening(self):
        assert self.process.running(), f"purser ended: {self.process.output_text()[-3000:]}"
        lines = self.log_so_far("listening")
        found = {line["listener"]: line["address"] for line in lines}
        return found if set(self.listeners) <= set(found) else None

    @property
    def address(self):
        host, port = self.addresses["public"].rsplit(":", 1)
        return host, int(port)

    def url(self, listener="public"):
        return f"http://{self.addresses[listener]}"

    def log_so_far(self, message=None, **fields):
        """The lines so far, some may be missing: for probes of `eventually`; see `JSONLines.so_far`."""
        return self._log.so_far(message, **fields)

    def await_log(self, message, at_least=1, every=0.01, **fields):
        """Waits for that many lines with that message and these fields."""
        return self._log.await_lines(message, at_least, every, **fields)

    def complete_log(self, message=None, **fields):
        """The lines that were logged before this call, for tests of absence and of exact numbers."""
        self.flush_log()
        return [line for line in self.log_so_far(message, **fields) if line.get("requestId") not in self._flushes]

    def flush_log(self):
        """Waits until the log file has everything that was logged before this call.

        Purser queues the lines of a request before it sends the response, and writes the queue in order. So the line of
        a new request comes after all of them. At the end of the process Purser writes the whole queue.
        """
        if not self.process.running():
            return
        number = self.fetch("public", "/flush-the-log").header("X-Request-Id")
        self._flushes.add(number)
        self.await_log("answered", requestId=number)

    def complete_audit_trail(self, file, app=APP):
        """The lines of an audit file that were queued before this call: a new rejected request has the last."""
        number = self.credentials("no-token-at-all", app).header("X-Request-Id")
        self._flushes.add(number)
        return [line for line in JSONLines(file).before(number) if line.get("requestId") not in self._flushes]

    def log_line_of(self, answer):
        """Waits for the one log line of a response."""
        number = answer.header("X-Request-Id")
        assert number, f"a response without X-Request-Id: {answer}"
        lines = self.await_log("answered", requestId=number)
        assert len(lines) == 1, f"more than one log line for {number}: {lines}"
        return lines[0]

    def request(self, path, token=None, headers=(), method="GET", body=None, timeout=15.0):
        headers = list(headers)
        if token is not None:
            self.known_secrets.add_token(token)
            headers.append(("Authorization", f"Bearer {token}"))
        answer = self.fetch("public", path, method, headers, body, timeout)
        if answer.status == 200 and b"secretAccessKey" in answer.body:
            self.known_secrets.add_credentials(answer.json)
        else:
            self.known_secrets.check(
                answer.text + repr(answer.headers), f"the response {answer.status} to {method} {path}"
            )
        return answer

    def credentials(self, token, app=APP, **more):
        return self.request(f"/v1/apps/{app}/credentials", token, **more)

    def guest(self, app=APP, **more):
        return self.request(f"/v1/apps/{app}/guest-credentials", **more)

    def cpu_time(self):
        """Seconds of processor time used so far (proc(5): utime and stime)."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident(self):
        """Bytes of resident memory (proc(5): VmRSS)."""
        [line] = [line for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines() if "VmRSS" in line]
        return int(line.split()[1]) * 1024

    def ready(self):
        eventually(lambda: self.probe("/readyz").status == 200, lambda: f"readiness: {self.log_so_far()[-5:]}")

    def probe(self, path):
        return self.fetch("admin", path)

    def fetch(self, listener, path, *request):
        """Sends one request over a new connection."""
        return fetch(self.url(listener) + path, *request)

    def log_text(self):
        """The text of the log, with everything that was logged before this call."""
        self.flush_log()
        return self.process.errors.read_text(errors="replace")

    def check_log(self):
        self.known_secrets.check(self.log_text(), "the log")

    def stop(self):
        """Ends the process, and asserts that its log has no secret and only documented lines, and its exit code is 0."""
        running = self.process.running()
        code = self.process.stop()
        self.check_log()
        log_schema.check(self.process.errors)
        assert not running or code == 0, f"purser ended with {code}: {self.process.output_text()[-3000:]}"
