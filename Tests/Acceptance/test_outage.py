"""A provider that is not there when Purser starts, or goes away later."""

import pytest
from harness import settings as made
from harness.deadline import eventually
from harness.process import free_port
from harness.provider import METADATA, Provider, page
from harness.tokens import Issuer

QUICK = {"refetch-cool-down": "1s"}


@pytest.fixture(params=["url", "discovery"])
def source(request):
    """The issuer's settings for a provider on a port."""

    def settings(port):
        address = f"http://127.0.0.1:{port}"
        keys = "discovery" if request.param == "discovery" else f"{address}/jwks.json"
        return made.issuer(address, keys, **QUICK)

    return settings


def unavailable(answer):
    assert (answer.status, answer.json["code"]) == (503, "unavailable"), answer
    assert int(answer.header("Retry-After")) >= 1
    assert answer.header("WWW-Authenticate") is None, "a client would throw a good token away"
    return True


def test_started_without_its_provider_it_serves_the_others_and_recovers_by_itself(
    serve, started, tmp_path, login, sts, source
):
    port = free_port()
    absent = login.at(f"http://127.0.0.1:{port}")
    other = Issuer("https://other.example.test/", "other-key")
    both = made.settings(source(port), other.pinned(tmp_path / "purser-0"))
    purser = serve(both, sts, **made.OWN_KEYS)
    eventually(lambda: purser.log("keys not renewed", issuer=absent.url), "a line about the provider")
    assert purser.probe("/livez").status == 200
    assert purser.probe("/readyz").status == 503
    token = absent.token()
    unavailable(purser.credentials(token))
    assert purser.credentials(other.token()).status == 200
    assert purser.guest().status == 200
    assert purser.credentials(absent.token(iss="https://nobody.example.test/")).status == 401
    provider = started(Provider(absent.key_set, port=port))
    purser.ready()
    assert [request.method for request in provider.requests] == ["GET"] * provider.count
    assert purser.credentials(token).status == 200


def test_a_provider_that_dies_leaves_its_keys_in_use(serve, started, login, sts, source):
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
    # Inside the cool-down that began with the fetch at the start, an unknown kid is only noted.
    eventually(lambda: purser.credentials(rotated.token()).status == 503, "a kid that is undecided", every=0.1)
    unavailable(purser.credentials(rotated.token()))
    assert purser.told("keys not renewed", issuer=provider.issuer)[0]["level"] == "warning"
    assert purser.credentials(remembered).status == 200
    assert purser.credentials(mine.token("a-third-subject")).status == 200
    assert purser.probe("/readyz").status == 200, "it serves whoever has a known key"
    started(Provider(rotated.key_set, port=port))
    eventually(lambda: purser.credentials(rotated.token()).status == 200, "recovery", every=0.1)
    for gone in (remembered, mine.token()):
        assert purser.credentials(gone).status == 401


@pytest.mark.parametrize("path", ["", "/", "/tenant", "/tenant/"])
def test_an_issuer_with_a_path_is_discovered(serve, started, login, sts, path):
    provider = started(Provider(login.key_set, path))
    purser = serve(made.settings(made.issuer(provider.issuer, "discovery")), sts)
    purser.ready()
    assert purser.credentials(login.at(provider.issuer).token()).status == 200
    assert [request.path for request in provider.requests] == [path.rstrip("/") + METADATA, "/jwks.json"]


@pytest.mark.parametrize("path", ["", "/tenant"])
def test_an_authorization_server_is_discovered_by_its_own_metadata(serve, started, login, sts, path):
    provider = started(Provider(login.key_set, path))
    del provider.pages[path + METADATA]
    provider.pages["/.well-known/oauth-authorization-server" + path] = page(provider.metadata())
    purser = serve(made.settings(made.issuer(provider.issuer, "discovery")), sts)
    purser.ready()
    assert purser.credentials(login.at(provider.issuer).token()).status == 200
