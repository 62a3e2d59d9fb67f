# SPDX-License-Identifier: Apache-2.0
"""CORS in Chromium: which pages read what, how many preflights they send, and what a rebound DNS name gets."""

import pytest
from harness.chromium import Chromium
from harness.other_page import OtherPage
from harness.sandbox import Sandbox
from harness.settings import APP, app
from harness.web import fetch

EVIL = "evil.example"
# The result of a page's fetch: status and body, or the name of the error.
FETCH = """
    const [url, options] = arguments;
    return fetch(url, options).then(
        async answer => ({status: answer.status, text: await answer.text(), id: answer.headers.get('x-request-id')}),
        error => ({error: error.name}));
"""
REFUSED = {"error": "TypeError"}


@pytest.fixture(scope="module")
def chromium():
    browser = Chromium(here=[EVIL])
    yield browser
    browser.stop()


@pytest.fixture
def visitor(chromium, started):
    return started(chromium.visitor())


@pytest.fixture
def app_page(started):
    return started(OtherPage())


@pytest.fixture
def other_page(started):
    return started(OtherPage())


@pytest.fixture
def purser(broker, login, app_page):
    return broker(apps={APP: app(login.url, origins=[app_page.url])})


def bearer(token, **more):
    return {"headers": {"Authorization": f"Bearer {token}", **more}}


def test_a_page_of_the_app_reads_responses_and_errors_after_one_preflight(visitor, purser, login, app_page):
    tab, url = visitor.tab(app_page.url), f"{purser.url()}/v1/apps/{APP}/credentials"
    traces = {
        "X-Amzn-Trace-Id": "Root=1-5759e988-bd862e3fe1be46a994272793",
        "traceparent": f"00-{'a' * 32}-{'b' * 16}-01",
    }
    for headers in (bearer(login.token()), bearer(login.token(), **traces), bearer(login.token(), **traces)):
        answer = tab.run(FETCH, url, headers)
        assert answer["status"] == 200 and "accessKeyId" in answer["text"] and answer["id"]
    refused = tab.run(FETCH, url, bearer("not-a-token"))
    assert refused["status"] == 401 and "invalid_token" in refused["text"] and refused["id"]
    assert len(purser.complete_log("answered", status=401)) == 1
    assert len(purser.complete_log("answered", method="OPTIONS")) == 1
    assert len(purser.complete_log("answered", method="GET", status=200)) == 3


def test_a_page_of_the_app_may_post_forms_and_batches_with_custom_headers(visitor, purser, app_page, login):
    tab = visitor.tab(app_page.url)
    form = {"method": "POST", "body": "Action=x", "headers": {"Content-Type": "application/x-www-form-urlencoded"}}
    answer = tab.run(FETCH, f"{purser.url()}/v1/apps/{APP}/sts", form)
    assert answer["status"] == 400 and "MissingParameter" in answer["text"]
    batch = bearer("not-a-token", **{"Content-Encoding": "gzip", "Content-Type": "application/json", "X-Own": "1"})
    answer = tab.run(FETCH, f"{purser.url()}/v1/apps/{APP}/appmonitors/x", batch | {"method": "POST", "body": "{}"})
    assert answer["status"] == 401


def test_pages_of_other_origins_read_no_credentials(visitor, purser, login, other_page, app_page, tmp_path):
    guest, signed_in = (f"{purser.url()}/v1/apps/{APP}/{name}" for name in ("guest-credentials", "credentials"))
    page = tmp_path / "page.html"
    page.write_text("<!doctype html>")
    elsewhere = [each.url.replace("127.0.0.1", "localhost") for each in (app_page, other_page)]
    for address in (other_page.url, *elsewhere, page.as_uri()):
        tab = visitor.tab(address)
        assert tab.run(FETCH, guest, {}) == REFUSED, address
        assert tab.run(FETCH, signed_in, bearer(login.token())) == REFUSED, address
    assert purser.complete_log("answered", method="OPTIONS")
    assert not purser.complete_log("answered", method="GET", endpoint="credentials")
    # A sandboxed frame in the app's page, whose origin is null.
    tab = visitor.tab(app_page.url)
    assert tab.run(
        """
        const frame = document.createElement('iframe');
        frame.sandbox = 'allow-scripts';
        frame.srcdoc = `<script>fetch('${arguments[0]}').then(() => 'read', () => 'refused')
            .then(outcome => parent.postMessage(outcome, '*'))</script>`;
        const outcome = new Promise(done => addEventListener('message', event => done([event.origin, event.data])));
        document.body.append(frame);
        return outcome;
        """,
        guest,
    ) == ["null", "refused"]


def test_fetch_with_browser_credentials_is_refused_by_cors(visitor, purser, app_page, other_page):
    guest = f"/v1/apps/{APP}/guest-credentials"
    for page, path in ((app_page, guest), (other_page, "/openapi.json"), (other_page, "/rum-credentials.js")):
        tab = visitor.tab(page.url)
        assert tab.run(FETCH, purser.url() + path, {})["status"] == 200
        assert tab.run(FETCH, purser.url() + path, {"credentials": "include"}) == REFUSED


def test_only_published_files_allow_every_origin(purser, login, other_page):
    for path in ("/openapi.json", "/rum-credentials.js"):
        answer = fetch(purser.url() + path, headers=[("Origin", other_page.url)])
        assert answer.header("Access-Control-Allow-Origin") == "*"
        assert answer.header("Access-Control-Allow-Credentials") is None
    audiences = ("credentials", "guest-credentials")
    names = (*audiences, *(f"{name}/container" for name in audiences), "sts", "appmonitors/x")
    for path in ("/", "/nowhere", *(f"/v1/apps/{APP}/{name}" for name in names)):
        for method in ("GET", "POST", "OPTIONS"):
            for origin in (other_page.url, "null", "*"):
                headers = [("Origin", origin), ("Authorization", f"Bearer {login.token()}")]
                answer = fetch(purser.url() + path, method, headers, b"" if method == "POST" else None)
                found = [name for name, _ in answer.headers if name.lower().startswith("access-control-")]
                assert not found, f"{method} {path} of {origin}: {found}"


def test_a_page_on_a_rebound_dns_name_gets_nothing(visitor, started, tmp_path):
    dev = started(Sandbox(tmp_path / "dev"))
    dev.ready()
    paths = {
        "public": "/v1/apps/demo-store/guest-credentials",
        "admin": "/metrics",
        "sandbox": "/.well-known/openid-configuration",
    }
    for listener, path in paths.items():
        address = dev.url(listener)
        assert fetch(address + path).status == 200
        rebound = address.replace("127.0.0.1", EVIL)
        tab = visitor.tab(rebound + path)
        status = "return performance.getEntriesByType('navigation')[0].responseStatus"
        assert tab.run(status) == 421, listener
        # For the browser the response is same-origin, but it has no useful content. For a response without a body,
        # Chromium shows an error page, which can read nothing.
        answer = tab.run(FETCH, rebound + path, {})
        assert answer == REFUSED or answer["status"] == 421 and "misdirected_request" in answer["text"], listener
        assert not any(word in tab.text() for word in ("accessKeyId", "purser_answers", "issuer"))
