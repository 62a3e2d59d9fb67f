# SPDX-License-Identifier: Apache-2.0
"""An audit trail and a log that cannot be written: nothing blocks, and no required event is missing."""

import os
import threading
import time

import pytest
from harness import raw
from harness.deadline import eventually
from harness.observability import JSONLines, await_metric, metric

LOST = "purser_log_lines_lost_total"


def refused_requests(purser, count):
    """Sends that many requests with invalid tokens on one connection, and reads all responses."""
    request = raw.head("GET", "/v1/apps/shop/credentials", "Authorization: Bearer junk")
    with raw.connect(purser.address) as connection:
        sender = threading.Thread(target=lambda: connection.sendall(request * count))
        sender.start()
        stream = connection.makefile("rb")
        statuses = [raw.read_from(stream)[0] for _ in range(count)]
        sender.join(10)
    assert statuses == [401] * count


def test_a_reader_of_the_log_that_stops_blocks_nothing_but_new_sessions_whose_event_is_required(broker, login):
    purser = broker(audit={"to": "stderr", "required": True}, piped=True)
    known = login.token("known")
    assert purser.credentials(known).status == 200
    purser.ready()
    purser.process.reader.pause()
    # More lines than the pipe holds.
    refused_requests(purser, 200)
    first, second = (purser.credentials(login.token(f"new-{number}")) for number in range(2))
    for answer in (first, second):
        assert answer.status == 503 and answer.json["code"] == "unavailable" and answer.header("Retry-After")
    assert purser.credentials(known).status == 200, "the session of this user has its event"
    assert purser.credentials("junk").status == 401
    assert [purser.probe(path).status for path in ("/livez", "/readyz", "/metrics")] == [200, 503, 200]
    purser.process.reader.resume()
    purser.ready()
    assert purser.credentials(login.token("new-0")).status == 200
    for answer in (first, second):
        assert purser.log_line_of(answer)["reason"] == "audit_failed"
        [refused] = purser.await_log("audit", event="refused", requestId=answer.header("X-Request-Id"))
        assert refused["reason"] == "audit_failed"
    assert purser.await_log("audit", event="vended", requestId=first.header("X-Request-Id"))


@pytest.mark.parametrize("required", [False, True])
def test_a_reader_of_the_log_that_stops_does_not_hold_up_the_shutdown(broker, login, required):
    purser = broker(audit={"to": "stderr", "required": required}, piped=True)
    purser.process.reader.pause()
    refused_requests(purser, 200)
    assert purser.credentials(login.token()).status == (503 if required else 200)
    assert purser.process.stop() == 0


@pytest.mark.parametrize("required", [False, True])
def test_a_full_disk_gives_a_warning_and_a_counter_and_only_a_required_trail_makes_purser_unready(
    broker, login, required
):
    purser = broker(audit={"to": "file:/dev/full", "required": required})
    purser.ready()
    assert metric(purser, LOST, sink="audit", cause="error") == 0
    for number in range(3):
        assert purser.credentials(login.token(f"user-{number}")).status == (503 if required else 200)
    await_metric(purser, LOST, lambda value: value >= 3, sink="audit", cause="error")
    [warning] = purser.await_log("audit lines lost")
    assert warning["level"] == "warning" and warning["detail"] == "No space left on device"
    assert purser.probe("/readyz").status == (503 if required else 200)
    assert purser.credentials("junk").status == 401
    assert len(purser.complete_log("audit lines lost")) == 1, "at most one a minute"
    assert metric(purser, LOST, sink="log", cause="error") == 0


class Fifo:
    """An audit file whose reader may leave: writes fail until one is there again."""

    def __init__(self, path, copy):
        os.mkfifo(path)
        self.path, self.copy = path, copy
        self._thread = None

    def open(self):
        """Reads from now on."""
        self._end = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK)
        os.set_blocking(self._end, True)
        self._leave = threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def close(self):
        self._leave.set()
        self._thread.join(10)

    def _read(self):
        os.set_blocking(self._end, False)
        with self.copy.open("ab", buffering=0) as file:
            while not self._leave.wait(0.01):
                try:
                    file.write(os.read(self._end, 65_536))
                except BlockingIOError:
                    continue
        os.close(self._end)


def test_a_required_trail_that_can_be_written_again_makes_purser_ready_without_a_request(broker, login, tmp_path):
    copy = tmp_path / "copy.jsonl"
    fifo = Fifo(tmp_path / "audit", copy)
    fifo.open()
    purser = broker(audit={"to": f"file:{fifo.path}", "required": True})
    assert purser.credentials(login.token("alice")).status == 200
    fifo.close()
    bob = login.token("bob")
    assert purser.credentials(bob).status == 503
    assert purser.probe("/readyz").status == 503
    assert purser.await_log("audit lines lost")[0]["detail"] == "Broken pipe"
    fifo.open()
    purser.ready()
    assert purser.await_log("audit writes again")
    assert purser.credentials(bob).status == 200
    trail = JSONLines(copy)
    assert trail.await_lines("audit", event="vended", at_least=2)
    events = [(line["event"], line.get("count")) for line in trail.so_far("audit")]
    # The refusal of the request without credentials is lost too, or written if Purser wrote it after the pipe opened.
    refusals = [event for event in events if event[0].startswith("refus")]
    assert refusals in ([("refusals not recorded", 1)], [("refused", None)])
    assert [event for event in events if event not in refusals] == [
        ("vended", None),
        ("lines lost", 1),
        ("vended", None),
    ]
    purser.stop()
    fifo.close()


def test_a_flood_of_refusals_is_sampled_and_counted_and_displaces_no_vend(broker, login, tmp_path):
    file, flood = tmp_path / "audit.jsonl", 3_000
    purser = broker(audit={"to": f"file:{file}"})
    clients = [threading.Thread(target=refused_requests, args=(purser, flood // 3)) for _ in range(3)]
    began = time.monotonic()
    for client in clients:
        client.start()
    answers = [purser.credentials(login.token(f"user-{number}")) for number in range(20)]
    for client in clients:
        client.join(30)
    took = time.monotonic() - began
    trail = JSONLines(file)

    def recorded():
        refused = trail.so_far("audit", event="refused")
        omitted = trail.so_far("audit", event="refusals not recorded")
        return refused, omitted, len(refused) + sum(line["count"] for line in omitted)

    eventually(lambda: recorded()[2] == flood, lambda: f"{flood} refusals in the trail: {recorded()[2]}")
    refused, omitted, _ = recorded()
    assert 500 <= len(refused) <= 500 + 100 * (took + 1)
    assert all(line["byReason"] == {"not_compact_form": line["count"]} for line in omitted)
    vended = {line["requestId"] for line in trail.so_far("audit", event="vended")}
    assert vended == {answer.header("X-Request-Id") for answer in answers}
