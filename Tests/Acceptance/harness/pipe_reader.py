# SPDX-License-Identifier: Apache-2.0
"""The reader of a process's standard error: it copies what the process writes into a file, and can stop to read."""

import fcntl
import os
import threading

PIPE_BYTES = 4096


class PipeReader:
    """A small pipe, so that a process fills it soon when nobody reads."""

    def __init__(self, file):
        self._file = file
        self._end, self.write_end = os.pipe()
        fcntl.fcntl(self.write_end, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        self._reads = threading.Event()
        self._reads.set()
        self._thread = threading.Thread(target=self._copy, daemon=True)

    def start(self):
        """The process has inherited the write end."""
        os.close(self.write_end)
        self._thread.start()

    def pause(self):
        """Stops to read. One read that has begun still takes what the process writes next."""
        self._reads.clear()

    def resume(self):
        self._reads.set()

    def finish(self):
        """Reads to the end, which is there when the process has ended."""
        self.resume()
        self._thread.join(10)

    def _copy(self):
        with self._file.open("ab", buffering=0) as file, os.fdopen(self._end, "rb", buffering=0) as pipe:
            while chunk := pipe.read(PIPE_BYTES):
                file.write(chunk)
                self._reads.wait()
