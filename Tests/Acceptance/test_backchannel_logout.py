# SPDX-License-Identifier: Apache-2.0
"""Logout tokens end the access of a user or a session (OpenID Connect Back-Channel Logout 1.0)."""

import json
import os
import signal
import time
from base64 import urlsafe_b64decode

import pytest
from harness import logouts
from harness.batches import post
from harness.command import run
from harness.cookie_client import CookieClient
from harness.data_plane import DataPlane
from harness.fake_sts import FakeSTS
from harness.glewlwyd import Glewlwyd
from harness.logouts import logout_token, send
from harness.observability import metric
from harness.provider import METADATA, Provider, page
from harness.purser import Purser
from harness.settings import APP, BROKER_KEYS, settings
from harness.sign_in import sign_in
from harness.tokens import Issuer, hs256, unsigned


@pytest.fixture
def plane(started):
    return started(DataPlane())


@pytest.fixture
def keys(tmp_path, login):
    (tmp_path / "login.jwks.json").write_text(json.dumps(login.key_set))
    return f"file:{tmp_path}/login.jwks.json"


@pytest.fixture
def file(tmp_path):
    return tmp_path / "logouts"


@pytest.fixture
def serving(broker, plane, login, keys, file, pseudonym_key):
    made = logouts.logout_settings(login.url, keys, file, pseudonym_key)
    variables = BROKER_KEYS | {"AWS_ENDPOINT_URL_RUM": plane.url}
    return lambda **changes: broker(keys=variables, **made | changes)


def early(**claims):
    """The claims of a token that was issued a while ago."""
    return {"iat": int(time.time()) - 30} | claims


def served(purser, token):
    answer = purser.credentials(token)
    assert answer.status in (200, 401), answer
    return answer.status == 200


def kill(purser):
    purser.process.send(signal.SIGKILL)
    purser.process.wait()


def cached(purser):
    return metric(purser, "purser_cached_credentials")


@pytest.mark.parametrize("typ", ["logout+jwt", "JWT", None])
def test_a_logout_of_a_user_ends_all_their_sessions_and_no_other(serving, plane, login, sts, typ):
    purser = serving()
    alice, other, bob = (
        login.token("alice", **early(sid="one")),
        login.token("alice", **early()),
        login.token("bob", **early(sid="two")),
    )
    for token in (alice, other, bob):
        assert served(purser, token)
        assert post(purser, token).status == 200
    assert cached(purser) == 2
    answer = send(purser, logout_token(login, login.header(typ=typ), sub="alice"))
    assert (answer.status, answer.body, answer.header("Cache-Control")) == (200, b"", "no-store")
    assert purser.log_line_of(answer)["endpoint"] == "backchannel-logout"
    assert cached(purser) == 1, "the user's cached credentials were evicted"
    batches = plane.count
    for token in (alice, other):
        refused = purser.credentials(token)
        assert (refused.status, refused.json["code"]) == (401, "invalid_token")
        assert purser.log_line_of(refused)["reason"] == "logged_out"
        assert purser.request(f"/v1/apps/{APP}/credentials/container", token).status == 401
        assert post(purser, token).status == 401
    assert plane.count == batches
    assert served(purser, bob) and post(purser, bob).status == 200
    assert post(purser).status == 200, "guests are still served"
    calls = sts.count
    assert served(purser, login.token("alice", iat=int(time.time()) + 30)), "a token issued after the logout"
    assert sts.count == calls + 1


def test_a_logout_of_a_session_ends_that_session_and_tokens_that_name_none(serving, login):
    purser = serving()
    one, two, none = (login.token("alice", **early(sid=sid)) for sid in ("one", "two", None))
    bob = login.token("bob", **early())
    assert all(served(purser, token) for token in (one, two, none, bob))
    assert send(purser, logout_token(login, sub="alice", sid="one")).status == 200
    assert [served(purser, token) for token in (one, two, none, bob)] == [False, True, False, True]
    assert send(purser, logout_token(login, sid="two")).status == 200
    assert [served(purser, token) for token in (one, two, none, bob)] == [False, False, False, True]


def test_the_sts_endpoint_refuses_tokens_issued_before_a_logout(serving, login):
    purser = serving()
    token = login.token("alice", **early())
    assert served(purser, token)
    assert send(purser, logout_token(login, sub="alice")).status == 200
    form = (
        "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleSessionName=me&RoleArn="
        f"arn:aws:iam::123456789012:role/RumSignedIn&WebIdentityToken={token}"
    )
    answer = purser.request(
        f"/v1/apps/{APP}/sts", headers=[("Content-Type", logouts.FORM)], method="POST", body=form.encode()
    )
    assert answer.status == 400 and "InvalidIdentityToken" in answer.text


def test_logouts_survive_a_crash_and_their_file_names_nobody(serving, login, file):
    first = serving()
    alice, bob = (login.token(name, **early(sid=f"{name}-session")) for name in ("alice", "bob"))
    token = logout_token(login, sub="alice")
    assert send(first, token).status == 200
    assert send(first, logout_token(login, sid="bob-session")).status == 200
    kill(first)
    # A crash in the middle of a line: this logout was never confirmed.
    with file.open("a") as journal:
        journal.write("1790000000 0123")
    text = file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600
    assert not any(name in text for name in ("alice", "bob", login.url))
    second = serving()
    assert not served(second, alice) and not served(second, bob)
    assert send(second, token).status == 400, "a replay"
    assert metric(second, "purser_logouts") == 2


@pytest.mark.parametrize("with_session", [True, False])
def test_glewlwyd_ends_a_session_at_purser(started, tmp_path, serving, with_session):
    """A real provider, from sign-in to sign-out; its logout tokens follow a draft and have no `exp`."""
    provider = started(Glewlwyd(tmp_path / "glewlwyd"))
    purser = serving(
        issuers=[logouts.sending(provider.issuer, "discovery")],
        apps={APP: logouts.app(provider.issuer)},
    )
    provider.send_logout_tokens(purser.url() + logouts.PATH, with_session)
    desk, phone = (CookieClient(provider.base) for _ in range(2))
    ending, going_on = (sign_in(provider, "alice", browser) for browser in (desk, phone))
    bob = sign_in(provider, "bob")
    sid = claims_of(ending)["sid"]
    assert sid != claims_of(going_on)["sid"]
    for token in (ending, going_on, bob):
        assert served(purser, token)
    desk.request("DELETE", f"/api/oidc/session/{sid}")
    [line] = purser.await_log("answered", endpoint="backchannel-logout")
    assert line["status"] == 200, line
    assert not served(purser, ending)
    assert served(purser, going_on) == with_session
    assert served(purser, bob)


def claims_of(token):
    payload = token.split(".")[1]
    return json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


STRANGER = Issuer()
OTHER_ISSUER = Issuer("https://other.example.test/")

REJECTED = {
    "a signature of another key": (
        lambda login: logout_token(login, sign=STRANGER.rs256, sub="alice"),
        "signature_invalid",
    ),
    "no signature": (
        lambda login: logout_token(login, {"alg": "none", "typ": "logout+jwt"}, unsigned, sub="alice"),
        "algorithm_not_allowed",
    ),
    "a signature with the public key": (
        lambda login: logout_token(login, {"alg": "HS256", "typ": "logout+jwt"}, hs256(login.pem), sub="alice"),
        "algorithm_not_allowed",
    ),
    "another issuer": (lambda login: logout_token(login, iss=OTHER_ISSUER.url, sub="alice"), "issuer_unknown"),
    "another audience": (lambda login: logout_token(login, aud="another", sub="alice"), "audience_wrong"),
    "no audience": (lambda login: logout_token(login, aud=None, sub="alice"), "audience_missing"),
    "a nonce": (lambda login: logout_token(login, nonce="n", sub="alice"), "logout_nonce"),
    "an ID token": (lambda login: login.token("alice", jti="j"), "logout_event_missing"),
    "an access token": (
        lambda login: login.token("alice", login.header(typ="at+jwt"), jti="j"),
        "type_not_allowed",
    ),
    "another event": (
        lambda login: logout_token(login, events={"http://schemas.openid.net/event/other": {}}, sub="alice"),
        "logout_event_missing",
    ),
    "an event that is no object": (
        lambda login: logout_token(login, events={logouts.EVENT: True}, sub="alice"),
        "logout_event_missing",
    ),
    "neither sub nor sid": (lambda login: logout_token(login), "logout_sub_and_sid_missing"),
    "a sub that is a number": (lambda login: logout_token(login, sub=7), "subject_malformed"),
    "a sid that is a list": (lambda login: logout_token(login, sub="alice", sid=["one"]), "session_malformed"),
    "no jti": (lambda login: logout_token(login, jti=None, sub="alice"), "logout_jti_missing"),
    "no iat": (lambda login: logout_token(login, iat=None, sub="alice"), "issued_at_missing"),
    "expired": (lambda login: logout_token(login, exp=int(time.time()) - 90, sub="alice"), "expired"),
    "old": (lambda login: logout_token(login, iat=int(time.time()) - 3700, sub="alice"), "logout_too_old"),
    "old without exp": (
        lambda login: logout_token(login, iat=int(time.time()) - 700, exp=None, sub="alice"),
        "logout_too_old",
    ),
    "of the future": (lambda login: logout_token(login, iat=int(time.time()) + 90, sub="alice"), "issued_in_future"),
    "no token": (lambda login: "not-a-token", "not_compact_form"),
}


@pytest.fixture(scope="module")
def shared(request, login, tmp_path_factory):
    """One purser for all tokens that it rejects, and a user's token that stays valid."""
    directory = tmp_path_factory.mktemp("rejected")
    code, output = run(directory, "keys", "new", "--pseudonyms", "pseudonyms.key")
    assert code == 0, output
    (directory / "login.jwks.json").write_text(json.dumps(login.key_set))
    made = logouts.logout_settings(login.url, "file:login.jwks.json", "logouts", "pseudonyms.key")
    issuers = made.pop("issuers")
    sts = FakeSTS()
    request.addfinalizer(sts.stop)
    purser = Purser(directory, settings(*issuers, **made), sts.url, **BROKER_KEYS)
    request.addfinalizer(purser.stop)
    return purser, login.token("alice", iat=int(time.time()) - 30, sid="one")


@pytest.mark.parametrize("name", REJECTED)
def test_a_logout_token_that_breaks_a_rule_is_rejected_and_has_no_effect(shared, login, name):
    purser, alice = shared
    make, reason = REJECTED[name]
    token = make(login)
    purser.known_secrets.add_token(token)
    answer = send(purser, token)
    assert (answer.status, answer.json["code"]) == (400, "malformed_request")
    assert answer.header("Cache-Control") == "no-store"
    assert purser.log_line_of(answer)["reason"] == reason
    assert served(purser, alice)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", logouts.FORM),
        (b"logout_token=a&logout_token=b", logouts.FORM),
        (b"token=a", logouts.FORM),
        (b"logout_token=%zz", logouts.FORM),
        (b'{"logout_token": "a"}', "application/json"),
    ],
    ids=["empty", "twice", "other name", "bad escape", "JSON"],
)
def test_a_malformed_form_is_rejected(shared, body, content_type):
    purser, alice = shared
    answer = send(purser, body=body, content_type=content_type)
    assert (answer.status, purser.log_line_of(answer)["reason"]) == (400, "logout_form")
    assert served(purser, alice)


def test_other_requests_to_the_endpoint_are_rejected(shared):
    purser, _ = shared
    wrong = send(purser, body=b"", method="GET")
    assert (wrong.status, wrong.header("Allow")) == (405, "POST")
    assert send(purser, "a", path="/v1/backchannel-logout/another").status == 404
    assert send(purser, "a", path=logouts.PATH + "/").status == 404
    assert send(purser, body=b"logout_token=" + b"a" * (65 << 10)).status == 413


def test_a_client_with_too_many_rejected_logout_tokens_gets_429(serving, login):
    purser = serving(limits={"failure-rate": 1})
    answers = [send(purser, logout_token(login, sign=STRANGER.rs256, sub="alice")) for _ in range(20)]
    statuses = [answer.status for answer in answers]
    assert statuses[0] == 400 and statuses[-1] == 429
    assert answers[-1].header("Retry-After")


def test_a_logout_token_is_accepted_once(serving, login):
    purser = serving()
    token = logout_token(login, sub="alice")
    assert send(purser, token).status == 200
    again = send(purser, token)
    assert (again.status, purser.log_line_of(again)["reason"]) == (400, "logout_replayed")


def test_a_token_without_iat_is_rejected_where_logouts_are_received(serving, login):
    refused = (purser := serving()).credentials(login.token("alice", iat=None))
    assert refused.status == 401
    assert purser.log_line_of(refused)["reason"] == "issued_at_missing"


def test_a_logout_that_cannot_be_stored_is_an_error_and_takes_effect_all_the_same(serving, login, file):
    purser = serving()
    alice = login.token("alice", **early())
    token = logout_token(login, sub="alice")
    assert served(purser, alice)
    # The journal is gone, and a directory is in the place of its successor.
    file.unlink()
    blocked = file.with_name(file.name + ".new")
    blocked.mkdir()
    answer = send(purser, token)
    assert (answer.status, purser.log_line_of(answer)["reason"]) == (400, "logout_not_stored")
    assert not served(purser, alice)
    assert purser.await_log("logout not stored")
    blocked.rmdir()
    assert send(purser, token).status == 200, "the issuer tries again"
    kill(purser)
    assert not served(serving(), alice)


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (lambda text: text.replace(" ", "  ", 5), ":1: found no header"),
        (lambda text: text[:-4] + "0" + text[-3:], ":2: is damaged"),
        (lambda text: text.splitlines()[0] + "\n\n", ":2: is damaged"),
        (lambda text: "purser-logouts 1 00000000000000000000\n", "another key than pseudonyms.key"),
    ],
    ids=["no header", "a changed digit", "an empty line", "another key"],
)
def test_a_damaged_file_is_an_error_at_start(serving, login, file, tmp_path, damage, expected):
    purser = serving()
    assert send(purser, logout_token(login, sub="alice")).status == 200
    config = purser.process.errors.parent / "purser.yaml"
    purser.stop()
    file.write_text(damage(file.read_text()))
    for command in ("check", "serve"):
        code, output = run(tmp_path, command, "--config", config)
        assert code == 1 and f"{file}" in output and expected in output, output


def test_the_file_belongs_to_one_process(serving, tmp_path, login, file):
    config = serving().process.errors.parent / "purser.yaml"
    code, output = run(tmp_path, "serve", "--config", config)
    assert code == 1 and "in use by another process" in output
    os.chmod(file, 0o666)
    code, output = run(tmp_path, "check", "--config", config)
    assert code == 1 and "may be written by its group or by everyone" in output


def test_an_issuer_that_announces_logout_tokens_is_named_in_the_log(started, serving, login, file):
    provider = started(Provider(login.key_set))
    provider.pages[METADATA] = page(provider.metadata(backchannel_logout_supported=True))
    purser = serving(
        issuers=[logouts.sending(provider.issuer, "discovery")],
        apps={APP: logouts.app(provider.issuer)},
    )
    [line] = purser.await_log("issuer announces back-channel logout", issuer=provider.issuer)
    assert "/v1/backchannel-logout/login" in line["detail"]
    assert send(purser, logout_token(login.at(provider.issuer), sub="alice")).status == 200
