# SPDX-License-Identifier: Apache-2.0
"""The signing proxy: it forwards unsigned batches of pages unchanged, and rejects invalid requests."""

import gzip
import time
import uuid

import pytest
from harness import data_plane
from harness.batches import BEACON, GUESTS, JSON, USERS, batch, post
from harness.data_plane import DataPlane, verify
from harness.observability import await_metric
from harness.sandbox import APP as DEMO
from harness.sandbox import Sandbox
from harness.settings import APP, BROKER_KEYS, GUEST_ROLE, ORIGIN, app
from harness.web import fetch

PATH = f"/v1/apps/{APP}/appmonitors"


@pytest.fixture
def plane(started):
    return started(DataPlane())


@pytest.fixture
def proxy(broker, plane):
    """Starts purser in front of the data plane; keyword arguments change the settings."""
    return lambda **changes: broker(keys=BROKER_KEYS | {"AWS_ENDPOINT_URL_RUM": plane.url}, **changes)


def names(request):
    return sorted(name.lower() for name, _ in request.headers)


@pytest.mark.parametrize(
    ("content_type", "zipped"), [(JSON, False), (JSON, True), (BEACON, False), ("text/plain; charset=utf-8", True)]
)
@pytest.mark.parametrize("signed_in", [True, False])
def test_a_batch_is_forwarded_unchanged_with_a_signature_that_botocore_confirms(
    proxy, plane, login, content_type, zipped, signed_in
):
    purser = proxy()
    token = login.token() if signed_in else None
    credentials = (purser.credentials(token) if signed_in else purser.guest()).json
    body = batch(events=30)
    answer = post(purser, token, body=body, content_type=content_type, zipped=zipped, headers=[("Origin", ORIGIN)])
    assert (answer.status, answer.body) == (200, b"{}"), answer
    assert answer.header("x-amzn-requestid") == "00000000-0000-4000-8000-00000000d4d4"
    assert answer.header("Access-Control-Allow-Origin") == ORIGIN
    [request] = plane.requests
    assert (request.method, request.path) == ("POST", f"/appmonitors/{USERS if signed_in else GUESTS}")
    assert (gzip.decompress(request.body) if zipped else request.body) == body
    signed = verify(request, credentials, plane)
    encoding = ["content-encoding"] if zipped else []
    assert signed == encoding + ["content-type", "host", "x-amz-content-sha256", "x-amz-date", "x-amz-security-token"]
    assert request.header("Content-Type") == content_type


def test_no_other_header_of_the_request_is_forwarded(proxy, plane, login):
    purser = proxy()
    stripped = {
        "Origin": ORIGIN,
        "Referer": "https://shop.example.com/the-secret-page",
        "Cookie": "session=the-secret-cookie",
        "User-Agent": "the-secret-browser",
        "X-Forwarded-For": "192.0.2.7",
        "Forwarded": "for=192.0.2.7",
        "X-Api-Key": "the-secret-key",
        "X-Amz-Date": "20000101T000000Z",
        "X-Amz-Security-Token": "the-secret-session",
        "X-Amz-Content-Sha256": "UNSIGNED-PAYLOAD",
        "Accept-Language": "tlh",
        "traceparent": "the-secret-trace",
    }
    trace = "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1"
    answer = post(purser, login.token(), headers=[*stripped.items(), ("X-Amzn-Trace-Id", trace)])
    assert answer.status == 200, answer
    [request] = plane.requests
    assert set(names(request)) <= {
        *("authorization", "content-length", "content-type", "host", "user-agent", "x-amz-content-sha256"),
        *("x-amz-date", "x-amz-security-token", "x-amzn-trace-id", "connection", "accept"),
    }
    assert request.header("Host") == plane.url.removeprefix("http://")
    assert request.header("User-Agent") == "purser"
    assert request.header("x-amzn-trace-id") == trace
    assert "secret" not in str([pair for pair in request.headers if pair[0].lower() != "x-amz-security-token"])


def test_batches_of_a_user_share_one_session_and_batches_of_guests_share_another(proxy, plane, login, sts):
    guest = {"monitor": {"name": "Shop_Unauthenticated", "id": GUESTS}, "exchange": "assume-role", "role": GUEST_ROLE}
    purser = proxy(apps={APP: app(login.url, guest=guest | {"sessions": "per-visitor"})})
    for _ in range(5):
        assert post(purser, login.token()).status == 200
        assert post(purser).status == 200
    assert sts.count == 2
    assert len({request.header("x-amz-security-token") for request in plane.requests}) == 2


@pytest.mark.parametrize(
    ("token", "monitor", "code"),
    [
        ("good", GUESTS, "not_found"),
        ("good", str(uuid.UUID(int=7)), "not_found"),
        ("good", USERS.upper() + "0", "not_found"),
        ("good", "..", "not_found"),
        (None, USERS, "missing_token"),
        (None, str(uuid.UUID(int=7)), "not_found"),
        ("forged", USERS, "invalid_token"),
        ("forged", GUESTS, "invalid_token"),
        ("no-token-at-all", GUESTS, "invalid_token"),
        ("expired", GUESTS, "invalid_token"),
        ("", GUESTS, "invalid_token"),
    ],
)
def test_an_unauthorized_batch_gets_401_and_is_never_treated_as_a_guests(
    proxy, plane, login, sts, token, monitor, code
):
    purser = proxy()
    good = login.token()
    made = {"good": good, "forged": good[:-6] + "AAAAAA", "expired": login.token(exp=int(time.time()) - 3600)}
    answer = post(purser, made.get(token, token), monitor)
    assert (answer.status, answer.json["code"]) == (401, code), answer
    assert answer.header("WWW-Authenticate").startswith("Bearer")
    assert plane.count == 0 and sts.count == 0
    assert post(purser, good).status == 200


def test_errors_403_and_404_of_other_endpoints_are_401_for_batches(proxy, plane, login):
    apps = {APP: app(login.url), "gold": app(login.url), "guests": app(login.url)}
    apps["gold"]["signed-in"]["require"] = [{"claim": "plan", "is": "gold"}]
    del apps["guests"]["signed-in"]
    purser = proxy(apps=apps)
    answers = {
        "not_authorized": post(purser, login.token(), app="gold"),
        "not_found": post(purser, login.token(), app="guests"),
        "missing_token": post(purser, headers=[("Authorization", "Basic YTpi")]),
    }
    for code, answer in answers.items():
        assert (answer.status, answer.json["code"], answer.json["status"]) == (401, code, 401), answer
    assert post(purser, login.token(), app="nobodys").status == 401
    assert post(purser, headers=[("Authorization", f"Bearer {login.token()}")] * 2).status == 400
    assert plane.count == 0


@pytest.mark.parametrize(
    "fields",
    [
        [],
        [("Content-Type", "text/html")],
        [("Content-Type", "application/x-www-form-urlencoded")],
        [("Content-Type", JSON), ("Content-Type", JSON)],
        [("Content-Type", JSON), ("Content-Encoding", "br")],
        [("Content-Type", JSON), ("Content-Encoding", "gzip"), ("Content-Encoding", "gzip")],
        [("Content-Type", "application/json;charset=utf-16")],
    ],
)
def test_a_batch_with_unsupported_content_headers_is_a_malformed_request(proxy, plane, fields):
    purser = proxy()
    answer = purser.request(f"{PATH}/{GUESTS}", method="POST", headers=fields, body=batch())
    assert (answer.status, answer.json["code"]) == (400, "malformed_request")
    assert plane.count == 0


@pytest.mark.parametrize(
    ("behaviour", "status", "code", "retry_after"),
    [
        (data_plane.answer(429, error="ThrottlingException", Retry_After="7"), 429, "too_many_requests", "7"),
        (data_plane.answer(429, Retry_After="whenever it suits"), 429, "too_many_requests", "5"),
        (data_plane.answer(500, error="InternalServerException"), 500, "unavailable", "5"),
        (data_plane.answer(503, Retry_After="11"), 503, "unavailable", "11"),
        (data_plane.refusal(403, "AccessDeniedException"), 502, "aws_refused", None),
        (data_plane.refusal(404, "ResourceNotFoundException"), 502, "aws_refused", None),
        (data_plane.refusal(400, "ValidationException"), 502, "aws_refused", None),
        (data_plane.answer(302, Location="http://169.254.169.254/"), 502, "aws_refused", None),
        (data_plane.answer(307, Location="http://169.254.169.254/"), 502, "aws_refused", None),
        (data_plane.broken, 503, "unavailable", "5"),
        (data_plane.silence, 504, "aws_timeout", None),
        (data_plane.slow, 504, "aws_timeout", None),
        (data_plane.endless, 503, "unavailable", "5"),
    ],
    ids=lambda it: getattr(it, "__name__", None),
)
def test_data_plane_errors_are_mapped_without_their_details(proxy, plane, login, behaviour, status, code, retry_after):
    purser = proxy(limits={"exchange-timeout": "2s"})
    assert post(purser, login.token()).status == 200
    plane.script.append(behaviour)
    answer = post(purser, login.token())
    assert (answer.status, answer.json["code"], answer.header("Retry-After")) == (status, code, retry_after), answer
    assert "the-secret-user" not in answer.text
    assert plane.count == 2, "a batch is not retried"
    line = purser.log_line_of(answer)
    assert line["reason"].startswith("delivery_") and "the-secret-user" not in str(line)
    if status == 502 and "Exception" in line["detail"]:
        assert "00000000-0000-4000-8000-00000000d4d4" in line["detail"]
    assert post(purser, login.token()).status == 200


@pytest.mark.parametrize("error", ["ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException"])
def test_a_new_session_that_aws_rejects_is_not_renewed(proxy, plane, login, sts, error):
    """A session younger than 5 s is not renewed, so the older-session test waits."""
    purser = proxy()
    token = login.token()
    assert post(purser, token).status == 200
    plane.script.append(data_plane.refusal(403, error))
    answer = post(purser, token)
    assert (answer.status, sts.count, plane.count) == (502, 1, 2), "a new session is not renewed"


def test_an_older_session_that_aws_rejects_is_renewed_and_the_batch_is_retried_once(proxy, plane, login, sts):
    purser = proxy()
    token = login.token()
    assert post(purser, token).status == 200
    first = purser.credentials(token).json
    time.sleep(5.5)  # a session older than 5 s can be renewed
    plane.script.append(data_plane.refusal(403, "ExpiredTokenException"))
    assert post(purser, token).status == 200
    second = purser.credentials(token).json
    assert first["accessKeyId"] != second["accessKeyId"]
    assert (sts.count, plane.count) == (2, 3)
    assert plane.requests[1].body == plane.requests[2].body
    verify(plane.requests[2], second, plane)
    # When AWS rejects the new session as well, the client gets an error.
    plane.script.extend([data_plane.refusal(403, "ExpiredTokenException")])
    assert (post(purser, token).status, sts.count, plane.count) == (502, 2, 4)


def test_a_batch_preflight_allows_the_headers_of_the_rum_client(proxy, sts):
    purser = proxy()
    fields = [
        ("Origin", ORIGIN),
        ("Access-Control-Request-Method", "POST"),
        ("Access-Control-Request-Headers", "authorization,content-encoding,content-type,x-tenant,accept"),
    ]
    answer = purser.request(f"{PATH}/{USERS}", method="OPTIONS", headers=fields)
    allowed = {name.strip() for name in answer.header("Access-Control-Allow-Headers").split(",")}
    assert (answer.status, answer.header("Access-Control-Allow-Methods")) == (204, "POST")
    assert {"authorization", "content-encoding", "content-type", "x-tenant", "x-amzn-trace-id"} <= allowed
    assert "accept" not in allowed
    other_origin = purser.request(
        f"{PATH}/{USERS}", method="OPTIONS", headers=[("Origin", "https://evil.test"), *fields[1:]]
    )
    assert other_origin.header("Access-Control-Allow-Headers") is None
    assert sts.count == 0


def test_users_and_contents_of_batches_stay_out_of_log_metrics_and_audit(proxy, plane, login):
    purser = proxy()
    token = login.token("the-secret-user")
    for monitor in (USERS, GUESTS):
        post(purser, token, monitor, batch(user="the-secret-user"), headers=[("Cookie", "the-secret-cookie")])
    post(purser, body=b"the-secret-batch" * 100, zipped=True)
    written = purser.log_text() + purser.probe("/metrics").text
    assert "the-secret" not in written
    assert USERS not in written and GUESTS not in written
    vended = purser.complete_log("audit", event="vended")
    assert len(vended) == 2, "one audit line per session, none per batch"


def test_the_metrics_count_batches_by_outcome(proxy, plane, login):
    purser = proxy()
    body = batch()
    for _ in range(3):
        assert post(purser, login.token(), body=body).status == 200
    post(purser, login.token(), GUESTS)
    plane.script.append(data_plane.refusal(403, "AccessDeniedException"))
    post(purser, login.token())
    counts = {"forwarded": 3, "unauthorized": 1, "refused": 1, "throttled": 0, "timed_out": 0, "turned_away": 0}
    for outcome, count in counts.items():
        await_metric(purser, "purser_forwarded_total", count, outcome=outcome)
    await_metric(purser, "purser_forwarded_bytes_total", 3 * len(body), outcome="forwarded")
    await_metric(purser, "purser_aws_attempts_total", 3, service="rum", outcome="succeeded")
    await_metric(purser, "purser_answers_total", 3, endpoint="appmonitors", code="ok")


def test_the_sandbox_accepts_batches_of_the_proxy_for_the_right_monitor_only(tmp_path, started):
    sandbox = started(Sandbox(tmp_path))
    sandbox.ready()
    token = sandbox.sign_in("alice")
    users = sandbox.credentials(token, app=DEMO).json["appMonitor"]["id"]
    guests = sandbox.guest(app=DEMO).json["appMonitor"]["id"]
    for zipped in (False, True):
        assert post(sandbox, token, users, batch(monitor=users), zipped=zipped, app=DEMO).status == 200
        assert post(sandbox, None, guests, batch(monitor=guests), zipped=zipped, app=DEMO).status == 200
    assert post(sandbox, None, guests, batch(monitor=guests), content_type=BEACON, app=DEMO).status == 200
    assert post(sandbox, None, users, batch(monitor=users), app=DEMO).status == 401
    assert post(sandbox, token, guests, batch(monitor=guests), app=DEMO).status == 401
    assert "DemoStore" in fetch(sandbox.url("sandbox") + "/_sandbox/events").text
