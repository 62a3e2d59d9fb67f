# SPDX-License-Identifier: Apache-2.0
"""`purser snippet`: its output works unchanged in a browser that enforces the printed Content-Security-Policy."""

import json
import re
import subprocess

import pytest
import yaml
from harness import documents
from harness.command import run
from harness.settings import APP, GUEST_MONITOR, SIGNED_IN_MONITOR, app, settings
from harness.site import Site

# The sources of the patterns for the application's own addresses: relative ones, and its origin.
OWN = [r"^(?![A-Za-z][\w+.\-]*:|[\\/]{2})", r"^https:\/\/shop\.example\.com(?![^/?#])"]
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
        f"Content-Security-Policy: script-src 'self' 'sha256-{digest.stdout.decode().strip()}' "
        "https://client.rum.us-east-1.amazonaws.com; "
        "connect-src 'self' https://purser.example.com https://dataplane.rum.us-west-2.amazonaws.com\n"
    )
    assert page.endswith(f" -->\n<!-- {policy.strip()} -->\n")
    [comment] = re.findall(r"</script>\n<!-- (.*) -->\n<!--", page)
    assert "Merge this into the page's own policy" in comment and "'self'" in comment


@pytest.fixture
def shop(snippet, started, login):
    """The URL of a page with the script form and only the printed Content-Security-Policy."""

    def open_shop(change=lambda script: script, *more, client=CLIENT, head="", site=None):
        # The site has its own scripts and calls. No broker listens there: the page must load without one.
        site = site or started(Site({}))
        site.pages |= {
            "/3.x/cwr.js": ("text/javascript", client),
            "/app.js": ("text/javascript", "window.app = fetch('/api').then(answer => answer.text())"),
            "/api": ("text/plain", "own"),
        }
        options = ("--broker", site.url, "--client", f"{site.url}/3.x/cwr.js", *more)
        changes = {"apps": {APP: app(login.url, origins=[site.origin])}}
        page = snippet(*options, **changes)[1]
        policy = snippet(*options, "--csp", **changes)[1].strip().partition(": ")[2]
        site.pages["/"] = (
            "text/html; charset=utf-8",
            f"<!doctype html><head><title>Shop</title>{head}{change(page)}</head><p>Shop</p><script src=/app.js></script>",
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
        assert [telemetry[0] for telemetry in settings["c"]["telemetries"][1:]] == ["performance", "http"]
    assert recorded["cwrGuest"]["commands"][:2] == [["setAwsCredentials", "a provider"], ["enable", None]]
    assert ["enable", None] not in recorded["cwrSignedIn"]["commands"]
    tab.run("window.rumToken = () => 'a.b.c'; rum.signIn()")
    recorded = tab.until("return window.recorded.cwrSignedIn.commands.some(([c]) => c == 'enable') && window.recorded")
    # The commands up to dispatch take from the client what it recorded when it was created.
    enabled = [["setAwsCredentials", "a provider"], ["enable", None]]
    view = {"type": "com.amazon.rum.page_view_event", "data": {"version": "1.0.0", "pageId": "/"}}
    assert recorded["cwrSignedIn"]["commands"] == [
        ["recordPageView", "/"],
        *enabled,
        ["recordEvent", {"type": view["type"], "data": {"version": "1.0.0"}}],
        ["dispatch", None],
        *enabled,
        ["startSession", None],
        ["recordEvent", view],
    ]
    assert recorded["cwrGuest"]["commands"][-1] == ["disable", None]
    assert tab.run("return app") == "own"
    assert not violations(visitor)


def violations(visitor):
    return [message for message in visitor.console_errors() if "Content Security Policy" in message]


def test_a_page_with_a_nonce_allows_the_script_by_it(shop, visitor):
    tab = visitor.tab(shop(lambda page: page, "--nonce", "R4nd0m"))
    tab.until("return Object.keys(window.recorded ?? {}).length == 2")
    assert tab.run("return [...document.querySelectorAll('script[src*=cwr]')].map(it => it.nonce)") == ["R4nd0m"] * 2
    assert not violations(visitor)
    # Without the nonce in the element the script does not run.
    other = visitor.tab(shop(lambda page: page.replace(' nonce="R4nd0m"', ""), "--nonce", "R4nd0m"))
    assert other.run("return window.rum === undefined")


def test_a_page_that_requires_trusted_types_loads_both_clients(shop, visitor):
    tab = visitor.tab(shop(lambda page: page, "--trusted-types"))
    tab.until("return Object.keys(window.recorded ?? {}).length == 2")
    assert tab.run("return app") == "own"
    assert not [line for line in visitor.console_errors() if "Trusted" in line]
    # The requirement holds for the rest of the page.
    script = "try { document.createElement('script').src = '/other.js'; return false; } catch { return true; }"
    assert tab.run(script)


# Takes the place of the page's own fetch before everything else: records each call, and answers it.
RECORD = """
window.calls = [];
window.fetch = async (input, init) => {
  const request = new Request(input, init);
  calls.push([request.url, request.headers.get("X-Amzn-Trace-Id")]);
  if (!request.url.includes("credentials")) return new Response("own");
  const expiration = new Date(Date.now() + 3600e3);
  return Response.json({ accessKeyId: "ASIAEXAMPLE", secretAccessKey: "s", sessionToken: "t", expiration });
};
"""


def test_only_calls_of_the_applications_own_origins_carry_a_trace_id(shop, visitor, started, tmp_path):
    site = started(Site({"/record.js": ("text/javascript", RECORD)}))
    pages = documents.ROOT / "Sources" / "Sandbox" / "Store" / "Pages"
    (tmp_path / "cwr.js").write_text(
        f"""
        import {{ StandIn }} from "{pages}/stand-in.js";
        const {{ q, n, i, v, r, c }} = window.AwsRumClient;
        const cookieAttributes = {{ ...c.cookieAttributes, secure: false }};
        const client = new StandIn(i, v, r, {{ ...c, cookieAttributes, dispatchInterval: 100 }});
        const take = (name, p) => (name === "recordEvent" ? client.recordEvent(p.type, p.data) : client[name](p));
        window[n] = take;
        for (const {{ c, p }} of q) take(c, p);
        """
    )
    build = ["esbuild", "--bundle", "--format=iife", "cwr.js"]
    client = subprocess.run(build, cwd=tmp_path, check=True, capture_output=True, timeout=20, text=True).stdout
    url = shop(lambda page: page, "--x-ray", client=client, head="<script src=/record.js></script>", site=site)
    tab = visitor.tab(url)
    sent = "return calls.filter(([url]) => url.includes('/appmonitors/'))"
    tab.until(f"{sent}.length > 0")
    tab.run("window.rumToken = () => 'a.b.c'; rum.signIn()")
    tab.until("return calls.filter(([url]) => url.includes('/appmonitors/')).length > 1")
    own = "await fetch('/api'); await fetch('api?x=http://y'); await fetch(location.origin + '/api')"
    tab.run(f"calls.length = 0; {own}; await fetch('https://third.example/'); await fetch('//third.example/')")
    tab.run("rum.signOut()")
    tab.until(f"{sent}.length > 0")
    calls = tab.run("return calls")
    traced = [url for url, header in calls if header]
    assert traced == [f"{site.origin}/api", f"{site.origin}/api?x=http://y", f"{site.origin}/api"]
    assert {url for url, header in calls if not header} >= {"https://third.example/", "http://third.example/"}


def test_a_changed_script_does_not_run_with_the_printed_csp(shop, visitor):
    tab = visitor.tab(shop(lambda page: page.replace("window.rum =", "window.rum  =")))
    tab.until("return document.readyState == 'complete'")
    assert tab.run("return window.rum === undefined")
    assert [message for message in visitor.console_errors() if "Content Security Policy" in message]


def test_the_npm_snippet_needs_no_script_hash_and_can_be_bundled(snippet, tmp_path):
    options = ("--broker", "https://purser.example.com/", "--form", "npm")
    assert snippet(*options, "--csp")[1] == (
        "Content-Security-Policy: script-src 'self' https://purser.example.com; "
        "connect-src 'self' https://purser.example.com https://dataplane.rum.us-west-2.amazonaws.com\n"
    )
    assert snippet(*options)[1].endswith(f"\n// {snippet(*options, '--csp')[1]}")
    code, source = snippet(*options, "--application-version", "2.3.4", "--sample-rate", "0.5", "--x-ray")
    assert code == 0, source
    (tmp_path / "rum.js").write_text(source)
    (tmp_path / "client.js").write_text("export class AwsRum { constructor(...all) { globalThis.made.push(all) } }")
    (tmp_path / "rum-credentials.js").write_text(
        "export const connect = (options) => {"
        "  globalThis.connected = options; const telemetries = ['errors', 'performance', ['http', { urlsToExclude: [/broker/] }]];"
        "  options.signedIn({ a: 1, telemetries }); options.guest({ b: 2, telemetries }); return {} };"
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
                {"urlsToExclude": ["broker"], "addXRayTraceIdHeader": OWN},
            ],
        ],
    }
    assert made == [
        [SIGNED_IN_MONITOR["id"], "2.3.4", "us-west-2", {"a": 1, **shared}],
        [GUEST_MONITOR["id"], "2.3.4", "us-west-2", {"b": 2, **shared}],
    ]


# Stands in for a framework: an effect runs at once, and again when the test calls `change`.
FRAMEWORKS = {
    "react": ("react", "export const useEffect = (effect) => globalThis.effects.push(effect);"),
    "next": ("react", "export const useEffect = (effect) => globalThis.effects.push(effect);"),
    "vue": (
        "vue",
        "export const watch = (sources, act) => globalThis.effects.push(() => act(sources.map((it) => it())));",
    ),
    "angular": (
        "@angular/core",
        "export const ENVIRONMENT_INITIALIZER = {}; export const effect = (run) => globalThis.effects.push(run);",
    ),
}
USES = {
    "react": "useRum({ loading: state.loading, user: state.user, token: () => state.user })",
    "next": "Rum({ loading: state.loading, user: state.user, token: () => state.user })",
    "vue": "useRum({ loading: () => state.loading, user: () => state.user, token: () => state.user })",
    "angular": "provideRum(() => ({ loading: () => state.loading, user: () => state.user, token: () => state.user }))"
    ".useValue()",
}


@pytest.mark.parametrize("slim", [False, True])
@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_the_file_for_a_framework_can_be_bundled_and_follows_the_user(snippet, tmp_path, framework, slim):
    options = ("--broker", "https://purser.example.com", "--framework", framework, *(["--slim"] if slim else []))
    code, source = snippet(*options)
    assert code == 0, source
    package, content = FRAMEWORKS[framework]
    (tmp_path / "rum.js").write_text(source)
    (tmp_path / "framework.js").write_text(content)
    names = ("Fetch", "JsError", "Navigation", "Resource", "WebVitals", "Xhr")
    (tmp_path / "client.js").write_text(
        "export class AwsRum { constructor(...all) { globalThis.made.push(all) } setSigningConfigFactory(f) { made.push(f()) } }"
        + "".join(f"export class {name}Plugin {{ constructor(...all) {{ this.{name} = all }} }}" for name in names)
        + "export const createSigningConfig = () => 'signs';"
    )
    (tmp_path / "rum-credentials.js").write_text(
        "export const connect = (options) => {"
        "  const telemetries = ['errors', ['performance', { p: 1 }], ['http', { h: 1 }]];"
        "  for (const client of [options.signedIn, options.guest]) client({ telemetries });"
        "  const say = (name) => () => log.push([name, options.token() ?? null]);"
        "  return { signIn: say('in'), signOut: say('out') }; };"
    )
    (tmp_path / "main.js").write_text(
        "globalThis.made = []; globalThis.log = []; globalThis.effects = []; const state = { loading: true };"
        f"const {{ useRum, Rum, provideRum }} = await import('./rum.js'); const use = () => {USES[framework]};"
        "const change = (more) => { Object.assign(state, more); effects.length = 0; use(); effects.forEach((it) => it()); };"
        "change({}); log.push(made.length); change({ loading: false }); change({ user: 'alice' }); change({});"
        "change({ user: 'bob' }); change({ user: undefined });"
        "console.log(JSON.stringify([log, made]))"
    )
    aliases = [f"--alias:{name}=./client.js" for name in ("aws-rum-web", "@aws-rum/web-slim", "@aws-rum/web-core")]
    build = ["esbuild", "main.js", "--bundle", "--format=esm", f"--alias:{package}=./framework.js", *aliases]
    subprocess.run([*build, "--outfile=out.mjs"], cwd=tmp_path, check=True, capture_output=True, timeout=20)
    done = subprocess.run(["node", "out.mjs"], cwd=tmp_path, check=True, capture_output=True, timeout=20)
    log, made = json.loads(done.stdout)
    assert log == [0, ["in", "alice"], ["in", "bob"], ["out", None]]
    if not slim:
        assert [it[0] for it in made] == [SIGNED_IN_MONITOR["id"], GUEST_MONITOR["id"]]
        return
    assert [it if it == "signs" else it[0] for it in made] == [
        SIGNED_IN_MONITOR["id"],
        "signs",
        GUEST_MONITOR["id"],
        "signs",
    ]
    plugins = {name: options for plugin in made[0][3]["eventPluginsToLoad"] for name, options in plugin.items()}
    assert plugins == {
        "JsError": [],
        **dict.fromkeys(("Navigation", "Resource", "WebVitals"), [{"p": 1}]),
        **dict.fromkeys(("Fetch", "Xhr"), [{"h": 1}]),
    }


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
        (("--broker", "https://p.example", "--nonce", '"><script>'), "--nonce: expected"),
        (("--broker", "https://p.example", "--slim"), "--slim: the script of the slim client cannot sign"),
        (("--broker", "https://p.example", "--framework", "svelte"), "--framework"),
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
