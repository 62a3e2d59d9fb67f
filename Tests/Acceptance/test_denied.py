# SPDX-License-Identifier: Apache-2.0
"""Users on the deny list, and batches with the user id of another user."""

import gzip

import pytest
from harness.batches import USERS, batch, post
from harness.command import run
from harness.data_plane import DataPlane
from harness.deadline import eventually
from harness.observability import JSONLines
from harness.settings import APP, BROKER_KEYS, app

PATH = f"/v1/apps/{APP}/credentials"


@pytest.fixture
def plane(started):
    return started(DataPlane())


@pytest.fixture
def proxy(broker, plane):
    return lambda **changes: broker(keys=BROKER_KEYS | {"AWS_ENDPOINT_URL_RUM": plane.url}, **changes)


@pytest.fixture
def whois(tmp_path, login, pseudonym_key):
    """The pseudonym of a user, from `purser whois`."""

    def pseudonym(purser, subject):
        config = purser.process.errors.parent / "purser.yaml"
        code, output = run(tmp_path, "whois", "--config", config, "--subject", subject)
        assert code == 0, output
        return output.strip()

    return pseudonym


@pytest.mark.parametrize("subject", ["pseudonym", "clear"])
def test_a_user_on_the_deny_list_is_rejected_after_one_reload_while_others_are_served(
    proxy, plane, login, pseudonym_key, whois, tmp_path, subject, sts
):
    denied = tmp_path / "denied.txt"
    denied.write_text("# nobody\n")
    apps = {APP: app(login.url)}
    apps[APP]["signed-in"]["subject"] = subject
    audit = tmp_path / "audit.jsonl"
    purser = proxy(
        apps=apps, pseudonyms={"key": pseudonym_key}, denied=f"file:{denied}", audit={"to": f"file:{audit}"}
    )
    alice, bob = (login.token(name) for name in ("alice-the-denied", "bob-the-good"))
    for token in (alice, bob):
        assert purser.credentials(token).status == 200
        assert post(purser, token).status == 200
    calls = sts.count
    denied.write_text(f"{whois(purser, 'alice-the-denied')}  # INC-7\n")
    eventually(lambda: purser.credentials(alice).status == 403, "a rejection", within=7)
    refused = purser.credentials(alice)
    assert refused.json["code"] == "not_authorized"
    assert purser.log_line_of(refused)["reason"] == "denied"
    assert purser.request(PATH + "/container", alice).status == 403
    batch_refused = post(purser, alice)
    assert (batch_refused.status, batch_refused.json["code"]) == (401, "not_authorized")
    assert purser.credentials(login.token("alice-the-denied")).status == 403, "another token of the same user"
    for _ in range(3):
        assert purser.credentials(bob).status == 200
        assert post(purser, bob).status == 200
    assert post(purser).status == 200, "guests are still served"
    assert sts.count == calls + 1, "one exchange for guests, none for the denied user"
    assert purser.await_log("deny list changed", denied=1)
    assert JSONLines(audit).await_lines("audit", reason="denied")
    if subject == "clear":
        return
    # An invalid or missing list does not change the deny list in use.
    denied.write_text("alice-the-denied\n")
    lines = purser.await_log("deny list not renewed")
    assert "denied.txt:1" in lines[0]["detail"] and "alice" not in lines[0]["detail"].replace(str(denied), "")
    assert purser.credentials(alice).status == 403
    denied.unlink()
    assert purser.credentials(alice).status == 403
    # An empty list may be a list that is being written: it takes effect only when the next read finds the same.
    denied.write_text("")
    purser.await_log("deny list empty")
    eventually(lambda: purser.credentials(alice).status == 200, "the user is admitted again", within=15)
    assert sts.count == calls + 2, "the user's old credentials were evicted"


def test_a_user_denied_from_the_start_is_rejected(proxy, login, pseudonym_key, whois, tmp_path, sts):
    denied = tmp_path / "denied.txt"
    denied.write_text("")
    first = proxy(pseudonyms={"key": pseudonym_key})
    denied.write_text(whois(first, "alice"))
    purser = proxy(pseudonyms={"key": pseudonym_key}, denied=f"file:{denied}")
    assert purser.credentials(login.token("alice")).status == 403
    assert purser.credentials(login.token("bob")).status == 200
    assert sts.count == 1


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize(
    ("rule", "named", "status"),
    [
        ("own", "the-user", 200),
        ("own", "another-user", 401),
        ("own", None, 401),
        ("own", "00000000-0000-0000-0000-000000000000", 200),
        ({"claim": "rum_id"}, "id-of-the-user", 200),
        ({"claim": "rum_id"}, "the-user", 401),
    ],
)
def test_a_batch_with_the_user_id_of_another_user_is_rejected(proxy, plane, login, zipped, rule, named, status):
    apps = {APP: app(login.url)}
    apps[APP]["signed-in"]["user-details"] = rule
    purser = proxy(apps=apps)
    token = login.token("the-user", rum_id="id-of-the-user")
    body = batch(user=named)
    answer = post(purser, token, body=body, zipped=zipped)
    assert answer.status == status, answer
    assert plane.count == (status == 200)
    if status == 401:
        assert answer.json["code"] == "not_authorized"
        assert purser.log_line_of(answer)["reason"] == "user_details"
    elif zipped:
        assert gzip.decompress(plane.requests[0].body) == body
    assert post(purser, body=batch(user="anybody")).status == 200, "guests may send any user id"


@pytest.mark.parametrize(
    "body",
    [
        b" " * (64 << 20) + batch(user="the-user"),
        b" " * (1 << 20) + batch(user="the-user"),
        b'{"UserDetails":{"userId":"the-user"},"UserDetails":{"userId":"bob"}}',
        b'{"UserDetails":{"userId":"the-user"},"userdetails":{"userId":"bob"}}',
        b'{"UserDetails":{"userId":"the-user","userId":"bob"}}',
        b"not JSON",
    ],
    ids=["bomb", "over 1 MiB", "twice", "two spellings", "two ids", "no JSON"],
)
def test_an_ambiguous_batch_is_rejected(proxy, plane, login, body):
    apps = {APP: app(login.url)}
    apps[APP]["signed-in"]["user-details"] = "own"
    purser = proxy(apps=apps)
    before = purser.resident()
    for _ in range(3):
        assert post(purser, login.token("the-user"), body=body, zipped=True, timeout=60).status == 401
    assert post(purser, login.token("the-user"), body=b"\x1f\x8bdamaged", monitor=USERS).status == 401
    assert plane.count == 0
    assert purser.resident() - before < 16 << 20
