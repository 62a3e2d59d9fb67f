# SPDX-License-Identifier: Apache-2.0
"""`purser explain`: reports why a token is rejected, from the token and the configuration."""

import json
import time

import pytest
import yaml
from harness.bad_tokens import BAD
from harness.command import run
from harness.invalid_configuration import VALID
from harness.provider import Provider
from harness.secret_scanner import SecretScanner
from harness.settings import issuer, settings
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


def test_explain_contacts_only_the_issuer_of_the_token(tmp_path, started, login):
    providers = [started(Provider(login.key_set)) for _ in range(3)]
    first, second, third = (login.at(provider.issuer) for provider in providers)
    made = settings(*(issuer(one.url, "discovery") for one in (first, second, third)))
    (tmp_path / "purser.yaml").write_text(yaml.safe_dump(made))
    arguments = ("explain", "--config", "purser.yaml", "--app", "shop")

    code, output = run(tmp_path, *arguments, stdin=second.token())
    assert code == 0, output
    assert [provider.count for provider in providers] == [0, 2, 0]
    for unknown in (login.token(), "not-a-token", second.token().rsplit(".", 1)[0]):
        code, output = run(tmp_path, *arguments, stdin=unknown)
        assert code == 1, output
    assert [provider.count for provider in providers] == [0, 2, 0]


def test_explain_reports_an_unknown_key_after_one_fetch(tmp_path, started, login):
    provider = started(Provider(login.key_set))
    mine = login.at(provider.issuer)
    (tmp_path / "purser.yaml").write_text(yaml.safe_dump(settings(issuer(provider.issuer, provider.key_set_url))))
    arguments = ("explain", "--config", "purser.yaml", "--app", "shop")
    code, output = run(tmp_path, *arguments, stdin=mine.token(header=mine.header(kid="nobodys-key")))
    # Standard error, with the log line of the fetch, may come later.
    assert code == 1 and any(line.startswith("refused: key_unknown: ") for line in output.splitlines()), output
    assert len(provider.fetches()) == 1


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda token: token.rsplit(".", 1)[0], "two parts, which lacks the signature"),
        (lambda token: token + ".e30.e30", "five parts: it is encrypted (JWE"),
        (lambda token: json.dumps({"access_token": token, "token_type": "Bearer"}), "a whole JSON response"),
        (lambda token: json.dumps({"access_token": token}), "Give only the value of access_token"),
        (lambda token: json.dumps({"id_token": token, "access_token": "x"}), "id_token or access_token"),
        (lambda token: json.dumps(token), "in quotation marks"),
        (lambda token: json.dumps({"iss": "x", "sub": "y"}), "the decoded claims of a token"),
    ],
)
def test_explain_names_what_is_no_token(explain, login, make, words):
    code, output = explain(make(login.token()))
    assert code == 1
    assert output.startswith("refused: not_compact_form: this is ") and words.lower() in output


def test_explain_names_the_setting_that_matters(explain, login):
    for claims, setting in (({"exp": int(time.time()) + 90_000}, "maximum-lifetime"), ({"aud": "other"}, "audiences")):
        code, output = explain(login.token(**claims))
        assert code == 1 and f"`{setting}`" in output, output
