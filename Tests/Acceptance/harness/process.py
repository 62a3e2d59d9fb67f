# SPDX-License-Identifier: Apache-2.0
"""A child process whose output goes to files and which is ended by its pid."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

from .deadline import DeadlinePassed, eventually
from .pipe_reader import PipeReader


class Process:
    """With `piped`, `reader` copies standard error, and a test can make it stop to read."""

    def __init__(self, command, directory: Path, name: str, environment=None, piped=False):
        directory.mkdir(parents=True, exist_ok=True)
        self.output, self.errors = directory / f"{name}.out", directory / f"{name}.err"
        self.spawned = time.monotonic()
        self.errors.touch()
        self.reader = PipeReader(self.errors) if piped else None
        with self.output.open("wb") as out, self.errors.open("wb") as err:
            self.child = subprocess.Popen(
                [str(part) for part in command],
                cwd=directory,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=self.reader.write_end if self.reader else err,
            )
        if self.reader:
            self.reader.start()

    @property
    def pid(self):
        return self.child.pid

    def running(self):
        return self.child.poll() is None

    def output_text(self):
        """The output so far, of both streams."""
        return self.output.read_text(errors="replace") + self.errors.read_text(errors="replace")

    def send(self, number):
        self.child.send_signal(number)

    def wait(self, within=10.0):
        return self.child.wait(within)

    def stop(self, within=30.0):
        """Sends SIGTERM, and SIGKILL after a time-out. Returns the exit code."""
        if self.running():
            self.send(signal.SIGTERM)
        try:
            return self.wait(within)
        except subprocess.TimeoutExpired:
            self.send(signal.SIGKILL)
            return self.wait(within)
        finally:
            if self.reader:
                self.reader.finish()


def free_port():
    """A port that was free a moment ago; `start_listening` retries when another process takes it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def accepts(port):
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def start_listening(launch, attempts=5):
    """The process that `launch(port)` starts, as soon as it listens; retries with another port when one is in use."""
    for _ in range(attempts):
        port = free_port()
        process = launch(port)
        eventually(
            lambda: accepts(port) or not process.running(), lambda: f"{process.child.args[0]}: {process.output_text()}"
        )
        if process.running():
            return process, port
        process.stop()
    raise DeadlinePassed(f"{process.child.args[0]} did not start: {process.output_text()[-2000:]}")


def environment(**changes):
    """The environment of this process without variables of AWS, proxies or the test runner, with `changes`.

    Unless `changes` override it, no process requests credentials from instance metadata.
    """
    unwanted = ("AWS_", "PYTEST_", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
    return kept | {"AWS_EC2_METADATA_DISABLED": "true"} | {name: str(value) for name, value in changes.items()}
