# SPDX-License-Identifier: Apache-2.0
"""The documents: their links resolve, the tests that they name exist, their snippets are valid."""

import pytest
import yaml
from harness import documents
from harness.command import run

THREATS = documents.ROOT / "docs" / "threat-model.md"
PROVIDERS = documents.ROOT / "docs" / "identity-providers.md"
SNIPPETS = documents.snippets(PROVIDERS, "yaml")
SECTIONS = [
    "Auth0",
    "Okta",
    "Microsoft Entra ID",
    "Keycloak",
    "Google",
    "Firebase",
    "Amazon Cognito user pools",
    "Cloudflare Access",
    "AWS outbound tokens",
    "GitHub Actions",
    "GitLab",
    "Kubernetes service accounts",
]


def around(snippet):
    """A complete configuration with a list of issuers and an app that trusts them all."""
    issuers = [issuer["issuer"] for issuer in yaml.safe_load(snippet)["issuers"]]
    return f"""\
listen: 127.0.0.1:0
aws: {{region: us-west-2, account: "123456789012"}}
{snippet}
apps:
  retail-demo-store:
    signed-in:
      monitor: {{name: RetailDemoStore_Authenticated, id: 11111111-2222-3333-4444-555555555555}}
      issuers: {issuers}
      exchange: web-identity
      role: arn:aws:iam::123456789012:role/RumSignedIn
"""


@pytest.mark.parametrize("document", documents.DOCUMENTS, ids=lambda it: str(it.relative_to(documents.ROOT)))
def test_every_relative_link_in_the_documents_resolves(document):
    for link in documents.links(document):
        path, _, anchor = link.partition("#")
        target = document.parent / path if path else document
        assert target.exists(), link
        assert not anchor or anchor in documents.anchors(target), link


@pytest.mark.parametrize(("suite", "title"), documents.swift_tests_named(THREATS))
def test_every_swift_test_named_in_the_threat_model_exists(suite, title):
    assert title in documents.swift_titles(suite)


@pytest.mark.parametrize(("file", "function"), documents.pytest_tests_named(THREATS))
def test_every_acceptance_test_named_in_the_threat_model_exists(file, function):
    assert function in documents.pytest_functions(file)


def test_every_suite_mentioned_in_the_threat_model_has_named_tests():
    """A mention in another form would not be checked."""
    text = documents.prose(THREATS)
    assert text.count('Tests`: "') == len(documents.suites_mentioned(THREATS)) > 20
    assert text.count(".py::test_") == len(documents.pytest_tests_named(THREATS)) > 20


@pytest.mark.parametrize("section", SECTIONS)
def test_every_documented_provider_has_a_snippet(section):
    assert section in [heading for heading, _ in SNIPPETS]


@pytest.mark.parametrize(("section", "snippet"), SNIPPETS, ids=[heading for heading, _ in SNIPPETS])
def test_every_documented_provider_snippet_passes_the_check(tmp_path, section, snippet):
    (tmp_path / "purser.yaml").write_text(around(snippet))
    code, output = run(tmp_path, "check", "--config", "purser.yaml")
    assert code == 0, output
