"""A child process with its output in files, ended by its own pid."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

from .deadline import DeadlinePassed, eventually


class Process:
    def __init__(self, command, directory: Path, name: str, environment=None):
        directory.mkdir(parents=True, exist_ok=True)
        self.output, self.errors = directory / f"{name}.out", directory / f"{name}.err"
        self.spawned = time.monotonic()
        with self.output.open("wb") as out, self.errors.open("wb") as err:
            self.child = subprocess.Popen(
                [str(part) for part in command],
                cwd=directory,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
            )

    @property
    def pid(self):
        return self.child.pid

    def running(self):
        return self.child.poll() is None

    def said(self):
        """All it wrote so far, on both streams."""
        return self.output.read_text(errors="replace") + self.errors.read_text(errors="replace")

    def send(self, number):
        self.child.send_signal(number)

    def wait(self, within=10.0):
        return self.child.wait(within)

    def stop(self, within=30.0):
        """Ends it politely, then by force. Answers its exit code."""
        if self.running():
            self.send(signal.SIGTERM)
        try:
            return self.wait(within)
        except subprocess.TimeoutExpired:
            self.send(signal.SIGKILL)
            return self.wait(within)


def free_port():
    """A port that was free a moment ago; see `start_listening` for who loses the race."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def accepts(port):
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def start_listening(launch, attempts=5):
    """The process that `launch(port)` starts, once it listens; tries other ports where one is taken meanwhile."""
    for _ in range(attempts):
        port = free_port()
        process = launch(port)
        eventually(lambda: accepts(port) or not process.running(), lambda: f"{process.child.args[0]}: {process.said()}")
        if process.running():
            return process, port
        process.stop()
    raise DeadlinePassed(f"{process.child.args[0]} did not start: {process.said()[-2000:]}")


def environment(**changes):
    """This process's environment without anything of AWS, proxies or the test runner, with `changes`.

    Unless they say otherwise nobody looks for credentials beyond 127.0.0.1.
    """
    unwanted = ("AWS_", "PYTEST_", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
    return kept | {"AWS_EC2_METADATA_DISABLED": "true"} | {name: str(value) for name, value in changes.items()}
