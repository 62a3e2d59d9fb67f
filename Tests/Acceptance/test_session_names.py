# SPDX-License-Identifier: Apache-2.0
"""RoleSessionName, the name of a user in CloudTrail: valid, stable and unique."""

import re

import pytest
from harness.settings import APP, app, settings
from harness.tokens import Issuer

VALID = re.compile(r"[A-Za-z0-9_+=,.@-]{2,64}")
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
    """The settings of each naming mode. The audit trail is off, because it would contain subjects and session names."""
    shop = app(login.url)
    shop["signed-in"] |= {"subject": request.param}
    return {"apps": {APP: shop}, "pseudonyms": {"key": pseudonym_key}, "audit": {"to": "off"}}


@pytest.fixture
def name_of(broker, sts, login, naming):
    purser = broker(**naming)

    def session_name(subject, issuer=login):
        answer = purser.credentials(issuer.token(subject))
        assert answer.status == 200, (subject, answer)
        return sts.requests[-1].form["RoleSessionName"]

    return session_name


def test_session_names_are_valid_for_every_subject(name_of):
    for subject in SUBJECTS:
        assert VALID.fullmatch(name_of(subject)), subject


def test_session_names_are_unique_for_each_user(name_of):
    subjects = list(dict.fromkeys(SUBJECTS))
    names = {subject: name_of(subject) for subject in subjects}
    assert len(set(names.values())) == len(subjects), names


def test_no_chosen_subject_gets_the_session_name_of_another_user(name_of):
    used = {name_of(subject) for subject in SUBJECTS}
    for name in used - set(SUBJECTS):
        assert name_of(name) not in used, f"the subject {name!r} gets the session name of another user"


def test_a_pseudonym_hides_the_user_and_begins_with_the_key_id(broker, sts, login, pseudonym_key):
    purser = broker(pseudonyms={"key": pseudonym_key})
    for subject in ("alice@example.com", "alice@example.org"):
        assert purser.credentials(login.token(subject)).status == 200
    first, second = (request.form["RoleSessionName"] for request in sts.requests)
    assert re.fullmatch(r"[0-9a-f]{20}\.[A-Za-z0-9_-]{43}", first)
    assert first[:21] == second[:21] and first != second
    assert "alice" not in first


def test_without_a_key_pseudonyms_change_with_each_start(broker, sts, login):
    for purser in (broker(), broker()):
        assert purser.credentials(login.token("somebody")).status == 200
    first, second = (request.form["RoleSessionName"] for request in sts.requests)
    assert first != second


def test_the_session_name_of_a_user_is_the_same_in_every_process(broker, sts, login, naming):
    names = []
    for purser in (broker(**naming), broker(**naming)):
        assert purser.credentials(login.token("José|the-same")).status == 200
        names.append(sts.requests[-1].form["RoleSessionName"])
    assert names[0] == names[1]


def test_one_subject_at_two_issuers_has_two_session_names(serve, tmp_path, sts, login):
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
