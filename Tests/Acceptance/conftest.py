# SPDX-License-Identifier: Apache-2.0
"""Fixtures that most tests share. Each test has its own purser and STS, unless its file states otherwise."""

import contextlib
import resource
import shutil
import tempfile
from pathlib import Path

import pytest
from harness import roles
from harness.chromium import Chromium
from harness.command import run
from harness.emulators import Ministack, Moto
from harness.fake_sts import FakeSTS
from harness.glewlwyd import Glewlwyd
from harness.purser import Purser, binary
from harness.recording_proxy import RecordingProxy
from harness.settings import BROKER_KEYS, settings
from harness.tokens import Issuer


def pytest_configure(config):
    """Thousands of connections need as many files; the children inherit the limit."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def pytest_sessionstart(session):
    if not session.config.option.collectonly and not binary().is_file():
        pytest.exit("PURSER_BIN must name the built purser", 2)


@pytest.fixture(scope="session")
def session_directory(tmp_path_factory):
    return tmp_path_factory.mktemp("components")


@pytest.fixture(scope="session")
def provider(session_directory):
    with _stopped(Glewlwyd(session_directory / "glewlwyd")) as it:
        yield it


@pytest.fixture(scope="session")
def ministack(session_directory):
    with _stopped(Ministack(session_directory / "ministack")) as it:
        yield it


@pytest.fixture(scope="session")
def moto(session_directory):
    with _stopped(Moto(session_directory / "moto")) as it:
        yield it


@pytest.fixture(scope="session")
def chromium():
    with _stopped(Chromium()) as it:
        yield it


@pytest.fixture
def visitor(chromium):
    """A visitor with a browser profile of their own, without data from other tests."""
    with _stopped(chromium.visitor()) as it:
        yield it


@pytest.fixture(scope="session")
def broker_user(ministack):
    return roles.broker_user(ministack, "purser")


@pytest.fixture
def broker_keys(ministack, broker_user):
    """The broker's AWS credentials at ministack, of a user that the guest role trusts."""
    user, keys = broker_user
    roles.guest_role(ministack, user)
    return keys


@pytest.fixture(scope="session")
def login():
    """A test issuer whose key comes from a file."""
    return Issuer()


@pytest.fixture
def started():
    """Registers an object with a `stop` method and stops it after the test, in reverse order."""
    with contextlib.ExitStack() as stack:
        yield lambda it: stack.enter_context(_stopped(it))


@pytest.fixture
def record(started):
    """Puts a recording proxy in front of a component."""
    return lambda component: started(RecordingProxy(component.url))


@pytest.fixture
def sts(started):
    return started(FakeSTS())


@pytest.fixture
def serve(started, tmp_path):
    """Starts `purser serve` with settings and an STS."""
    numbers = iter(range(100))

    def start(settings, sts, **variables):
        return started(Purser(tmp_path / f"purser-{next(numbers)}", settings, sts.url, **variables))

    return start


@pytest.fixture
def broker(started, tmp_path, login, sts):
    """Starts purser with a pinned issuer, an STS and broker credentials; keyword arguments change the settings."""
    numbers = iter(range(100))

    def start(sts_url=sts.url, keys=BROKER_KEYS, files=None, piped=False, **changes):
        directory = tmp_path / f"broker-{next(numbers)}"
        made = settings(login.pinned(directory), **changes)
        return started(Purser(directory, made, sts_url, files=files, piped=piped, **keys))

    return start


@pytest.fixture
def pseudonym_key(tmp_path):
    """The path of a file with a new pseudonym key."""
    code, output = run(tmp_path, "keys", "new", "--pseudonyms", "pseudonyms.key")
    assert code == 0, output
    return str(tmp_path / "pseudonyms.key")


@pytest.fixture
def open_directory():
    """A directory that another user may read."""
    directory = Path(tempfile.mkdtemp())
    directory.chmod(0o755)
    yield directory
    shutil.rmtree(directory)


@contextlib.contextmanager
def _stopped(it):
    try:
        yield it
    finally:
        it.stop()
