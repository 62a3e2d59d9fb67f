"""Answers of STS, or of whoever sits in between, that try to lead Purser elsewhere."""

import pytest
from harness import sts_answers as says
from harness.fake_sts import FakeSTS


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
