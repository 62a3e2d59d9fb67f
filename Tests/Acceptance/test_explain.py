# SPDX-License-Identifier: Apache-2.0
"""`purser explain`: reports why a token is rejected, from the token and the configuration."""

import json

import pytest
from harness.bad_tokens import BAD
from harness.command import run
from harness.invalid_configuration import VALID
from harness.secret_scanner import SecretScanner
from harness.tokens import Issuer

# A word that the explanation of each must contain.
WORDS = {
    "garbage": "part",
    "20 KB": "byte",
    "forged signature": "signature",
    "alg none": "alg",
    "HS256 with the public key": "alg",
    "crit": "crit",
    "unknown kid": "kid",
    "expired": "exp",
    "not yet valid": "valid",
    "wrong issuer": "iss",
    "wrong audience": "aud",
    "missing exp": "exp",
    "duplicate sub": "",
    "no subject": "sub",
}


@pytest.fixture
def explain(tmp_path, login):
    (tmp_path / "login.jwks.json").write_text(json.dumps(login.key_set))
    (tmp_path / "purser.yaml").write_text(VALID)

    def explain(token, app="shop"):
        code, output = run(tmp_path, "explain", "--config", "purser.yaml", "--app", app, stdin=token)
        scanner = SecretScanner()
        scanner.add("a signature", token.strip().rsplit(".", 1)[-1])
        scanner.add("a token", token.strip())
        scanner.check(output, "the explanation")
        return code, output.lower()

    return explain


def test_explain_accepts_a_valid_token(explain, login):
    code, output = explain(login.token())
    assert code == 0, output
    assert output.startswith("accepted")


def test_explain_accepts_a_token_with_a_trailing_newline(explain, login):
    assert explain(login.token() + "\n")[0] == 0


@pytest.mark.parametrize("name", WORDS)
def test_explain_reports_the_first_rule_that_a_token_breaks(explain, login, name):
    make, reason = BAD[name]
    code, output = explain(make(login))
    assert code == 1, output
    assert not output.startswith("accepted")
    assert reason in output and WORDS[name] in output


def test_explain_reports_an_unknown_app(explain, login):
    code, output = explain(login.token(), app="nobodys")
    assert code > 0, output
    assert "nobodys" in output


def test_explain_rejects_empty_input(explain):
    for nothing in ("", "\n"):
        assert explain(nothing)[0] == 1


def test_explain_reports_a_token_of_another_apps_issuer(tmp_path, login):
    other = Issuer("https://other.example.test/", "other-key")
    (tmp_path / "login.jwks.json").write_text(json.dumps(login.key_set))
    (tmp_path / "other.json").write_text(json.dumps(other.key_set))
    config = tmp_path / "purser.yaml"
    more = "  - issuer: https://other.example.test/\n    audiences: [rum-web]\n    keys: file:other.json\n"
    config.write_text(VALID.replace("cache:", more + "cache:", 1))
    code, output = run(tmp_path, "explain", "--config", config, "--app", "shop", stdin=other.token())
    assert code == 1
    assert "issuer" in output.lower()
