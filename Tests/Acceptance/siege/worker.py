# SPDX-License-Identifier: Apache-2.0
"""A process of its own for a part of the siege, so that no part waits for another one's Python."""

import multiprocessing
import os
import traceback


class Worker:
    """Calls the methods of an object that `factory` makes in another process, one call after the other."""

    def __init__(self, factory, nice=0):
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, factory, nice), daemon=True)
        self._process.start()
        theirs.close()

    def call(self, method, *arguments, within=120.0):
        self.send(method, *arguments)
        return self.receive(within)

    def send(self, method, *arguments):
        self._pipe.send((method, arguments))

    def receive(self, within=120.0):
        """The result of the call that was sent. Raises what the method raised."""
        if not self._pipe.poll(within):
            raise TimeoutError("a process of the siege does not answer")
        result, error = self._pipe.recv()
        if error:
            raise RuntimeError(f"in a process of the siege:\n{error}")
        return result

    def stop(self):
        self._pipe.close()
        self._process.join(5)
        if self._process.is_alive():
            self._process.kill()
            self._process.join(5)


def _serve(pipe, factory, nice):
    os.nice(nice)
    served = factory()
    while True:
        try:
            method, arguments = pipe.recv()
        except EOFError:
            return
        try:
            answer = getattr(served, method)(*arguments), None
        except Exception:
            answer = None, traceback.format_exc()
        pipe.send(answer)
