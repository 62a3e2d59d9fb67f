"""/openapi.json: a good OpenAPI document, what it says is what is answered, and docs/http-api.md says the same."""

import json
import re

import jsonschema_rs
import pytest
from harness import api_tester, documents, sandbox
from harness.settings import OWN_KEYS, app
from harness.web import fetch
from harness.wire import WireServer, reply

APP = "retail-demo-store"
APPS, FILES, ISSUER, ADMIN = "v1/", "rum-|openapi", "[.]well-known/", "livez|readyz|metrics"
# Where a token makes a difference.
USERS = "v1/apps/.app./(credentials|appmonitors)"


class DataPlane(WireServer):
    def handle(self, request, handler):
        reply(handler, 200, b"{}", [("Content-Type", "application/json")])


@pytest.fixture
def purser(broker, login, started):
    events = {"AWS_ENDPOINT_URL_RUM": started(DataPlane()).url}
    return broker(keys=OWN_KEYS | events, apps={APP: app(login.url)})


def described(purser):
    return purser.url() + "/openapi.json"


@pytest.mark.parametrize("who", ["nobody", "a user", "somebody with a bad token"])
def test_every_answer_to_whatever_may_be_asked_is_described(purser, login, tmp_path, who):
    token = {"nobody": None, "a user": login.token(), "somebody with a bad token": "not.a.token"}[who]
    paths = USERS if token else f"{APPS}|{FILES}"
    report = api_tester.run(
        tmp_path / "run", described(purser), purser.url(), paths=paths, token=token, app=APP,
        checks=["not_a_server_error"],
    )  # fmt: skip
    report.check(at_least=50)
    print(f"{who}: {report.cases} cases")


def test_so_are_those_to_apps_that_are_not_there_and_those_of_the_admin_listener(purser, tmp_path):
    report = api_tester.run(tmp_path / "apps", described(purser), purser.url(), paths=APPS, examples=3)
    report.check(at_least=50)
    admin = api_tester.run(tmp_path / "admin", described(purser), purser.url("admin"), paths=ADMIN)
    admin.check(at_least=20)
    print(f"other apps: {report.cases} cases; admin: {admin.cases} cases")


def test_so_are_those_of_the_sandboxs_broker(started, tmp_path):
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


def test_every_example_is_what_its_schema_says(document):
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


def test_the_prose_names_the_same_addresses(document):
    told = set(re.findall(r"`(GET|POST) (/[^`\s?,]*)`?", PROSE.read_text()))
    files = re.findall(r"`(/rum-credentials[^`\s]*)`", PROSE.read_text())
    told |= {("GET", path.replace("-1.0.0", "-{version}")) for path in files}
    described = {(method, path) for path, method, _ in operations(document) if method in ("GET", "POST")}
    assert told == described


def test_the_prose_names_the_same_codes_with_their_statuses(document):
    told, described = set(), set()
    for line in PROSE.read_text().splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) > 3 and re.fullmatch(r"\d{3}(, \d{3})*", cells[1]):
            statuses, codes = cells[1].split(", "), re.findall(r"`([A-Za-z_]+)`", cells[2])
            told |= {*zip(statuses, codes)} if len(statuses) > 1 else {(cells[1], code) for code in codes}
    for _, content in contents(document):
        for code, example in content.get("examples", {}).items():
            value = example["value"]
            if isinstance(value, dict) and "status" in value:
                described.add((str(value["status"]), code))
    for _, method, operation in operations(document):
        for status, response in operation["responses"].items():
            for code in resolved(document, response).get("content", {}).get("text/xml", {}).get("examples", {}):
                described.add((status, code))
    assert told == described
    assert json.dumps(document)  # it is what was served
