"""Keys in files that change while Purser runs."""

import json

import pytest
from harness import settings as made
from harness.changing_file import WAYS, ChangingFile
from harness.deadline import eventually
from harness.fake_sts import FakeSTS
from harness.purser import Purser
from harness.together import outcome, together
from harness.tokens import Issuer

OLD, NEW, SAME_KID = Issuer(kid="old-key"), Issuer(kid="new-key"), Issuer(kid="old-key")
OLD_SET, NEW_SET = json.dumps(OLD.key_set), json.dumps(NEW.key_set)


class Story:
    """An issuer of its own with a file of its own, at a purser that others use too."""

    def __init__(self, name, number, directory):
        self._tell, way, self.begins = STORIES[name]
        self.url = f"https://login-{number}.example.test/"
        self.file = ChangingFile(directory / f"{number}", way)
        self.file.write(self.begins)
        self.old, self.new, self.same_kid = (one.at(self.url) for one in (OLD, NEW, SAME_KID))
        self.settings = made.issuer(self.url, f"file:{number}/keys")

    def tell(self, purser):
        self.purser = purser
        self._tell(self)

    def status(self, token):
        return self.purser.credentials(token).status

    def becomes(self, token, status):
        eventually(lambda: self.status(token) == status, f"{status} for the token", every=0.1)

    @property
    def complaints(self):
        return self.purser.log("keys not renewed", issuer=self.url, level="warning")


def changed(story):
    """A new key comes, then the old one goes, and what was verified with it is forgotten."""
    remembered = story.old.token()
    assert story.status(remembered) == 200
    story.file.write(json.dumps({"keys": OLD.key_set["keys"] + NEW.key_set["keys"]}))
    story.becomes(story.new.token(), 200)
    assert story.status(remembered) == 200
    story.file.write(NEW_SET)
    story.becomes(remembered, 401)
    assert story.status(story.old.token()) == 401
    assert story.status(story.new.token()) == 200


def renumbered(story):
    """Other numbers under the same kid are another key."""
    remembered = story.old.token()
    assert story.status(remembered) == 200
    story.file.write(json.dumps(SAME_KID.key_set))
    story.becomes(story.same_kid.token(), 200)
    assert [story.status(token) for token in (remembered, story.old.token())] == [401, 401]


def changed_pem(story):
    remembered, token = (one.token(header=one.header(kid=None)) for one in (story.old, story.new))
    assert story.status(remembered) == 200
    story.file.write(NEW.pem.decode())
    story.becomes(token, 200)
    assert story.status(remembered) == 401


def broken(text):
    def story(story):
        """The old keys stay, it is told once, and a good file heals it."""
        if text is None:
            story.file.take_away()
        else:
            story.file.write(text)
        eventually(lambda: story.complaints, "a line about the file")
        assert story.status(story.old.token()) == 200
        assert story.status(story.new.token()) == 503, "the key may be in what could not be read"
        assert story.purser.probe("/readyz").status == 200
        story.file.write(NEW_SET)
        story.becomes(story.new.token(), 200)
        assert story.status(story.old.token()) == 401
        assert len(story.complaints) == 1, story.complaints

    return story


STORIES = {
    **{f"{tell.__name__}, {way}": (tell, way, OLD_SET) for tell in (changed, renumbered) for way in WAYS},
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
def told(tmp_path_factory):
    directory = tmp_path_factory.mktemp("key-files")
    stories = {name: Story(name, number, directory) for number, name in enumerate(STORIES)}
    sts = FakeSTS()
    purser = Purser(directory, made.settings(*(story.settings for story in stories.values())), sts.url)
    try:
        yield together({name: lambda story=story: story.tell(purser) for name, story in stories.items()})
    finally:
        purser.stop()
        sts.stop()


@pytest.mark.parametrize("story", STORIES)
def test_keys_in_a_file_live(told, story):
    outcome(told[story])
