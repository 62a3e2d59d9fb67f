# SPDX-License-Identifier: Apache-2.0
"""The pinned module in a real browser: the pages of docs/web-integration.md on an application's site."""

import re

import pytest
from harness import documents
from harness.settings import app
from harness.site import Site

BROKER = "https://purser.example.com"
PAGES = [text for _, text in documents.snippets(documents.ROOT / "docs" / "web-integration.md", "html")]
FORMS = {"module": PAGES[0], "script": PAGES[1]}
# Replaces the global function of the RUM client's snippet, and keeps the provider for the test.
CLIENT = "<script>cwr = (command, payload) => (window[command] = payload)</script>"


@pytest.fixture
def site(started):
    return started(Site({}))


@pytest.fixture
def purser(broker, login, site):
    return broker(apps={"retail-demo-store": app(login.url, origins=[site.origin])})


def publish(site, purser, page):
    site.pages["/"] = ("text/html; charset=utf-8", CLIENT + page.replace(BROKER, purser.url()))


@pytest.mark.parametrize("form", FORMS)
def test_a_page_with_the_pinned_module_gets_guest_credentials(site, purser, visitor, form):
    publish(site, purser, FORMS[form])
    tab = visitor.tab(site.origin)
    tab.until("return typeof setAwsCredentials === 'function'")
    keys = tab.run(
        """const all = await Promise.all([1, 2, 3].map(() => setAwsCredentials()));
           all.push(await setAwsCredentials());
           return all.map(it => [it.accessKeyId, it.expiration instanceof Date, it.expiration > Date.now()])"""
    )
    assert len(keys) == 4 and len({key for key, *_ in keys}) == 1 and all(it[1:] == [True, True] for it in keys)
    ours = purser.guest("retail-demo-store")
    assert keys[0][0] == ours.json["accessKeyId"]
    assert len(purser.complete_log("answered", endpoint="guest-credentials")) == 2
    assert tab.run("return [document.cookie, localStorage.length, (await indexedDB.databases()).length]") == ["", 0, 0]
    assert not [line for line in visitor.console_errors() if "favicon" not in line]


@pytest.mark.parametrize("form", FORMS)
def test_a_page_does_not_run_a_module_with_another_integrity_hash(site, purser, visitor, form):
    publish(site, purser, re.sub(r"sha384-[^\"]+", "sha384-" + "A" * 64, FORMS[form]))
    tab = visitor.tab(site.origin)
    assert tab.run("return [typeof setAwsCredentials, typeof RumCredentials]") == ["undefined", "undefined"]
    assert not purser.complete_log("answered", endpoint="guest-credentials")
