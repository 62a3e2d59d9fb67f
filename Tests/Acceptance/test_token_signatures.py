# SPDX-License-Identifier: Apache-2.0
"""Tokens signed with PS* or EdDSA: valid, but of no use with exchanges that hand them to AWS, which refuses them."""

import json
import random
import time

import pytest
import yaml
from harness.command import run
from harness.settings import APP, AUDIENCE, BROKER_KEYS, app, issuer, settings
from harness.signers import Signers
from harness.tokens import compact

URL = "https://login.example.test/"
POOL = "us-west-2:11111111-2222-3333-4444-555555555555"


@pytest.fixture(scope="module")
def signers():
    return Signers(random.Random(1))


def token(signers, algorithm):
    now = int(time.time())
    claims = {"iss": URL, "aud": AUDIENCE, "sub": "a-subject", "iat": now, "exp": now + 3600}
    header = {"alg": algorithm, "kid": f"key-{algorithm}"}
    return compact(header, claims, lambda message: signers.sign(algorithm, message))


def configured(directory, signers, **signed_in):
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "keys.json").write_text(json.dumps(signers.key_set))
    shop = app(URL)
    shop["signed-in"] = shop["signed-in"] | signed_in
    return settings(issuer(URL, "file:keys.json"), apps={APP: shop})


@pytest.mark.parametrize("algorithm", ["PS256", "PS512", "EdDSA"])
def test_a_token_that_aws_would_refuse_is_refused_before_aws_is_asked(serve, tmp_path, signers, sts, algorithm):
    purser = serve(configured(tmp_path / "purser-0", signers), sts)
    answer = purser.credentials(token(signers, algorithm))
    assert (answer.status, answer.json["code"]) == (502, "aws_refused")
    line = purser.log_line_of(answer)
    assert line["reason"] == "exchange_refused" and algorithm in line["detail"]
    assert sts.count == 0
    assert purser.credentials(token(signers, "RS256")).status == 200
    assert sts.count == 1


def test_exchanges_that_keep_the_token_accept_every_algorithm(serve, tmp_path, signers, sts):
    purser = serve(configured(tmp_path / "purser-0", signers, exchange="assume-role"), sts, **BROKER_KEYS)
    for algorithm in ("PS256", "EdDSA", "ES384"):
        assert purser.credentials(token(signers, algorithm)).status == 200


@pytest.fixture
def check(tmp_path, signers):
    def check(change=lambda made: None, **signed_in):
        made = configured(tmp_path, signers, **signed_in)
        change(made)
        (tmp_path / "purser.yaml").write_text(yaml.safe_dump(made))
        return run(tmp_path, "check", "--config", "purser.yaml")

    return check


def allowing(*algorithms):
    return lambda made: made["issuers"][0].update({"algorithms": list(algorithms)})


COGNITO = {"exchange": "cognito", "identity-pool": POOL}


@pytest.mark.parametrize("signed_in", [{}, COGNITO], ids=["web-identity", "cognito"])
def test_check_reports_algorithms_that_aws_does_not_accept(check, signed_in):
    note = f"note: apps.{APP}.signed-in: exchange {signed_in.get('exchange', 'web-identity')}: tokens of {URL}"
    for change in (lambda made: None, allowing("RS256", "PS256"), allowing("ES256", "EdDSA")):
        code, output = check(change, **signed_in)
        assert code == 0 and note in output, output
    code, output = check(allowing("RS256", "ES256"), **signed_in)
    assert code == 0 and note not in output
    code, output = check(allowing("PS256", "EdDSA"), **signed_in)
    assert code == 1 and "expected an issuer that signs with RS* or ES*" in output


def test_check_reports_nothing_where_no_token_goes_to_aws_or_no_pinned_key_signs_so(check, tmp_path, login):
    assert "PS*" not in check(exchange="assume-role")[1]

    def pin(made):
        (tmp_path / "keys.json").write_text(json.dumps(login.key_set))

    assert "PS*" not in check(pin)[1], "the only key is for RS256"


def test_explain_reports_that_aws_refuses_the_token(tmp_path, signers):
    made = configured(tmp_path, signers)
    (tmp_path / "purser.yaml").write_text(yaml.safe_dump(made))
    arguments = ("explain", "--config", "purser.yaml", "--app", APP)
    code, output = run(tmp_path, *arguments, stdin=token(signers, "PS256"))
    assert code == 1 and "PS256" in output and output.startswith("refused: ")
    assert run(tmp_path, *arguments, stdin=token(signers, "RS256"))[0] == 0
