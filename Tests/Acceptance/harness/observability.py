# SPDX-License-Identifier: Apache-2.0
"""What a process reports to its operator: log lines, audit lines and metrics.

A process writes lines asynchronously: a client may have its response before the line about it is in the file. So every
reader waits here, with a deadline. A test that expects no line, or an exact number of lines, first waits for a line
that is written after all of them (`Purser.complete_log`, `Purser.complete_audit_trail`). Otherwise it could not fail.
"""

import json

from prometheus_client.parser import text_string_to_metric_families

from .deadline import DEFAULT_TIMEOUT, eventually


class JSONLines:
    """A file of JSON lines that a process appends to."""

    def __init__(self, file):
        self.file = file

    def so_far(self, message=None, **fields):
        """The whole lines that are in the file now, parsed; only those with that message and these fields.

        Some lines may be missing: for probes of `eventually`, and for files whose writer has ended.
        """
        written = self.file.read_text() if self.file.exists() else ""
        lines = [json.loads(line) for line in written.splitlines(keepends=True) if line.endswith("\n")]
        wanted = fields | ({"message": message} if message else {})
        return [line for line in lines if all(line.get(name) == value for name, value in wanted.items())]

    def await_lines(self, message=None, at_least=1, every=0.01, **fields):
        """Waits for that many of these lines."""

        def enough():
            lines = self.so_far(message, **fields)
            return lines if len(lines) >= at_least else None

        return eventually(
            enough,
            lambda: f"{at_least} lines {message!r} with {fields} in {self.file}; the last: {self._last()}",
            every=every,
        )

    def before(self, request_id):
        """The lines before the first line about that request, for which it waits."""
        self.await_lines(requestId=request_id)
        lines = self.so_far()
        return lines[: [line.get("requestId") for line in lines].index(request_id)]

    def _last(self):
        return self.so_far()[-5:]


def metric(purser, name, **labels):
    """The current value of the one sample of that name with exactly these labels."""
    families = text_string_to_metric_families(purser.probe("/metrics").text)
    samples = [sample for family in families for sample in family.samples]
    found = [sample.value for sample in samples if sample.name == name and sample.labels == labels]
    assert len(found) == 1, f"{name} {labels}: {len(found)} samples"
    return found[0]


def await_metric(purser, name, expected, within=DEFAULT_TIMEOUT, **labels):
    """Waits until the sample has the value `expected`, or one that the function `expected` accepts.

    A request for the metrics that times out counts as not yet: a process under load may respond late.
    """
    accepts = expected if callable(expected) else lambda value: value == expected
    last = None

    def accepted():
        nonlocal last
        try:
            last = metric(purser, name, **labels)
        except TimeoutError:
            return False
        return accepts(last)

    eventually(accepted, lambda: f"{name} {labels}: {last}, expected {expected}", within)
