"""RoleSessionName: what a user is called in CloudTrail. Legal, the same every time, and never another user's."""

import re

import pytest
from harness.settings import APP, app, settings
from harness.tokens import Issuer

LEGAL = re.compile(r"[A-Za-z0-9_+=,.@-]{2,64}")
SUBJECTS = [
    "alice",
    "Alice",
    "x",
    "alice@example.com",
    "auth0|5f7c8ec7c33c6c004bbafe82",
    "auth0-5f7c8ec7c33c6c004bbafe82",
    "a b",
    "a_b",
    "a-b",
    "José",
    "Jos\u00e9",
    "Jose\u0301",
    "用户",
    "😀",
    "a" * 64,
    "a" * 65,
    "a" * 256,
    "b" * 65,
    "aws:evil",
    "a&Policy={}",
    "a%26b",
    "../../role",
    "<xml>",
    '"quoted"',
    "-",
    "=,.@-+_",
]


@pytest.fixture(params=["pseudonym", "clear"])
def naming(request, login, pseudonym_key):
    """The settings of each way to name users. Without an audit trail, which has the one's names and the other's users."""
    shop = app(login.url)
    shop["signed-in"] |= {"subject": request.param}
    return {"apps": {APP: shop}, "pseudonyms": {"key": pseudonym_key}, "audit": {"to": "off"}}


@pytest.fixture
def name_of(broker, sts, login, naming):
    purser = broker(**naming)

    def ask(subject, issuer=login):
        answer = purser.credentials(issuer.token(subject))
        assert answer.status == 200, (subject, answer)
        return sts.requests[-1].form["RoleSessionName"]

    return ask


def test_names_are_legal_whatever_the_subject(name_of):
    for subject in SUBJECTS:
        assert LEGAL.fullmatch(name_of(subject)), subject


def test_no_two_users_have_one_name(name_of):
    subjects = list(dict.fromkeys(SUBJECTS))
    names = {subject: name_of(subject) for subject in subjects}
    assert len(set(names.values())) == len(subjects), names


def test_nobody_can_choose_a_subject_that_is_named_as_somebody_else(name_of):
    taken = {name_of(subject) for subject in SUBJECTS}
    for name in taken - set(SUBJECTS):
        assert name_of(name) not in taken, f"the subject {name!r} is named as another user"


def test_a_pseudonym_says_nothing_of_the_user_and_begins_with_the_id_of_its_key(broker, sts, login, pseudonym_key):
    purser = broker(pseudonyms={"key": pseudonym_key})
    for subject in ("alice@example.com", "alice@example.org"):
        assert purser.credentials(login.token(subject)).status == 200
    first, second = (request.form["RoleSessionName"] for request in sts.requests)
    assert re.fullmatch(r"[0-9a-f]{20}\.[A-Za-z0-9_-]{43}", first)
    assert first[:21] == second[:21] and first != second
    assert "alice" not in first


def test_without_a_key_users_have_other_pseudonyms_after_a_start(broker, sts, login):
    for purser in (broker(), broker()):
        assert purser.credentials(login.token("somebody")).status == 200
    first, second = (request.form["RoleSessionName"] for request in sts.requests)
    assert first != second


def test_the_name_of_a_user_is_the_same_in_every_process(broker, sts, login, naming):
    names = []
    for purser in (broker(**naming), broker(**naming)):
        assert purser.credentials(login.token("José|the-same")).status == 200
        names.append(sts.requests[-1].form["RoleSessionName"])
    assert names[0] == names[1]


def test_one_subject_of_two_issuers_is_two_users(serve, tmp_path, sts, login):
    other = Issuer("https://other.example.test/", "other-key")
    purser = serve(
        settings(login.pinned(tmp_path / "purser-0"), other.pinned(tmp_path / "purser-0", "other.json")), sts
    )
    keys, names = set(), set()
    for issuer in (login, other):
        answer = purser.credentials(issuer.token("the-same-subject"))
        keys.add(answer.json["accessKeyId"])
        names.add(sts.requests[-1].form["RoleSessionName"])
    assert sts.count == len(keys) == len(names) == 2
