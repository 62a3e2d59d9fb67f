# SPDX-License-Identifier: Apache-2.0
"""`purser snippet`: its output works unchanged in a browser that enforces the printed Content-Security-Policy."""

import json
import re
import subprocess

import pytest
import yaml
from harness.command import run
from harness.settings import APP, GUEST_MONITOR, SIGNED_IN_MONITOR, settings
from harness.site import Site

# Stands in for CloudWatch RUM's client: takes the monitor from the global, and records its commands.
CLIENT = """
(() => {
  const { q, n, ...monitor } = window.AwsRumClient;
  const recorded = (window.recorded ??= {});
  recorded[n] = { monitor, commands: [] };
  const take = (c, p) => recorded[n].commands.push([c, typeof p === 'function' ? 'a provider' : p]);
  window[n] = take;
  for (const { c, p } of q) take(c, p);
})();
"""


@pytest.fixture
def snippet(tmp_path, login):
    """Runs the command with the settings of the tests."""

    def print_it(*options, **changes):
        file = tmp_path / "purser.yaml"
        file.write_text(yaml.safe_dump(settings(login.pinned(tmp_path), **changes)))
        return run(tmp_path, "snippet", "--config", file, "--app", APP, *options)

    return print_it


def inline(page):
    """The text between the script tags."""
    return re.fullmatch(r"<script>(.*)</script>\n<!-- .* -->\n", page, re.DOTALL).group(1)


def test_the_printed_csp_has_the_script_hash_that_openssl_computes(snippet):
    broker = ("--broker", "https://purser.example.com")
    code, page = snippet(*broker)
    assert code == 0, page
    code, policy = snippet(*broker, "--csp")
    assert code == 0, policy
    digest = subprocess.run(
        "openssl sha256 -binary | openssl base64",
        input=inline(page).encode(),
        shell=True,
        capture_output=True,
        check=True,
    )
    assert policy == (
        f"Content-Security-Policy: script-src 'sha256-{digest.stdout.decode().strip()}' "
        "https://client.rum.us-east-1.amazonaws.com; "
        "connect-src https://purser.example.com https://dataplane.rum.us-west-2.amazonaws.com\n"
    )
    assert page.endswith(f"</script>\n<!-- {policy.strip()} -->\n")


@pytest.fixture
def shop(snippet, started):
    """The URL of a page with the script form and only the printed Content-Security-Policy."""

    def open_shop(change=lambda script: script):
        site = started(Site({"/cwr.js": ("text/javascript", CLIENT)}))
        # No broker listens there: the page must load without one.
        options = ("--broker", site.url, "--client", f"{site.url}/cwr.js")
        page = snippet(*options)[1]
        policy = snippet(*options, "--csp")[1].strip().partition(": ")[2]
        site.pages["/"] = (
            "text/html; charset=utf-8",
            f"<!doctype html><head><title>Shop</title>{change(page)}</head><p>Shop</p>",
            ("Content-Security-Policy", f"default-src 'none'; {policy}"),
        )
        return f"{site.url}/"

    return open_shop


def test_a_page_with_the_printed_csp_loads_both_clients_and_enables_the_right_one(shop, visitor):
    tab = visitor.tab(shop())
    recorded = tab.until("return Object.keys(window.recorded ?? {}).length == 2 && window.recorded")
    for name, monitor in (("cwrSignedIn", SIGNED_IN_MONITOR), ("cwrGuest", GUEST_MONITOR)):
        settings = recorded[name]["monitor"]
        assert (settings["i"], settings["r"], settings["v"]) == (monitor["id"], "us-west-2", "1.0.0")
        assert settings["c"]["cookieAttributes"] == {"unique": True}
        assert settings["c"]["enableRumClient"] is False
    assert recorded["cwrGuest"]["commands"][:2] == [["setAwsCredentials", "a provider"], ["enable", None]]
    assert ["enable", None] not in recorded["cwrSignedIn"]["commands"]
    tab.run("window.rumToken = () => 'a.b.c'; rum.signIn()")
    recorded = tab.until("return window.recorded.cwrSignedIn.commands.some(([c]) => c == 'enable') && window.recorded")
    assert recorded["cwrSignedIn"]["commands"][-2:] == [["setAwsCredentials", "a provider"], ["enable", None]]
    assert recorded["cwrGuest"]["commands"][-1] == ["disable", None]
    assert not [message for message in visitor.console_errors() if "Content Security Policy" in message]


def test_a_changed_script_does_not_run_with_the_printed_csp(shop, visitor):
    tab = visitor.tab(shop(lambda page: page.replace("window.rum =", "window.rum  =")))
    tab.until("return document.readyState == 'complete'")
    assert tab.run("return window.rum === undefined")
    assert [message for message in visitor.console_errors() if "Content Security Policy" in message]


def test_the_npm_snippet_needs_no_script_hash_and_can_be_bundled(snippet, tmp_path):
    options = ("--broker", "https://purser.example.com/", "--form", "npm")
    assert snippet(*options, "--csp")[1] == (
        "Content-Security-Policy: script-src 'self' https://purser.example.com; "
        "connect-src https://purser.example.com https://dataplane.rum.us-west-2.amazonaws.com\n"
    )
    assert snippet(*options)[1].endswith(f"\n// {snippet(*options, '--csp')[1]}")
    code, source = snippet(*options, "--application-version", "2.3.4", "--sample-rate", "0.5", "--x-ray")
    assert code == 0, source
    (tmp_path / "rum.js").write_text(source)
    (tmp_path / "client.js").write_text("export class AwsRum { constructor(...all) { globalThis.made.push(all) } }")
    (tmp_path / "rum-credentials.js").write_text(
        "export const connect = (options) => {"
        "  globalThis.connected = options; options.signedIn({ a: 1 }); options.guest({ b: 2 }); return {} };"
    )
    (tmp_path / "main.js").write_text(
        "globalThis.made = []; await import('./rum.js');"
        "console.log(JSON.stringify([connected, made], (k, v) => v instanceof RegExp ? v.source : v))"
    )
    build = ["esbuild", "main.js", "--bundle", "--format=esm", "--alias:aws-rum-web=./client.js", "--outfile=out.mjs"]
    subprocess.run(build, cwd=tmp_path, check=True, capture_output=True, timeout=20)
    done = subprocess.run(["node", "out.mjs"], cwd=tmp_path, check=True, capture_output=True, timeout=20)
    connected, made = json.loads(done.stdout)
    assert connected == {"broker": "https://purser.example.com", "app": APP}
    shared = {
        "endpoint": "https://dataplane.rum.us-west-2.amazonaws.com",
        "allowCookies": True,
        "sessionSampleRate": 0.5,
        "enableXRay": True,
        "telemetries": [
            "errors",
            "performance",
            [
                "http",
                {"urlsToExclude": [r"^https:\/\/purser\.example\.com(?![^/?#])"], "addXRayTraceIdHeader": True},
            ],
        ],
    }
    assert made == [
        [SIGNED_IN_MONITOR["id"], "2.3.4", "us-west-2", {"a": 1, **shared}],
        [GUEST_MONITOR["id"], "2.3.4", "us-west-2", {"b": 2, **shared}],
    ]


@pytest.mark.parametrize(
    "options, words",
    [
        ((), "--broker"),
        (("--broker", "http://purser.example.com"), "--broker: expected an https address"),
        (("--broker", "https://purser.example.com?x=1"), "--broker: expected an https address"),
        (("--broker", "https://p.example", "--sample-rate", "1.5"), "--sample-rate: expected a number from 0 to 1"),
        (("--broker", "https://p.example", "--application-version", "</script>"), "--application-version: expected"),
        (("--broker", "https://p.example", "--client", "cwr.js"), "--client: expected"),
        (("--broker", "https://p.example", "--form", "module"), "--form"),
    ],
)
def test_snippet_reports_invalid_options(snippet, options, words):
    code, output = snippet(*options)
    assert code != 0 and words in output


def test_snippet_reports_a_missing_file_and_an_unknown_app(snippet, tmp_path):
    code, output = run(tmp_path, "snippet", "--config", "none.yaml", "--app", "x", "--broker", "https://p.example")
    assert code == 1 and "none.yaml" in output
    code, output = snippet("--broker", "https://p.example", "--app", "other")
    assert code == 1 and output == f'the file has no app "other"; it has {APP}\n'
