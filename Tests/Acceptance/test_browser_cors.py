"""CORS and names as Chromium takes them: who reads what, how often it asks first, and what a rebound name gets."""

import pytest
from harness.browsing import Chromium
from harness.other_page import OtherPage
from harness.sandbox import Sandbox
from harness.settings import APP, app
from harness.web import fetch

EVIL = "evil.example"
# What a page's fetch comes to: status and body, or the error's name.
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
def own(started):
    return started(OtherPage())


@pytest.fixture
def other(started):
    return started(OtherPage())


@pytest.fixture
def purser(broker, login, own):
    return broker(apps={APP: app(login.url, origins=[own.url])})


def bearer(token, **more):
    return {"headers": {"Authorization": f"Bearer {token}", **more}}


def test_the_apps_own_page_reads_answers_and_errors_and_asks_first_only_once(visitor, purser, login, own):
    tab, url = visitor.tab(own.url), f"{purser.url()}/v1/apps/{APP}/credentials"
    traces = {
        "X-Amzn-Trace-Id": "Root=1-5759e988-bd862e3fe1be46a994272793",
        "traceparent": f"00-{'a' * 32}-{'b' * 16}-01",
    }
    for headers in (bearer(login.token()), bearer(login.token(), **traces), bearer(login.token(), **traces)):
        answer = tab.run(FETCH, url, headers)
        assert answer["status"] == 200 and "accessKeyId" in answer["text"] and answer["id"]
    refused = tab.run(FETCH, url, bearer("not-a-token"))
    assert refused["status"] == 401 and "invalid_token" in refused["text"] and refused["id"]
    purser.told("answered", status=401)
    assert len(purser.log("answered", method="OPTIONS")) == 1
    assert len(purser.log("answered", method="GET", status=200)) == 3


def test_it_may_post_forms_and_batches_with_fields_of_its_own(visitor, purser, own, login):
    tab = visitor.tab(own.url)
    form = {"method": "POST", "body": "Action=x", "headers": {"Content-Type": "application/x-www-form-urlencoded"}}
    answer = tab.run(FETCH, f"{purser.url()}/v1/apps/{APP}/sts", form)
    assert answer["status"] == 400 and "MissingParameter" in answer["text"]
    batch = bearer("not-a-token", **{"Content-Encoding": "gzip", "Content-Type": "application/json", "X-Own": "1"})
    answer = tab.run(FETCH, f"{purser.url()}/v1/apps/{APP}/appmonitors/x", batch | {"method": "POST", "body": "{}"})
    assert answer["status"] == 401


def test_pages_of_others_read_nothing(visitor, purser, login, other, own, tmp_path):
    guest, signed_in = (f"{purser.url()}/v1/apps/{APP}/{name}" for name in ("guest-credentials", "credentials"))
    page = tmp_path / "page.html"
    page.write_text("<!doctype html>")
    elsewhere = [each.url.replace("127.0.0.1", "localhost") for each in (own, other)]
    for address in (other.url, *elsewhere, page.as_uri()):
        tab = visitor.tab(address)
        assert tab.run(FETCH, guest, {}) == REFUSED, address
        assert tab.run(FETCH, signed_in, bearer(login.token())) == REFUSED, address
    assert purser.log("answered", method="OPTIONS") and not purser.log("answered", method="GET", endpoint="credentials")
    # A frame of the app's own page that has no origin (null).
    tab = visitor.tab(own.url)
    assert tab.run(
        """
        const frame = document.createElement('iframe');
        frame.sandbox = 'allow-scripts';
        frame.srcdoc = `<script>fetch('${arguments[0]}').then(() => 'read', () => 'refused')
            .then(outcome => parent.postMessage(outcome, '*'))</script>`;
        const told = new Promise(done => addEventListener('message', event => done([event.origin, event.data])));
        document.body.append(frame);
        return told;
        """,
        guest,
    ) == ["null", "refused"]


def test_a_browsers_own_credentials_are_never_asked_for_and_gain_nothing(visitor, purser, own, other):
    guest = f"/v1/apps/{APP}/guest-credentials"
    for page, path in ((own, guest), (other, "/openapi.json"), (other, "/rum-credentials.js")):
        tab = visitor.tab(page.url)
        assert tab.run(FETCH, purser.url() + path, {})["status"] == 200
        assert tab.run(FETCH, purser.url() + path, {"credentials": "include"}) == REFUSED


def test_only_what_is_published_is_for_pages_of_any_origin(purser, login, other):
    for path in ("/openapi.json", "/rum-credentials.js"):
        answer = fetch(purser.url() + path, headers=[("Origin", other.url)])
        assert answer.header("Access-Control-Allow-Origin") == "*"
        assert answer.header("Access-Control-Allow-Credentials") is None
    audiences = ("credentials", "guest-credentials")
    names = (*audiences, *(f"{name}/container" for name in audiences), "sts", "appmonitors/x")
    for path in ("/", "/nowhere", *(f"/v1/apps/{APP}/{name}" for name in names)):
        for method in ("GET", "POST", "OPTIONS"):
            for origin in (other.url, "null", "*"):
                headers = [("Origin", origin), ("Authorization", f"Bearer {login.token()}")]
                answer = fetch(purser.url() + path, method, headers, b"" if method == "POST" else None)
                told = [name for name, _ in answer.headers if name.lower().startswith("access-control-")]
                assert not told, f"{method} {path} of {origin}: {told}"


def test_a_page_whose_name_was_made_to_lead_here_gets_nothing(visitor, started, tmp_path):
    dev = started(Sandbox(tmp_path / "dev"))
    dev.ready()
    paths = {
        "public": "/v1/apps/demo-store/guest-credentials",
        "admin": "/metrics",
        "sandbox": "/.well-known/openid-configuration",
    }
    for listener, path in paths.items():
        own = dev.url(listener)
        assert fetch(own + path).status == 200
        rebound = own.replace("127.0.0.1", EVIL)
        tab = visitor.tab(rebound + path)
        status = "return performance.getEntriesByType('navigation')[0].responseStatus"
        assert tab.run(status) == 421, listener
        # What it gets is of one origin with it, as the browser sees it, and nothing to be read; an answer without a body
        # is a page of the browser's own, which reads nothing at all.
        answer = tab.run(FETCH, rebound + path, {})
        assert answer == REFUSED or answer["status"] == 421 and "misdirected_request" in answer["text"], listener
        assert not any(word in tab.text() for word in ("accessKeyId", "purser_answers", "issuer"))
