"""Keys in files that change while Purser runs."""

import json
import os

import pytest
from harness import settings as made
from harness.deadline import eventually
from harness.purser import Purser
from harness.tokens import Issuer


class File:
    """A file of keys, changed in one of the ways in which files are."""

    def __init__(self, directory, way):
        self._directory, self._way, self._number = directory, way, 0
        directory.mkdir()
        self.path = directory / "login.jwks.json"
        if way == "secret mount":
            self.path.symlink_to("..data/login.jwks.json")

    def write(self, text):
        self._number += 1
        {"in place": self._in_place, "rename": self._rename, "secret mount": self._mount}[self._way](text)

    def _in_place(self, text):
        self.path.write_text(text)

    def _rename(self, text):
        (self._directory / "new").write_text(text)
        os.replace(self._directory / "new", self.path)

    def _mount(self, text):
        """As Kubernetes updates a mounted secret: a link to a new directory takes the place of the old link."""
        data = self._directory / f"..{self._number}"
        data.mkdir()
        (data / "login.jwks.json").write_text(text)
        (self._directory / "..new").symlink_to(data.name)
        os.replace(self._directory / "..new", self._directory / "..data")


@pytest.fixture(params=["in place", "rename", "secret mount"])
def file(request, tmp_path):
    return File(tmp_path / "keys", request.param)


@pytest.fixture
def start(started, tmp_path, login, sts):
    def start():
        directory = tmp_path / "purser"
        entry = made.issuer(login.url, "file:../keys/login.jwks.json")
        return started(Purser(directory, made.settings(entry), sts.url))

    return start


def accepted(purser, token):
    eventually(lambda: purser.credentials(token).status == 200, "the new key", every=0.1)


def test_a_changed_file_brings_a_new_key_and_ends_the_old_one(file, start, login):
    new = Issuer(login.url, "new-key")
    file.write(json.dumps(login.key_set))
    purser = start()
    remembered = login.token()
    assert purser.credentials(remembered).status == 200
    file.write(json.dumps({"keys": login.key_set["keys"] + new.key_set["keys"]}))
    accepted(purser, new.token())
    assert purser.credentials(remembered).status == 200
    file.write(json.dumps(new.key_set))
    eventually(lambda: purser.credentials(remembered).status == 401, "the end of the old key", every=0.1)
    assert purser.credentials(login.token()).status == 401
    assert purser.credentials(new.token()).status == 200


def test_other_numbers_under_the_same_kid_are_another_key(file, start, login):
    new = Issuer(login.url, login.kid)
    file.write(json.dumps(login.key_set))
    purser = start()
    remembered = login.token()
    assert purser.credentials(remembered).status == 200
    file.write(json.dumps(new.key_set))
    accepted(purser, new.token())
    for token in (remembered, login.token()):
        assert purser.credentials(token).status == 401


def test_a_changed_pem_file_serves_tokens_without_a_kid(file, start, login):
    new = Issuer(login.url)
    file.write(login.pem.decode())
    purser = start()
    remembered, token = (one.token(header=one.header(kid=None)) for one in (login, new))
    assert purser.credentials(remembered).status == 200
    file.write(new.pem.decode())
    accepted(purser, token)
    assert purser.credentials(remembered).status == 401


@pytest.mark.parametrize("way", ["in place"])
@pytest.mark.parametrize("broken", ["", '{"keys": []}', "{", "x" * 600_000])
def test_a_broken_file_keeps_the_old_keys_and_is_told_once(tmp_path, start, login, way, broken):
    file = File(tmp_path / "keys", way)
    file.write(json.dumps(login.key_set))
    purser = start()
    file.write(broken)
    eventually(lambda: about(purser), "a line about the file")
    assert purser.credentials(login.token()).status == 200
    new = Issuer(login.url, "new-key")
    file.write(json.dumps(new.key_set))
    accepted(purser, new.token())
    assert len(about(purser)) == 1, about(purser)


def test_a_file_that_is_taken_away_keeps_the_old_keys_and_may_come_back(tmp_path, start, login):
    file = File(tmp_path / "keys", "in place")
    file.write(json.dumps(login.key_set))
    purser = start()
    file.path.unlink()
    eventually(lambda: about(purser), "a line about the file")
    assert purser.credentials(login.token()).status == 200
    new = Issuer(login.url, "new-key")
    file.write(json.dumps(new.key_set))
    accepted(purser, new.token())


def about(purser):
    """The lines that complain of the file."""
    lines = [line for line in purser.log() if "login.jwks.json" in json.dumps(line)]
    return [line for line in lines if line["level"] in ("warning", "error")]
