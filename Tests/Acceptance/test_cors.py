# SPDX-License-Identifier: Apache-2.0
"""CORS (Fetch standard): only pages of the app's origins, compared exactly, may read responses."""

import pytest
from harness.settings import ORIGIN, app

PATH = "/v1/apps/shop/credentials"
SECOND = "http://localhost:3000"
OTHER_ORIGINS = [
    "https://shop.example.com.evil.test",
    "https://evil.test",
    "http://shop.example.com",
    "https://shop.example.com:8443",
    "https://SHOP.example.com",
    "https://shop.example.com/",
    "https://sub.shop.example.com",
    "null",
    "*",
    "",
]
HEADERS = {
    "authorization",
    "content-type",
    "traceparent",
    "x-amzn-trace-id",
    "x-amz-date",
    "x-amz-security-token",
    "x-amz-content-sha256",
}


@pytest.fixture
def purser(broker, login):
    return broker(apps={"shop": app(login.url, origins=[ORIGIN, SECOND])})


def allowed(answer):
    return answer.header("Access-Control-Allow-Origin")


def varies(answer):
    return [word.strip().lower() for word in (answer.header("Vary") or "").split(",")] == ["origin"]


def preflight(purser, origin, path=PATH, method="GET"):
    return purser.request(
        path,
        method="OPTIONS",
        headers=[
            ("Origin", origin),
            ("Access-Control-Request-Method", method),
            ("Access-Control-Request-Headers", "authorization"),
        ],
    )


@pytest.mark.parametrize("origin", [ORIGIN, SECOND])
def test_configured_origins_may_read_responses_and_errors(purser, login, origin):
    good = purser.credentials(login.token(), headers=[("Origin", origin)])
    again = purser.credentials(login.token(), headers=[("Origin", origin)])
    bad = purser.credentials("no-token-at-all", headers=[("Origin", origin)])
    guest = purser.guest(headers=[("Origin", origin)])
    assert [answer.status for answer in (good, again, bad, guest)] == [200, 200, 401, 200]
    for answer in (good, again, bad, guest):
        assert allowed(answer) == origin
        assert varies(answer)
        assert answer.header("Access-Control-Allow-Credentials") is None


@pytest.mark.parametrize("origin", OTHER_ORIGINS)
def test_other_origins_get_no_cors_headers(purser, login, origin):
    for answer in (
        purser.credentials(login.token(), headers=[("Origin", origin)]),
        purser.credentials("no-token-at-all", headers=[("Origin", origin)]),
        purser.guest(headers=[("Origin", origin)]),
        preflight(purser, origin),
    ):
        assert allowed(answer) is None
        assert varies(answer)


def test_a_response_to_a_request_without_origin_has_vary_origin(purser, login):
    answer = purser.credentials(login.token())
    assert (answer.status, allowed(answer), varies(answer)) == (200, None, True)


def test_a_second_origin_header_is_not_allowed(purser, login):
    answer = purser.credentials(login.token(), headers=[("Origin", ORIGIN), ("Origin", "https://evil.test")])
    assert allowed(answer) != "https://evil.test"


@pytest.mark.parametrize("path", [PATH, "/v1/apps/shop/guest-credentials"])
def test_a_preflight_lists_the_allowed_methods_and_headers(purser, sts, path):
    answer = preflight(purser, ORIGIN, path)
    assert (answer.status, answer.body) == (204, b"")
    assert allowed(answer) == ORIGIN
    assert varies(answer)
    assert "GET" in answer.header("Access-Control-Allow-Methods")
    assert HEADERS <= {name.strip().lower() for name in answer.header("Access-Control-Allow-Headers").split(",")}
    assert answer.header("Access-Control-Max-Age") == "7200"
    assert sts.count == 0


UNKNOWN = [f"/v1/apps/nobodys/{name}" for name in ("credentials", "guest-credentials", "appmonitors/x", "sts")]


@pytest.mark.parametrize("path", UNKNOWN)
def test_a_page_of_a_configured_origin_reads_the_error_of_an_unknown_app(purser, path):
    answer = preflight(purser, ORIGIN, path)
    known = preflight(purser, ORIGIN, path.replace("nobodys", "shop"))
    assert answer.status == 204
    apart = {"x-request-id", "date"}
    assert [it for it in answer.headers if it[0].lower() not in apart] == [
        it for it in known.headers if it[0].lower() not in apart
    ]
    method = answer.header("Access-Control-Allow-Methods")
    error = purser.request(path, method=method, headers=[("Origin", ORIGIN)])
    assert error.status == (401 if "appmonitors" in path else 404)
    assert error.header("Access-Control-Allow-Origin") == ORIGIN
    assert not purser.complete_log("answered", app="nobodys")


@pytest.mark.parametrize("path", UNKNOWN)
def test_other_origins_get_no_cors_headers_for_an_unknown_app(purser, path):
    for origin in ("https://evil.example", "null"):
        assert preflight(purser, origin, path).header("Access-Control-Allow-Origin") is None
        answer = purser.request(path, headers=[("Origin", origin)])
        assert answer.header("Access-Control-Allow-Origin") is None
