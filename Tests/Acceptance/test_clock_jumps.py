# SPDX-License-Identifier: Apache-2.0
"""The wall clock jumps by an hour, forward and back, or is wrong from the start: every request gets credentials, and
none of them have expired.

libfaketime moves the clock of the process; STS has the true time.
"""

import time
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from pathlib import Path

import pytest
from harness import sts_responses
from harness.deadline import eventually
from harness.settings import BROKER_KEYS

HOUR = 3600


class Clock:
    """The offset of a process's wall clock from the true time."""

    library = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)

    def __init__(self, file):
        self._file = file
        self.jump(0)

    def jump(self, seconds):
        """Sets the clock that many seconds ahead of the true time."""
        moved = self._file.with_suffix(".new")
        moved.write_text(f"{seconds:+d}\n")
        moved.rename(self._file)

    @property
    def variables(self):
        return {
            "LD_PRELOAD": str(self.library),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }


@pytest.fixture
def clock(tmp_path):
    assert Clock.library, "libfaketime is missing (apt package faketime)"
    return Clock(tmp_path / "clock")


def dated(behave):
    """Adds `Date` with the true time, as AWS does; a signature whose time is more than 5 minutes off is refused."""

    def dated(request, handler, server):
        now = datetime.now(timezone.utc)
        handler.send_header = _after_the_date(handler, format_datetime(now, usegmt=True))
        signed = request.header("X-Amz-Date")
        if signed:
            theirs = datetime.strptime(signed, "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
            if abs(theirs - now) > timedelta(minutes=5):
                words = "expired" if theirs < now else "not yet current"
                return sts_responses.error(403, "SignatureDoesNotMatch", f"Signature {words}: {signed}")(
                    request, handler, server
                )
        return behave(request, handler, server)

    return dated


def _after_the_date(handler, date):
    plain = type(handler).send_header.__get__(handler)

    def send_header(name, value):
        nonlocal date
        if date:
            plain("Date", date)
            date = None
        plain(name, value)

    return send_header


@pytest.fixture
def purser(broker, clock, sts):
    sts.otherwise = dated(sts_responses.session())
    processes = []

    def start(**changes):
        # The library adds a variable when it is loaded first, and Swift then finds no arguments. With a limit of files,
        # prlimit starts Purser, so the library is loaded there first.
        running = broker(keys=BROKER_KEYS | clock.variables, files=4096, **changes)
        processes.append(running.process.pid)
        return running

    yield start
    # Shared memory and semaphore that the library leaves behind.
    for pid in processes:
        for name in (f"faketime_shm_{pid}", f"sem.faketime_sem_{pid}"):
            Path("/dev/shm", name).unlink(missing_ok=True)


def good(answer, at_least=0):
    assert answer.status == 200, answer
    left = datetime.fromisoformat(answer.json["expiration"]) - datetime.now(timezone.utc)
    assert left > timedelta(seconds=at_least), f"credentials with a remaining life of {left}"
    return answer.json["accessKeyId"]


def clock_of(purser):
    """The wall clock of the process, from its latest log line."""
    written = [line["time"] for line in purser.log_so_far() if "time" in line]
    return datetime.fromisoformat(written[-1])


def test_libfaketime_moves_the_clock_of_the_process(purser, clock):
    running = purser()
    clock.jump(-HOUR)
    good(running.guest())
    eventually(
        lambda: datetime.now(timezone.utc) - clock_of(running) > timedelta(minutes=59),
        "a log line with the time of an hour ago",
    )


@pytest.mark.parametrize("jump", [HOUR, -HOUR], ids=["forward", "back"])
def test_after_a_clock_jump_every_response_has_unexpired_credentials(purser, clock, login, jump):
    running = purser()
    token = login.token("somebody", exp=int(time.time()) + 4 * HOUR, iat=int(time.time()) - 2 * HOUR)
    first = {good(running.credentials(token), 300), good(running.guest(), 300)}
    clock.jump(jump)
    for _ in range(20):
        now = {good(running.credentials(token), 300), good(running.guest(), 300)}
    if jump > 0:
        assert not now & first, "by the clock of the process the first ones have expired"
    clock.jump(0)
    good(running.credentials(token), 300)
    good(running.guest(), 300)
    assert running.probe("/readyz").status == 200


def test_a_clock_set_back_does_not_extend_cached_credentials(purser, clock, sts):
    sts.otherwise = dated(sts_responses.session(lifetime=4))
    running = purser(cache={"minimum-life": "0s"})
    first = good(running.guest())
    clock.jump(-HOUR)
    end = time.monotonic() + 6
    seen = set()
    while time.monotonic() < end:
        seen.add(good(running.guest()))
        time.sleep(0.05)
    assert len(seen - {first}) >= 1, "new credentials replace the first ones"


@pytest.mark.parametrize("off", [HOUR, -HOUR], ids=["ahead", "behind"])
def test_requests_succeed_with_a_wrong_clock_from_the_start(purser, clock, login, sts, off):
    clock.jump(off)
    running = purser()
    token = login.token("somebody", exp=int(time.time()) + 4 * HOUR, iat=int(time.time()) - 2 * HOUR)
    good(running.guest(), 3000)
    good(running.credentials(token), 3000)
    signed = [request.header("X-Amz-Date") for request in sts.requests if request.header("X-Amz-Date")]
    assert len(signed) == 2, "refused once, then signed with AWS's time"
    assert good(running.guest()) == good(running.guest()), "the credentials are cached"


def test_requests_succeed_through_many_clock_jumps(purser, clock, login):
    running = purser()
    token = login.token("somebody", exp=int(time.time()) + 4 * HOUR, iat=int(time.time()) - 2 * HOUR)
    for jump in (HOUR, -HOUR, HOUR, 0, -HOUR, 60, -60, 0):
        clock.jump(jump)
        good(running.credentials(token))
        good(running.guest())
        assert running.probe("/livez").status == 200
    assert not [line for line in running.complete_log() if line.get("level") == "error"]
