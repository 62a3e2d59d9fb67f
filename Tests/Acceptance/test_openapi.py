# SPDX-License-Identifier: Apache-2.0
"""/openapi.json is a valid OpenAPI document; responses match it, and docs/http-api.md has the same content."""

import json
import re

import jsonschema_rs
import pytest
from harness import api_tester, documents, sandbox
from harness.recording_server import RecordingServer, reply
from harness.settings import BROKER_KEYS, app
from harness.web import fetch

APP = "retail-demo-store"
APPS, FILES, ISSUER, ADMIN = "v1/", "rum-|openapi", "[.]well-known/", "livez|readyz|startupz|metrics"
# Paths whose responses depend on the token.
USERS = "v1/apps/.app./(credentials|appmonitors)"


class DataPlane(RecordingServer):
    def handle(self, request, handler):
        reply(handler, 200, b"{}", [("Content-Type", "application/json")])


@pytest.fixture
def purser(broker, login, started):
    events = {"AWS_ENDPOINT_URL_RUM": started(DataPlane()).url}
    return broker(keys=BROKER_KEYS | events, apps={APP: app(login.url)})


def described(purser):
    return purser.url() + "/openapi.json"


@pytest.mark.parametrize("caller", ["no token", "user token", "invalid token"])
def test_every_response_matches_the_openapi_description(purser, login, tmp_path, caller):
    token = {"no token": None, "user token": login.token(), "invalid token": "not.a.token"}[caller]
    paths = USERS if token else f"{APPS}|{FILES}"
    report = api_tester.run(
        tmp_path / "run", described(purser), purser.url(), paths=paths, token=token, app=APP,
        checks=["not_a_server_error"],
    )  # fmt: skip
    report.check(at_least=50)
    print(f"{caller}: {report.cases} cases")


def test_responses_for_unknown_apps_and_the_admin_listener_match_the_openapi_description(purser, tmp_path):
    report = api_tester.run(tmp_path / "apps", described(purser), purser.url(), paths=APPS, examples=3)
    report.check(at_least=50)
    admin = api_tester.run(tmp_path / "admin", described(purser), purser.url("admin"), paths=ADMIN)
    admin.check(at_least=20)
    print(f"other apps: {report.cases} cases; admin: {admin.cases} cases")


def test_responses_of_the_sandbox_broker_match_the_openapi_description(started, tmp_path):
    dev = started(sandbox.Sandbox(tmp_path / "dev"))
    dev.ready()
    token = dev.sign_in("alice")
    report = api_tester.run(
        tmp_path / "run", described(dev), dev.url(), paths=f"{APPS}|{ISSUER}", token=token, app=sandbox.APP,
        checks=["not_a_server_error"], examples=3,
    )  # fmt: skip
    report.check(at_least=50)
    print(f"purser dev: {report.cases} cases")


@pytest.fixture
def document(purser):
    answer = fetch(described(purser))
    assert answer.status == 200 and answer.header("Content-Type") == "application/json"
    assert answer.header("Access-Control-Allow-Origin") == "*"
    return answer.json


def resolved(document, node):
    while isinstance(node, dict) and "$ref" in node:
        _, first, *rest = node["$ref"].split("/")
        node = document[first]
        for name in rest:
            node = node[name]
    return node


def operations(document):
    methods = ("get", "head", "post", "options")
    for path, item in document["paths"].items():
        for method, operation in resolved(document, item).items():
            if method in methods:
                yield path, method.upper(), operation


def contents(document):
    for path, method, operation in operations(document):
        for status, response in operation["responses"].items():
            for media, content in resolved(document, response).get("content", {}).items():
                yield f"{method} {path} {status} {media}", content


def test_every_openapi_example_matches_its_schema(document):
    count = 0
    for where, content in contents(document):
        examples = [each["value"] for each in content.get("examples", {}).values()]
        examples += [content["example"]] if "example" in content else []
        schema = {"components": document["components"], "allOf": [content["schema"]]}
        validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
        for example in examples:
            errors = [error.message for error in validator.iter_errors(example)]
            assert not errors, f"{where}: {errors}"
            count += 1
    assert count > 100
    assert document["openapi"] == "3.1.0"
    for path, method, operation in operations(document):
        shared = resolved(document, document["paths"][path]).get("parameters", [])
        parameters = [*shared, *operation.get("parameters", [])]
        names = {each["name"] for each in (resolved(document, one) for one in parameters) if each["in"] == "path"}
        assert names == set(re.findall(r"{(\w+)}", path)), f"{method} {path}"
    identifiers = [each["operationId"] for *_, each in operations(document) if "operationId" in each]
    assert len(identifiers) == len(set(identifiers))


PROSE = documents.ROOT / "docs" / "http-api.md"


def test_http_api_md_lists_the_same_paths_as_the_openapi_description(document):
    named = set(re.findall(r"`(GET|POST) (/[^`\s?,]*)`?", PROSE.read_text()))
    files = re.findall(r"`(/rum-credentials[^`\s]*)`", PROSE.read_text())
    named |= {("GET", re.sub(r"-\d+\.\d+\.\d+", "-{version}", path)) for path in files}
    described = {(method, path) for path, method, _ in operations(document) if method in ("GET", "POST")}
    assert named == described


def test_http_api_md_lists_the_same_codes_and_statuses_as_the_openapi_description(document):
    named, described = set(), set()
    for line in PROSE.read_text().splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) > 3 and re.fullmatch(r"\d{3}(, \d{3})*", cells[1]):
            statuses, codes = cells[1].split(", "), re.findall(r"`([A-Za-z_]+)`", cells[2])
            named |= {*zip(statuses, codes)} if len(statuses) > 1 else {(cells[1], code) for code in codes}
    for _, content in contents(document):
        for code, example in content.get("examples", {}).items():
            value = example["value"]
            if isinstance(value, dict) and "status" in value:
                described.add((str(value["status"]), code))
    for _, method, operation in operations(document):
        for status, response in operation["responses"].items():
            for code in resolved(document, response).get("content", {}).get("text/xml", {}).get("examples", {}):
                described.add((status, code))
    assert named == described
    assert json.dumps(document)
