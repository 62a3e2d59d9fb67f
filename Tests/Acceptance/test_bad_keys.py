"""A set that holds bad keys besides a good one."""

import pytest
from harness import settings as made
from harness.bad_keys import BAD_EC, BAD_RSA, bad_keys
from harness.deadline import eventually
from harness.elliptic import EllipticIssuer
from harness.provider import Provider


@pytest.fixture(params=["url", "discovery"])
def purser(request, serve, started, login, sts):
    [rsa], [ec] = login.key_set["keys"], EllipticIssuer().key_set["keys"]
    provider = started(Provider({"keys": [*bad_keys(rsa, ec), rsa]}))
    keys = "discovery" if request.param == "discovery" else provider.key_set_url
    purser = serve(made.settings(made.issuer(provider.issuer, keys)), sts)
    purser.ready()
    return purser, login.at(provider.issuer)


def test_each_bad_key_is_named_and_the_good_one_serves(purser):
    purser, login = purser
    assert purser.credentials(login.token()).status == 200
    count = len(BAD_RSA) + len(BAD_EC)
    lines = eventually(lambda: len(lines := purser.log("key skipped")) >= count and lines, f"{count} lines")
    unnamed = [name for name in [*BAD_RSA, *BAD_EC] if not any(f'"{name}"' in line["key"] for line in lines)]
    assert not unnamed
    assert len(lines) == count


def test_no_token_names_a_bad_key_with_success(purser):
    purser, login = purser
    for name in BAD_RSA:
        answer = purser.credentials(login.token(header=login.header(kid=name)))
        assert (answer.status, purser.answered(answer)["reason"]) == (401, "key_unknown")
