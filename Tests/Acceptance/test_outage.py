# SPDX-License-Identifier: Apache-2.0
"""A provider that is unavailable when Purser starts, or goes down later."""

import pytest
from harness import settings as made
from harness.deadline import eventually
from harness.process import free_port
from harness.provider import METADATA, Provider, page
from harness.tokens import Issuer

QUICK = {"refetch-cool-down": "1s"}


@pytest.fixture(params=["url", "discovery"])
def source(request):
    """The issuer settings for a provider on a port."""

    def settings(port):
        address = f"http://127.0.0.1:{port}"
        keys = "discovery" if request.param == "discovery" else f"{address}/jwks.json"
        return made.issuer(address, keys, **QUICK)

    return settings


def unavailable(answer):
    assert (answer.status, answer.json["code"]) == (503, "unavailable"), answer
    assert int(answer.header("Retry-After")) >= 1
    assert answer.header("WWW-Authenticate") is None, "a client would discard a valid token"
    return True


def test_purser_starts_without_a_provider_serves_others_and_recovers(
    serve, started, tmp_path, login, sts, source
):
    port = free_port()
    absent = login.at(f"http://127.0.0.1:{port}")
    other = Issuer("https://other.example.test/", "other-key")
    both = made.settings(source(port), other.pinned(tmp_path / "purser-0"))
    purser = serve(both, sts, **made.BROKER_KEYS)
    assert purser.await_log("keys not renewed", issuer=absent.url)
    assert purser.probe("/livez").status == 200
    assert purser.probe("/readyz").status == 200, "others are served"
    issuers = purser.probe("/readyz?verbose").json["issuers"]
    assert [(one["issuer"], one["keys"]) for one in issuers] == [(absent.url, 0), (other.url, 1)]
    token = absent.token()
    unavailable(purser.credentials(token))
    assert purser.credentials(other.token()).status == 200
    assert purser.guest().status == 200
    assert purser.credentials(absent.token(iss="https://nobody.example.test/")).status == 401
    provider = started(Provider(absent.key_set, port=port))
    eventually(lambda: purser.probe("/readyz?verbose").json["issuers"][0]["keys"] == 1, "keys", every=0.1)
    assert [request.method for request in provider.requests] == ["GET"] * provider.count
    assert purser.credentials(token).status == 200


def test_the_keys_of_a_provider_stay_in_use_after_it_goes_down(serve, started, login, sts, source):
    provider = Provider(login.key_set)
    port = int(provider.url.rsplit(":", 1)[1])
    mine, rotated = login.at(provider.issuer), Issuer(provider.issuer, "rotated-key")
    purser = serve(made.settings(source(port)), sts)
    purser.ready()
    remembered = mine.token()
    assert purser.credentials(remembered).status == 200
    provider.stop()
    assert purser.credentials(remembered).status == 200
    assert purser.credentials(mine.token("another-subject")).status == 200
    # Within the cool-down after the first fetch, an unknown kid causes no fetch.
    eventually(lambda: purser.credentials(rotated.token()).status == 503, "an undecided kid", every=0.1)
    unavailable(purser.credentials(rotated.token()))
    assert purser.await_log("keys not renewed", issuer=provider.issuer)[0]["level"] == "warning"
    assert purser.credentials(remembered).status == 200
    assert purser.credentials(mine.token("a-third-subject")).status == 200
    assert purser.probe("/readyz").status == 200, "tokens of known keys are still accepted"
    started(Provider(rotated.key_set, port=port))
    eventually(lambda: purser.credentials(rotated.token()).status == 200, "recovery", every=0.1)
    for gone in (remembered, mine.token()):
        eventually(lambda token=gone: purser.credentials(token).status == 401, "rejection of the old key", every=0.2)


@pytest.mark.parametrize("path", ["", "/", "/tenant", "/tenant/"])
def test_an_issuer_with_a_path_is_discovered(serve, started, login, sts, path):
    provider = started(Provider(login.key_set, path))
    purser = serve(made.settings(made.issuer(provider.issuer, "discovery")), sts)
    purser.ready()
    assert purser.credentials(login.at(provider.issuer).token()).status == 200
    assert [request.path for request in provider.requests] == [path.rstrip("/") + METADATA, "/jwks.json"]


@pytest.mark.parametrize("path", ["", "/tenant"])
def test_an_authorization_server_is_discovered_by_its_oauth_metadata(serve, started, login, sts, path):
    provider = started(Provider(login.key_set, path))
    del provider.pages[path + METADATA]
    provider.pages["/.well-known/oauth-authorization-server" + path] = page(provider.metadata())
    purser = serve(made.settings(made.issuer(provider.issuer, "discovery")), sts)
    purser.ready()
    assert purser.credentials(login.at(provider.issuer).token()).status == 200
