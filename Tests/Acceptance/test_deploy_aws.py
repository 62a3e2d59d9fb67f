# SPDX-License-Identifier: Apache-2.0
"""CloudFormation and Terraform: checked by their tools, and what `purser policy` prints plugs in unchanged."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import hcl2
import pytest
import yaml
from harness.command import run
from harness.documents import ROOT
from harness.settings import issuer, settings

ISSUER = "https://login.example.com/"
PURSER = "arn:aws:iam::123456789012:role/Purser"
FORMATION = ROOT / "deploy" / "cloudformation"
TERRAFORM = ROOT / "deploy" / "terraform"


class Loader(yaml.SafeLoader):
    """YAML with the short forms of functions: `!Ref X` becomes `{"!Ref": "X"}`."""


def _function(loader, suffix, node):
    kinds = {yaml.ScalarNode: loader.construct_scalar, yaml.SequenceNode: loader.construct_sequence}
    made = kinds[type(node)](node) if type(node) is yaml.ScalarNode else loader.construct_sequence(node, deep=True)
    return {f"!{suffix}": made}


Loader.add_multi_constructor("!", _function)


def template(name):
    return yaml.load((FORMATION / name).read_text(), Loader)  # noqa: S506 - a SafeLoader with functions as data


@pytest.fixture
def printed(tmp_path, login):
    """What `purser policy` prints, in one of its forms."""
    (tmp_path / "login.jwks.json").write_text(json.dumps(login.key_set))
    (tmp_path / "purser.yaml").write_text(yaml.safe_dump(settings(issuer(ISSUER, "file:login.jwks.json"))))

    def show(*arguments):
        code, output = run(
            tmp_path, "policy", "show", "--config", "purser.yaml", "--app", "shop", "--broker", PURSER, *arguments
        )
        assert code == 0, output
        return output

    return show


def lint(directory, *files):
    done = subprocess.run(
        # main.yaml names its nested templates by file, which `aws cloudformation package` uploads.
        [Path(sys.executable).with_name("cfn-lint"), "--ignore-checks", "W3002", "--", *files],
        cwd=directory,
        capture_output=True,
        timeout=120,
        check=False,
    )
    return done.returncode, (done.stdout + done.stderr).decode()


@pytest.fixture
def stack(tmp_path, printed):
    """The templates beside the printed one, as an operator has them."""
    directory = tmp_path / "stack"
    shutil.copytree(FORMATION, directory)
    (directory / "app.json").write_text(printed("--cloudformation"))
    return directory


def test_cfn_lint_accepts_the_templates_with_the_printed_one_beside_them(stack):
    code, output = lint(stack, "main.yaml", "service.yaml", "app.json")
    assert code == 0, output


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("HealthCheckPath", "HealthcheckPath"),
        ("!Ref TargetGroup}", "!Ref TargetGroups}"),
        ("NetworkMode: awsvpc", "NetworkMode: vpc"),
        ("LaunchType: FARGATE", "LaunchType: LAMBDA"),
    ],
)
def test_cfn_lint_rejects_a_mutated_template(stack, old, new):
    text = (stack / "service.yaml").read_text()
    assert old in text
    (stack / "service.yaml").write_text(text.replace(old, new))
    code, output = lint(stack, "service.yaml")
    assert code != 0, output


def test_the_nested_stacks_get_the_parameters_that_they_have_and_give_the_outputs_that_are_used(stack, printed):
    main, service = template("main.yaml"), template("service.yaml")
    nested = main["Resources"]["Service"]["Properties"]["Parameters"]
    required = {name for name, it in service["Parameters"].items() if "Default" not in it}
    assert required <= nested.keys() <= service["Parameters"].keys()
    outputs = {"Service": service["Outputs"], "App": json.loads(printed("--cloudformation"))["Outputs"]}
    used = re.findall(r"!GetAtt (\w+)\.Outputs\.(\w+)", (FORMATION / "main.yaml").read_text())
    assert len(used) == 3
    for name, output in used:
        assert output in outputs[name], f"{name}.{output}"


def broker_actions(document):
    return {action for it in document["Statement"] for action in _list(it["Action"])}


def _list(value):
    return value if isinstance(value, list) else [value]


def test_the_brokers_role_has_what_purser_prints_and_its_name_is_the_one_in_the_trust_policies(printed):
    resources = template("service.yaml")["Resources"]
    own = json.loads(printed())["purser"]["permission-policy"]
    allowed = resources["BrokerPolicy"]["Properties"]["PolicyDocument"]
    assert broker_actions(own) <= broker_actions(allowed)
    assert broker_actions(allowed) == {"sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"}
    assert [it["Resource"] for it in allowed["Statement"]] == [{"!Ref": "AssumedRoleArns"}]
    # The role of the tasks has no other policy.
    assert "Policies" not in resources["BrokerRole"]["Properties"].keys()
    assert "ManagedPolicyArns" not in resources["BrokerRole"]["Properties"].keys()
    name = template("service.yaml")["Parameters"]["BrokerRoleName"]["Default"]
    assert PURSER.endswith(f"role/{name}") and PURSER in printed("--cloudformation")


def test_the_task_runs_without_privileges_and_only_the_load_balancer_reaches_it():
    resources = template("service.yaml")["Resources"]
    [setup, purser] = resources["TaskDefinition"]["Properties"]["ContainerDefinitions"]
    assert (purser["User"], purser["ReadonlyRootFilesystem"]) == ("65532:65532", True)
    assert purser["LinuxParameters"] == {"Capabilities": {"Drop": ["ALL"]}}
    assert purser["MountPoints"][0]["ReadOnly"] is True
    assert "Secrets" not in purser and setup["Essential"] is False
    rules = resources["TaskGroup"]["Properties"]["SecurityGroupIngress"]
    assert {rule["FromPort"] for rule in rules} == {8080, 8081}
    assert all(rule["SourceSecurityGroupId"] == {"!Ref": "LoadBalancerGroup"} for rule in rules)
    # The load balancer's only listener forwards to the public port.
    listeners = [it for it in resources.values() if it["Type"].endswith("::Listener")]
    assert [it["Properties"]["Protocol"] for it in listeners] == ["HTTPS"]
    assert resources["TargetGroup"]["Properties"]["Port"] == 8080


def test_the_setup_container_writes_files_that_purser_accepts_and_others_cannot_read(tmp_path, printed):
    [setup, _] = template("service.yaml")["Resources"]["TaskDefinition"]["Properties"]["ContainerDefinitions"]
    code, output = run(tmp_path, "keys", "new", "--pseudonyms", "given.key")
    assert code == 0, output
    target = tmp_path / "etc"
    target.mkdir()
    script = setup["Command"][2].replace("/etc/purser", str(target)).replace("chown 65532:65532", "true")
    configuration = yaml.safe_load((tmp_path / "purser.yaml").read_text()) | {"pseudonyms": {"key": "pseudonyms.key"}}
    variables = {
        "CONFIGURATION": yaml.safe_dump(configuration),
        "PSEUDONYM_KEY": (tmp_path / "given.key").read_text().rstrip("\n"),
        "PATH": "/usr/bin:/bin",
    }
    assert {it["Name"] for it in setup["Secrets"]} == variables.keys() - {"PATH"}
    subprocess.run(["sh", "-ec", script], env=variables, check=True, timeout=30)
    shutil.copy(tmp_path / "login.jwks.json", target)
    assert {(target / name).stat().st_mode & 0o777 for name in ("purser.yaml", "pseudonyms.key")} == {0o600}
    code, output = run(target, "check", "--config", "purser.yaml")
    assert code == 0 and "pseudonyms: without a key" not in output, output


def module(directory):
    """Blocks of all files of a module: (kind, labels, body)."""
    blocks = []
    for file in sorted(directory.glob("*.tf")):
        for kind, entries in hcl2.loads(file.read_text()).items():
            if kind.startswith("__"):
                continue
            for entry in entries:
                blocks += _blocks(kind, entry)
    for file in directory.glob("*.tf.json"):
        for kind, entries in json.loads(file.read_text()).items():
            for label, body in entries.items():
                if kind in {"resource", "data"}:
                    blocks += [(kind, (label, name), it) for name, it in body.items()]
                else:
                    blocks.append((kind, (label,), body))
    return blocks


def _blocks(kind, entry):
    labels = {"resource": 2, "data": 2, "variable": 1, "output": 1, "module": 1, "provider": 1}.get(kind, 0)
    found = [((), entry)]
    for _ in range(labels):
        found = [((*path, name.strip('"')), body) for path, inner in found for name, body in inner.items()]
    return [(kind, path, body) for path, body in found]


def declared(blocks, kind):
    return {".".join(labels): body for found, labels, body in blocks if found == kind}


def references(directory, pattern):
    text = "\n".join(file.read_text() for file in directory.glob("*.tf"))
    # Comments name no variables.
    return set(re.findall(pattern, re.sub(r"(?m)^\s*#.*$", "", text)))


@pytest.mark.parametrize("name", ["purser", "example"])
def test_each_reference_in_terraform_has_its_declaration_and_each_variable_is_used(name):
    directory = TERRAFORM / name
    blocks = module(directory)
    assert references(directory, r"\bvar\.(\w+)") == declared(blocks, "variable").keys()
    assert references(directory, r"(?<![.\w])(aws_\w+\.\w+)\b") <= declared(blocks, "resource").keys()
    assert references(directory, r"\bdata\.(\w+\.\w+)") == declared(blocks, "data").keys()
    local = {key for kind, _, body in blocks if kind == "locals" for key in body if not key.startswith("__")}
    assert references(directory, r"\blocal\.(\w+)") == local


def test_the_printed_module_plugs_into_the_example(tmp_path, printed):
    example = tmp_path / "terraform" / "example"
    shutil.copytree(TERRAFORM, example.parent)
    (example / "app").mkdir()
    (example / "app" / "main.tf.json").write_text(printed("--terraform"))
    modules = declared(module(example), "module")
    assert modules.keys() == {"purser", "app"}
    for name, body in modules.items():
        source = example / body["source"].strip('"')
        inner = module(source)
        given = {key for key in body if not key.startswith("__")} - {"source", "depends_on", "providers"}
        variables = declared(inner, "variable")
        required = {key for key, it in variables.items() if "default" not in it}
        assert required <= given <= variables.keys(), name
        used = references(example, rf"\bmodule\.{name}\.(\w+)")
        assert used and used <= declared(inner, "output").keys(), name
    # The printed module needs no provider that the example does not configure.
    needed = json.loads(printed("--terraform"))["terraform"]["required_providers"]
    assert needed.keys() == declared(module(example), "provider").keys()


def test_both_templates_describe_the_same_service():
    service = (FORMATION / "service.yaml").read_text()
    terraform = "\n".join(file.read_text() for file in (TERRAFORM / "purser").glob("*.tf"))
    alarms = template("service.yaml")["Resources"]
    patterns = [it["Properties"]["FilterPattern"] for it in alarms.values() if it["Type"].endswith("MetricFilter")]
    assert len(patterns) == 6
    for pattern in patterns:
        assert json.dumps(pattern) in terraform
    names = {name.removesuffix("Alarm") for name, it in alarms.items() if it["Type"].endswith("::Alarm")}
    assert len(names) == 11
    for name in names:
        assert re.search(rf"(?m)^    {name} += ", terraform), name
    for line in ("ELBSecurityPolicy-TLS13-1-2-2021-06", "/readyz", "65532:65532", "strictest", "blocking"):
        assert line in service and line in terraform, line


def test_the_alarms_count_lines_that_purser_writes():
    sources = "\n".join(file.read_text() for file in (ROOT / "Sources").rglob("*.swift"))
    messages = re.findall(r'\$\.(?:message|code) = "([^"]+)"', (FORMATION / "service.yaml").read_text())
    assert len(set(messages)) > 7
    for message in messages:
        assert f'"{message}"' in sources, message
