# SPDX-License-Identifier: Apache-2.0
"""The page for people on the admin listener, in a real browser."""

import re

import pytest
from harness import documents
from harness import settings as made
from harness.key_server import KeyServer
from harness.settings import APP, BROKER_KEYS
from harness.tokens import Issuer
from harness.web import fetch

SOURCE = documents.ROOT / "Sources" / "PurserCommand" / "Status" / "status.html"


@pytest.fixture
def key_server(started, login):
    return started(KeyServer(login.key_set))


@pytest.fixture
def purser(serve, tmp_path, login, sts, key_server):
    """Two apps, of which one has a dead issuer."""
    key_server.status = 500
    dead = Issuer("https://dead.example.test/", "dead-key")
    values = made.settings(
        login.pinned(tmp_path / "purser-0"),
        made.issuer(dead.url, key_server.key_set_url),
        apps={APP: made.app(login.url), "blog": made.app(dead.url)},
    )
    purser = serve(values, sts, **BROKER_KEYS)
    purser.ready()
    return purser


def test_the_page_is_self_contained_and_on_the_admin_listener_only(purser):
    page = purser.probe("/")
    assert page.status == 200 and page.header("Content-Type") == "text/html; charset=utf-8"
    policy = dict(part.split(" ", 1) for part in page.header("Content-Security-Policy").split("; "))
    assert policy["default-src"] == "'none'" and policy["connect-src"] == "'self'"
    assert re.fullmatch(r"'sha256-[A-Za-z0-9+/]{43}='", policy["script-src"])
    assert re.fullmatch(r"'sha256-[A-Za-z0-9+/]{43}='", policy["style-src"])
    assert not re.search(r"""(src|href)=["'](https?:)?//|@import|url\(""", page.text)
    assert fetch(purser.url("admin") + "/", "POST").status == 405
    assert purser.request("/").status == 404


def test_the_page_shows_what_is_served_and_why_not_and_how_much(purser, login, visitor):
    tab = visitor.tab(purser.url("admin") + "/")
    tab.find("#state", "Ready, in part")
    tab.find("#grants tr", "none of its issuers has keys")
    tab.find("#issuers tr", "no keys")
    tab.find("#aws tr", "environment")
    for number in range(3):
        assert purser.credentials(login.token(f"user-{number}")).status == 200
        assert purser.credentials(login.token("user-0")).status == 200
    purser.credentials("no-token-at-all")
    tab.find("#errors tr", "invalid_token")
    tab.find("#cache tr", APP)
    tab.until("return [...document.querySelectorAll('svg .curve')].length >= 2")
    assert visitor.console_errors() == []


def test_the_page_says_when_nobody_responds(purser, visitor):
    tab = visitor.tab(purser.url("admin") + "/")
    tab.find("#state", "Ready")
    assert purser.process.stop() == 0
    tab.find("#state", "No response")


@pytest.mark.parametrize("width", [360, 1200])
def test_the_page_fits_its_window_and_says_everything_in_words(purser, visitor, width):
    tab = visitor.tab(purser.url("admin") + "/")
    tab.viewport(width, 800)
    tab.find("#grants td", APP)
    tab.until("return [...document.querySelectorAll('svg')].every(it => it.getAttribute('aria-label'))")
    assert tab.run("return document.documentElement.scrollWidth <= window.innerWidth")
    assert tab.run("""return [...document.querySelectorAll('table')].every(it =>
        it.caption && [...it.querySelectorAll('thead th')].every(cell => cell.scope === 'col'))""")
    assert tab.run("return document.documentElement.lang") == "en"
    assert tab.run("return document.querySelectorAll('h1').length") == 1
    assert tab.run("return document.querySelectorAll('[role=status]').length") == 1


def colors():
    """The variables of both themes."""
    light, dark = re.findall(r":root \{([^}]*)\}", SOURCE.read_text())
    return [dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block)) for block in (light, dark)]


def luminance(color):
    channels = [int(color[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("text", "ground"),
    [("text", "card"), ("text", "page"), ("soft", "card"), ("soft", "page"), ("plot", "card"), ("plot", "page")]
    + [(kind, f"{kind}-fill") for kind in ("good", "bad", "warn")],
)
def test_texts_have_a_contrast_of_at_least_4_5(theme, text, ground):
    values = colors()[theme]
    high, low = sorted((luminance(values[text]), luminance(values[ground])), reverse=True)
    assert (high + 0.05) / (low + 0.05) >= 4.5
