"""Answers of STS, or of whoever sits in between, that try to lead Purser elsewhere."""

import pytest
from harness import sts_answers as says
from harness.fake_sts import FakeSTS
from harness.settings import OWN_KEYS


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_takes_a_token_elsewhere(broker, login, sts, started, status):
    elsewhere = started(FakeSTS())
    sts.otherwise = says.redirect(status, elsewhere.url)
    assert broker().credentials(login.token()).status in (502, 503)
    assert elsewhere.count == 0


def test_external_entities_are_not_fetched(broker, login, sts, started):
    elsewhere = started(FakeSTS())
    sts.otherwise = says.content(
        200,
        f"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "{elsewhere.url}/e">]>
<AssumeRoleWithWebIdentityResponse>&e;</AssumeRoleWithWebIdentityResponse>""",
    )
    assert broker().credentials(login.token()).status == 503
    assert elsewhere.count == 0


def test_no_proxy_variable_diverts_calls(broker, login, sts, started):
    elsewhere = started(FakeSTS())
    names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
    purser = broker(keys={**OWN_KEYS, **dict.fromkeys(names, elsewhere.url)})
    assert purser.credentials(login.token()).status == 200
    assert sts.count == 1
    assert elsewhere.count == 0
