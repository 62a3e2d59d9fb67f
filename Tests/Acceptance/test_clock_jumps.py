"""The wall clock jumps by an hour, forward and back, or is wrong from the start: nobody is given credentials that have
ended, and everybody is given some.

libfaketime moves the clock of the process; STS has the true time.
"""

import time
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from pathlib import Path

import pytest
from harness import sts_answers as says
from harness.deadline import eventually
from harness.settings import OWN_KEYS

HOUR = 3600


class Clock:
    """What a process's wall clock is ahead of the true time."""

    library = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)

    def __init__(self, file):
        self._file = file
        self.jump(0)

    def jump(self, seconds):
        """Sets it so far ahead of the true time."""
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
    """With the true time in `Date`, as AWS has it in every answer; a signature that is 5 minutes off is refused."""

    def dated(request, handler, server):
        now = datetime.now(timezone.utc)
        handler.send_header = _after_the_date(handler, format_datetime(now, usegmt=True))
        signed = request.header("X-Amz-Date")
        if signed:
            theirs = datetime.strptime(signed, "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
            if abs(theirs - now) > timedelta(minutes=5):
                words = "expired" if theirs < now else "not yet current"
                return says.error(403, "SignatureDoesNotMatch", f"Signature {words}: {signed}")(request, handler, server)
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
    sts.otherwise = dated(says.session())
    processes = []

    def start(**changes):
        # The library adds a variable when it is loaded first, and Swift then finds no arguments; a limit of files brings
        # another program into play, which is where it is loaded first.
        running = broker(keys=OWN_KEYS | clock.variables, files=4096, **changes)
        processes.append(running.process.pid)
        return running

    yield start
    # What the library shares between the programs of a process, and leaves behind.
    for pid in processes:
        for name in (f"faketime_shm_{pid}", f"sem.faketime_sem_{pid}"):
            Path("/dev/shm", name).unlink(missing_ok=True)


def good(answer, at_least=0):
    assert answer.status == 200, answer
    left = datetime.fromisoformat(answer.json["expiration"]) - datetime.now(timezone.utc)
    assert left > timedelta(seconds=at_least), f"credentials that live {left}"
    return answer.json["accessKeyId"]


def clock_of(purser):
    """The process's wall clock, by its latest log line."""
    written = [line["time"] for line in purser.log() if "time" in line]
    return datetime.fromisoformat(written[-1])


def test_the_clock_of_the_process_is_really_moved(purser, clock):
    running = purser()
    clock.jump(-HOUR)
    good(running.guest())
    eventually(
        lambda: datetime.now(timezone.utc) - clock_of(running) > timedelta(minutes=59), "a line from an hour ago"
    )


@pytest.mark.parametrize("jump", [HOUR, -HOUR], ids=["forward", "back"])
def test_after_a_jump_everybody_is_served_with_credentials_that_live(purser, clock, login, jump):
    running = purser()
    token = login.token("somebody", exp=int(time.time()) + 4 * HOUR, iat=int(time.time()) - 2 * HOUR)
    first = {good(running.credentials(token), 300), good(running.guest(), 300)}
    clock.jump(jump)
    for _ in range(20):
        now = {good(running.credentials(token), 300), good(running.guest(), 300)}
    if jump > 0:
        assert not now & first, "by its own clock these were over"
    clock.jump(0)
    good(running.credentials(token), 300)
    good(running.guest(), 300)
    assert running.probe("/readyz").status == 200


def test_a_clock_that_was_set_back_prolongs_nothing(purser, clock, sts):
    sts.otherwise = dated(says.session(lifetime=4))
    running = purser(cache={"minimum-life": "0s"})
    first = good(running.guest())
    clock.jump(-HOUR)
    end = time.monotonic() + 6
    seen = set()
    while time.monotonic() < end:
        seen.add(good(running.guest()))
        time.sleep(0.05)
    assert len(seen - {first}) >= 1, "others in their place"


@pytest.mark.parametrize("off", [HOUR, -HOUR], ids=["ahead", "behind"])
def test_a_clock_that_is_wrong_from_the_start_hinders_nobody(purser, clock, login, sts, off):
    clock.jump(off)
    running = purser()
    token = login.token("somebody", exp=int(time.time()) + 4 * HOUR, iat=int(time.time()) - 2 * HOUR)
    good(running.guest(), 3000)
    good(running.credentials(token), 3000)
    signed = [request.header("X-Amz-Date") for request in sts.requests if request.header("X-Amz-Date")]
    assert len(signed) == 2, "refused once, and then signed with AWS's time"
    assert good(running.guest()) == good(running.guest()), "and they are cached"


def test_many_jumps_stop_nothing(purser, clock, login):
    running = purser()
    token = login.token("somebody", exp=int(time.time()) + 4 * HOUR, iat=int(time.time()) - 2 * HOUR)
    for jump in (HOUR, -HOUR, HOUR, 0, -HOUR, 60, -60, 0):
        clock.jump(jump)
        good(running.credentials(token))
        good(running.guest())
        assert running.probe("/livez").status == 200
    assert not [line for line in running.log() if line.get("level") == "error"]
