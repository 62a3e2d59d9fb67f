# SPDX-License-Identifier: Apache-2.0
"""Responses of STS, or of a man in the middle, that try to divert Purser to other hosts."""

import pytest
from harness import sts_responses
from harness.fake_sts import FakeSTS
from harness.settings import BROKER_KEYS


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_of_sts_are_not_followed(broker, login, sts, started, status):
    elsewhere = started(FakeSTS())
    sts.otherwise = sts_responses.redirect(status, elsewhere.url)
    assert broker().credentials(login.token()).status in (502, 503)
    assert elsewhere.count == 0


def test_external_xml_entities_are_not_fetched(broker, login, sts, started):
    elsewhere = started(FakeSTS())
    sts.otherwise = sts_responses.content(
        200,
        f"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "{elsewhere.url}/e">]>
<AssumeRoleWithWebIdentityResponse>&e;</AssumeRoleWithWebIdentityResponse>""",
    )
    assert broker().credentials(login.token()).status == 503
    assert elsewhere.count == 0


def test_proxy_variables_are_ignored(broker, login, sts, started):
    elsewhere = started(FakeSTS())
    names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
    purser = broker(keys={**BROKER_KEYS, **dict.fromkeys(names, elsewhere.url)})
    assert purser.credentials(login.token()).status == 200
    assert sts.count == 1
    assert elsewhere.count == 0
