"""`purser explain`: why a token is refused, for an operator who has the token and the configuration."""

import json

import pytest
from harness.bad_tokens import BAD
from harness.command import run
from harness.ledger import Ledger
from harness.mistakes import GOOD
from harness.tokens import Issuer

# A word that must be in the explanation of each.
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
    (tmp_path / "purser.yaml").write_text(GOOD)

    def explain(token, app="shop"):
        code, output = run(tmp_path, "explain", "--config", "purser.yaml", "--app", app, stdin=token)
        ledger = Ledger()
        ledger.learn("a signature", token.strip().rsplit(".", 1)[-1])
        ledger.learn("a token", token.strip())
        ledger.check(output, "the explanation")
        return code, output.lower()

    return explain


def test_a_good_token_is_accepted(explain, login):
    code, output = explain(login.token())
    assert code == 0, output
    assert output.startswith("accepted")


def test_a_token_may_end_with_a_newline_as_pasted_ones_do(explain, login):
    assert explain(login.token() + "\n")[0] == 0


@pytest.mark.parametrize("name", WORDS)
def test_a_bad_token_gets_the_first_rule_that_it_breaks(explain, login, name):
    make, reason = BAD[name]
    code, output = explain(make(login))
    assert code == 1, output
    assert not output.startswith("accepted")
    assert reason in output and WORDS[name] in output


def test_an_app_that_is_not_there_is_said_so(explain, login):
    code, output = explain(login.token(), app="nobodys")
    assert code > 0, output
    assert "nobodys" in output


def test_no_token_at_all_is_not_accepted(explain):
    for nothing in ("", "\n"):
        assert explain(nothing)[0] == 1


def test_a_user_of_another_app_is_told_so(tmp_path, login):
    other = Issuer("https://other.example.test/", "other-key")
    (tmp_path / "login.jwks.json").write_text(json.dumps(login.key_set))
    (tmp_path / "other.json").write_text(json.dumps(other.key_set))
    config = tmp_path / "purser.yaml"
    more = "  - issuer: https://other.example.test/\n    audiences: [rum-web]\n    keys: file:other.json\n"
    config.write_text(GOOD.replace("cache:", more + "cache:", 1))
    code, output = run(tmp_path, "explain", "--config", config, "--app", "shop", stdin=other.token())
    assert code == 1
    assert "issuer" in output.lower()
