# SPDX-License-Identifier: Apache-2.0
"""Keys in files that change while Purser runs."""

import json

import pytest
from harness import settings as made
from harness.changing_file import WAYS, ChangingFile
from harness.deadline import eventually
from harness.fake_sts import FakeSTS
from harness.parallel import outcome, run_in_parallel
from harness.purser import Purser
from harness.tokens import Issuer

OLD, NEW, SAME_KID = Issuer(kid="old-key"), Issuer(kid="new-key"), Issuer(kid="old-key")
OLD_SET, NEW_SET = json.dumps(OLD.key_set), json.dumps(NEW.key_set)


class KeyFileCase:
    """A separate issuer and key file for each case; all cases share one purser."""

    def __init__(self, name, number, directory):
        self._run, way, self.begins = CASES[name]
        self.url = f"https://login-{number}.example.test/"
        self.file = ChangingFile(directory / f"{number}", way)
        self.file.write(self.begins)
        self.old, self.new, self.same_kid = (one.at(self.url) for one in (OLD, NEW, SAME_KID))
        self.settings = made.issuer(self.url, f"file:{number}/keys")

    def run(self, purser):
        self.purser = purser
        self._run(self)

    def status(self, token):
        return self.purser.credentials(token).status

    def becomes(self, token, status):
        eventually(lambda: self.status(token) == status, f"the status {status} for the token", every=0.1)

    @property
    def warning(self):
        """The fields of the log lines about the file."""
        return {"message": "keys not renewed", "issuer": self.url, "level": "warning"}


def changed(case):
    """A key is added, then the old one is removed, and its cached verdicts are evicted."""
    remembered = case.old.token()
    assert case.status(remembered) == 200
    case.file.write(json.dumps({"keys": OLD.key_set["keys"] + NEW.key_set["keys"]}))
    case.becomes(case.new.token(), 200)
    assert case.status(remembered) == 200
    case.file.write(NEW_SET)
    case.becomes(remembered, 401)
    assert case.status(case.old.token()) == 401
    assert case.status(case.new.token()) == 200


def renumbered(case):
    """Other key material under the same kid is another key."""
    remembered = case.old.token()
    assert case.status(remembered) == 200
    case.file.write(json.dumps(SAME_KID.key_set))
    case.becomes(case.same_kid.token(), 200)
    assert [case.status(token) for token in (remembered, case.old.token())] == [401, 401]


def changed_pem(case):
    remembered, token = (one.token(header=one.header(kid=None)) for one in (case.old, case.new))
    assert case.status(remembered) == 200
    case.file.write(NEW.pem.decode())
    case.becomes(token, 200)
    assert case.status(remembered) == 401


def broken(text):
    def case(case):
        """The old keys stay in use, one warning is logged, and a valid file fixes it."""
        if text is None:
            case.file.remove()
        else:
            case.file.write(text)
        case.purser.await_log(**case.warning)
        assert case.status(case.old.token()) == 200
        assert case.status(case.new.token()) == 503, "the key may be in the unreadable file"
        assert case.purser.probe("/readyz").status == 200
        case.file.write(NEW_SET)
        case.becomes(case.new.token(), 200)
        assert case.status(case.old.token()) == 401
        assert len(case.purser.complete_log(**case.warning)) == 1

    return case


CASES = {
    **{f"{run.__name__}, {way}": (run, way, OLD_SET) for run in (changed, renumbered) for way in WAYS},
    **{f"changed PEM, {way}": (changed_pem, way, OLD.pem.decode()) for way in WAYS},
    "emptied": (broken(""), "in place", OLD_SET),
    "without keys": (broken('{"keys": []}'), "rename", OLD_SET),
    "cut off": (broken(NEW_SET[:-3]), "in place", OLD_SET),
    "PEM cut off": (broken(NEW.pem.decode()[:-30]), "rename", OLD_SET),
    "too large": (broken(NEW_SET + " " * 600_000), "secret mount", OLD_SET),
    "no keys at all": (broken("x" * 1000), "in place", OLD_SET),
    "taken away": (broken(None), "rename", OLD_SET),
}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    directory = tmp_path_factory.mktemp("key-files")
    cases = {name: KeyFileCase(name, number, directory) for number, name in enumerate(CASES)}
    sts = FakeSTS()
    purser = Purser(directory, made.settings(*(case.settings for case in cases.values())), sts.url)
    try:
        yield run_in_parallel({name: lambda case=case: case.run(purser) for name, case in cases.items()})
    finally:
        purser.stop()
        sts.stop()


@pytest.mark.parametrize("case", CASES)
def test_a_changed_key_file_takes_effect(outcomes, case):
    outcome(outcomes[case])
