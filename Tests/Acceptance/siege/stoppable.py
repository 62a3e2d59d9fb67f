# SPDX-License-Identifier: Apache-2.0
"""A purser whose stderr is a pipe, with a reader that can stop and resume."""

import os
import subprocess
import threading
import time

from harness.process import Process
from harness.purser import Purser


class _PipedProcess(Process):
    """Copies the pipe to the file of errors, unless `reading` is cleared."""

    def __init__(self, command, directory, name, environment=None):
        self.output, self.errors = directory / f"{name}.out", directory / f"{name}.err"
        self.errors.touch()
        self.spawned = time.monotonic()
        self.reading = threading.Event()
        self.reading.set()
        ours, theirs = os.pipe()
        with self.output.open("wb") as out:
            self.child = subprocess.Popen(
                [str(part) for part in command],
                cwd=directory,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=theirs,
            )
        os.close(theirs)
        threading.Thread(target=self._copy, args=[ours], daemon=True).start()

    def _copy(self, pipe):
        with self.errors.open("ab", buffering=0) as file:
            while True:
                self.reading.wait()
                data = os.read(pipe, 65_536)
                if not data:
                    break
                file.write(data)
        os.close(pipe)


class StoppablePurser(Purser):
    process_type = _PipedProcess

    def stop_reading(self):
        self.process.reading.clear()

    def resume_reading(self):
        self.process.reading.set()
