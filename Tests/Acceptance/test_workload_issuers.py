# SPDX-License-Identifier: Apache-2.0
"""Tokens of workloads that sign in: AWS's outbound tokens, GitHub Actions, GitLab, Kubernetes service accounts.

The vectors have the claims that the issuers document, and requirements as docs/identity-providers.md shows them.
"""

import json
import random
import time
from pathlib import Path

import pytest
import yaml
from harness.command import run
from harness.settings import BROKER_KEYS, app, issuer, settings
from harness.signers import Signers
from harness.tokens import compact

VECTORS = json.loads((Path(__file__).parents[1] / "Vectors" / "issuers" / "workload_tokens.json").read_text())


@pytest.fixture(scope="module")
def signers():
    return Signers(random.Random(1))


@pytest.fixture(params=VECTORS)
def vector(request):
    return VECTORS[request.param]


def token(signers, vector, **changes):
    now = int(time.time())
    algorithm = vector["header"]["alg"]
    claims = {"iss": vector["issuer"], "iat": now, "nbf": now, "exp": now + 600} | vector["claims"] | changes
    header = vector["header"] | {"kid": f"key-{algorithm}"}
    return compact(header, claims, lambda message: signers.sign(algorithm, message))


def configured(directory, signers, vector, exchange="assume-role"):
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "keys.json").write_text(json.dumps(signers.key_set))
    users = app(vector["issuer"])
    users["signed-in"]["exchange"] = exchange
    made = issuer(vector["issuer"], "file:keys.json", algorithms=[vector["header"]["alg"]], require=vector["require"])
    return settings(made, apps={"shop": users})


def test_a_workload_gets_credentials_and_only_with_the_required_claims(serve, tmp_path, signers, sts, vector):
    purser = serve(configured(tmp_path / "purser-0", signers, vector), sts, **BROKER_KEYS)
    assert purser.credentials(token(signers, vector)).status == 200
    for changes in vector["violations"]:
        answer = purser.credentials(token(signers, vector, **changes))
        assert (answer.status, answer.json["code"]) == (401, "invalid_token"), changes
        assert purser.log_line_of(answer)["reason"] in ("claim_wrong", "claim_missing")
    answer = purser.credentials(token(signers, vector, aud="another"))
    assert purser.log_line_of(answer)["reason"] == "audience_wrong"


@pytest.mark.parametrize(("name", "noted"), [("aws", True), ("github", False)])
def test_check_reports_that_aws_refuses_its_own_outbound_tokens(tmp_path, signers, name, noted):
    for exchange, expected in (("web-identity", noted), ("assume-role", False)):
        made = configured(tmp_path, signers, VECTORS[name], exchange)
        (tmp_path / "purser.yaml").write_text(yaml.safe_dump(made))
        code, output = run(tmp_path, "check", "--config", "purser.yaml")
        assert code == 0, output
        assert ("GetWebIdentityToken" in output) == expected, output
