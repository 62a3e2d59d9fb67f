# SPDX-License-Identifier: Apache-2.0
"""A key set with invalid keys besides a valid one."""

import pytest
from harness import settings as made
from harness.bad_keys import BAD_EC, BAD_RSA, bad_keys
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


def test_each_invalid_key_of_a_set_is_logged_and_the_valid_one_is_used(purser):
    purser, login = purser
    assert purser.credentials(login.token()).status == 200
    count = len(BAD_RSA) + len(BAD_EC)
    purser.await_log("key skipped", at_least=count)
    lines = purser.complete_log("key skipped")
    unnamed = [name for name in [*BAD_RSA, *BAD_EC] if not any(f'"{name}"' in line["key"] for line in lines)]
    assert not unnamed
    assert len(lines) == count


def test_a_token_that_names_an_invalid_key_is_rejected(purser):
    purser, login = purser
    for name in BAD_RSA:
        answer = purser.credentials(login.token(header=login.header(kid=name)))
        assert (answer.status, purser.log_line_of(answer)["reason"]) == (401, "key_unknown")
