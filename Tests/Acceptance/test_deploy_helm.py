# SPDX-License-Identifier: Apache-2.0
"""The Helm chart: rendered over a matrix of values, held to the schemas of Kubernetes, its configuration to `check`."""

import copy
import itertools
import re

import helm_python
import kubernetes_validate
import pytest
import yaml
from harness import helm
from harness.command import run

NAME = "rum-purser"
ROLE = "arn:aws:iam::123456789012:role/Purser"
EXTERNAL = {"external": {"enabled": True, "store": {"name": "vault"}, "files": {"pseudonyms.key": "purser/pseudonyms"}}}
EVERYTHING = {
    "podAnnotations": {"a": "b"},
    "podLabels": {"team": "web"},
    "nodeSelector": {"kubernetes.io/arch": "arm64"},
    "tolerations": [{"key": "spot", "operator": "Exists"}],
    "affinity": {"nodeAffinity": {}},
    "priorityClassName": "high",
    "imagePullSecrets": [{"name": "registry"}],
    "env": [{"name": "AWS_USE_FIPS_ENDPOINT", "value": "true"}],
    "state": {"enabled": True},
    "service": {"annotations": {"c": "d"}},
    "configFiles": {"denied.txt": "# nobody\n"},
    "networkPolicy": {"extraEgress": [{"to": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]}]},
    "serviceMonitor": {"labels": {"release": "prometheus"}},
    "prometheusRule": {"labels": {"release": "prometheus"}, "runbookBase": "https://docs.example.com/"},
}
# Each axis has the values of an operator's decision; the matrix is their product.
AXES = {
    "secret": [{}, {"existingSecret": "keys"}, EXTERNAL],
    "serviceAccount": [{}, {"roleArn": ROLE, "annotations": {"a": "b"}}, {"create": False}],
    "podIdentity": [{"enabled": False}, {"enabled": True}],
    "autoscaling": [{"enabled": False}, {"enabled": True}],
    "ingress": [{"enabled": False}, {"enabled": True, "hosts": ["rum.example.com"], "tls": [{"secretName": "tls"}]}],
    "httpRoute": [{"enabled": False}, {"enabled": True, "parentRefs": [{"name": "gateway"}], "hostnames": ["a.b.com"]}],
    "serviceMonitor": [{"enabled": False}, {"enabled": True}],
    "prometheusRule": [{"enabled": False}, {"enabled": True}],
    "podDisruptionBudget": [{"enabled": True}, {"enabled": False}],
    "networkPolicy": [{"enabled": True}, {"enabled": False}, {"adminFrom": [], "publicFrom": [{"podSelector": {}}]}],
}


def deployment(values=None, base=helm.BASE):
    return helm.render(values, base)["Deployment", NAME]["spec"]


def pod(values=None, base=helm.BASE):
    return deployment(values, base)["template"]["spec"]


def matrix():
    """Every pair of values of two axes, with everything else at its default, once more with every other value."""
    for (one, these), (other, those) in itertools.combinations(AXES.items(), 2):
        for this, that in itertools.product(these, those):
            yield {one: this, other: that}
    yield helm.merged({name: values[-1] for name, values in AXES.items()}, EVERYTHING)
    yield helm.merged({name: values[1] for name, values in AXES.items()}, EVERYTHING)


def test_every_combination_of_values_renders_to_what_kubernetes_accepts():
    seen = {}
    for values in matrix():
        for (kind, _), manifest in helm.render(values).items():
            seen.setdefault(kind, {})[repr(manifest)] = manifest
    for manifest in itertools.chain.from_iterable(of.values() for of in seen.values()):
        helm.judge(manifest)
    assert seen.keys() == {
        *("ConfigMap", "Deployment", "ExternalSecret", "HTTPRoute", "HorizontalPodAutoscaler", "Ingress"),
        *("NetworkPolicy", "PodDisruptionBudget", "PrometheusRule", "Service", "ServiceAccount", "ServiceMonitor"),
    }


def everything():
    values = {name: values[1] for name, values in AXES.items()} | {"secret": EXTERNAL}
    return helm.render(helm.merged(values, EVERYTHING))


NATIVE = [key for key in everything() if key[0] not in {kind for _, kind in helm.CUSTOM}]


@pytest.mark.parametrize("key", NATIVE, ids="-".join)
def test_a_manifest_with_a_misspelt_a_missing_or_a_wrong_field_is_rejected(key):
    manifest = everything()[key]
    helm.judge(manifest)
    body = "data" if key[0] == "ConfigMap" else "spec" if "spec" in manifest else "metadata"
    for mutate in (
        lambda m: m.update({"extra": 1}),
        lambda m: m.update({body: "text"}),
        lambda m: m["metadata"].update({"label": {}}),
        lambda m: m["metadata"].update({"name": ["a"]}),
    ):
        mutant = copy.deepcopy(manifest)
        mutate(mutant)
        with pytest.raises(kubernetes_validate.ValidationError):
            helm.judge(mutant)


@pytest.mark.parametrize("kind", [kind for _, kind in helm.CUSTOM])
def test_an_unknown_field_of_a_custom_resource_is_rejected(kind):
    [manifest] = [manifest for (found, _), manifest in everything().items() if found == kind]
    manifest["spec"]["endpoint"] = []
    with pytest.raises(ValueError, match="endpoint"):
        helm.judge(manifest)


@pytest.mark.parametrize(
    ("field", "value"),
    [("readOnlyRootFileSystem", True), ("livenesProbe", {}), ("ports", [{"port": 1}]), ("image", 5)],
)
def test_a_container_with_a_wrong_field_is_rejected(field, value):
    manifest = helm.render()["Deployment", NAME]
    manifest["spec"]["template"]["spec"]["containers"][0][field] = value
    with pytest.raises(kubernetes_validate.ValidationError):
        helm.judge(manifest)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"replicas": 2}, "replicas"),
        ({"image": {"name": "x"}}, "name"),
        ({"secret": {"external": {"enable": True}}}, "enable"),
        ({"ports": {"public": 80}}, "1,024"),
        ({"ports": {"public": 8081}}, "must differ"),
        ({"image": {"digest": "sha256:12"}}, "digest"),
        ({"image": {"repository": ""}}, "image.repository is required"),
        ({"serviceAccount": {"roleArn": "Purser"}}, "roleArn"),
        ({"existingConfigMap": "mine"}, "excludes"),
        ({"configFiles": {"purser.yaml": ""}}, "must not contain purser.yaml"),
        ({"config": {"listen": "0.0.0.0:9090"}}, "must end with the port 8080"),
        ({"config": {"admin": {"address": "0.0.0.0:9090"}}}, "must end with the port 8081"),
        ({"config": {"limits": {"drain": "soon"}}}, "drain"),
        ({"config": {"aws": {"account": 123456789012}}}, "account"),
        ({"config": {"logouts": {"file": "/var/lib/purser/logouts"}}}, "state.enabled"),
        ({"secret": EXTERNAL | {"existingSecret": "keys"}}, "excludes"),
        ({"secret": {"external": {"enabled": True}}}, "store.name"),
        ({"ingress": {"enabled": True}}, "ingress.hosts"),
        ({"ingress": {"enabled": True, "hosts": ["https://a.example.com"]}}, "hosts"),
        ({"httpRoute": {"enabled": True}}, "parentRefs"),
        ({"autoscaling": {"enabled": True, "minReplicas": 9}}, "above maxReplicas"),
        ({"podDisruptionBudget": {"maxUnavailable": 0}}, "maxUnavailable"),
    ],
)
def test_values_that_are_unknown_or_contradict_each_other_are_refused(values, reason):
    with pytest.raises(helm_python.HelmError, match=re.escape(reason)):
        helm.render(values)


def test_every_default_value_has_a_place_in_the_schema():
    with helm_python.Chart.load(helm.CHART) as chart:
        defaults, schema = chart.values, chart.schema
    assert defaults.keys() == schema["properties"].keys() - {"global"}
    for name, value in defaults.items():
        if isinstance(value, dict) and schema["properties"][name].get("additionalProperties") is False:
            assert value.keys() == schema["properties"][name]["properties"].keys(), name
    readme = (helm.CHART / "README.md").read_text()
    assert [name for name in defaults if f"`{name}" not in readme] == []


def test_pods_run_without_privileges():
    spec = pod()
    [container] = spec["containers"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    context = spec["securityContext"]
    assert (context["runAsUser"], context["runAsNonRoot"]) == (65532, True)
    assert context["seccompProfile"] == {"type": "RuntimeDefault"}
    assert spec["automountServiceAccountToken"] is False
    assert helm.render()["ServiceAccount", NAME]["automountServiceAccountToken"] is False
    assert not {"hostNetwork", "hostPID", "hostIPC", "initContainers"} & spec.keys()
    # Purser rejects a key that everybody may read.
    [keys] = [it["secret"] for it in pod({"secret": {"existingSecret": "keys"}})["volumes"] if "secret" in it]
    assert keys == {"secretName": "keys", "defaultMode": 0o440}


def test_the_admin_port_admits_the_monitoring_only_and_egress_is_limited():
    policy = helm.render({"podIdentity": {"enabled": True}})["NetworkPolicy", NAME]["spec"]
    assert policy["policyTypes"] == ["Ingress", "Egress"]
    public, admin = policy["ingress"]
    assert ([it["port"] for it in public["ports"]], "from" in public) == ([8080], False)
    assert [it["port"] for it in admin["ports"]] == [8081]
    assert admin["from"] == [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}]
    assert [{it["port"] for it in rule["ports"]} for rule in policy["egress"]] == [{53}, {443}, {80}]
    assert all(rule["to"] for rule in policy["egress"])
    # The instance's credentials are out of reach.
    assert policy["egress"][1]["to"][0]["ipBlock"]["except"] == ["169.254.0.0/16"]
    # Nobody is not everybody.
    [only] = helm.render({"networkPolicy": {"adminFrom": []}})["NetworkPolicy", NAME]["spec"]["ingress"]
    assert [it["port"] for it in only["ports"]] == [8080]
    # Nothing that faces the public leads to the admin port.
    rendered = everything()
    assert [it["targetPort"] for it in rendered["Service", NAME]["spec"]["ports"]] == ["public"]
    [rule] = rendered["Ingress", NAME]["spec"]["rules"]
    assert rule["http"]["paths"][0]["backend"]["service"] == {"name": NAME, "port": {"name": "public"}}
    assert rendered["HTTPRoute", NAME]["spec"]["rules"][0]["backendRefs"] == [{"name": NAME, "port": 80}]


@pytest.mark.parametrize(
    ("limits", "sleep", "grace"),
    [
        # sleep + (drain + exchange-timeout + 4.5 s, rounded up) + 2 s
        ({}, 9, 9 + 14 + 2),
        ({"drain": "0s"}, 10, 10 + 13 + 2),
        ({"drain": "500ms"}, 9, 9 + 13 + 2),
        ({"drain": "30s", "exchange-timeout": "20s"}, None, 55 + 2),
        ({"drain": "1m"}, None, 73 + 2),
    ],
)
def test_the_grace_period_covers_the_wait_and_the_shutdown(limits, sleep, grace):
    spec = pod({"config": {"limits": limits}})
    hook = spec["containers"][0].get("lifecycle")
    assert spec["terminationGracePeriodSeconds"] == grace
    assert hook == (sleep and {"preStop": {"sleep": {"seconds": sleep}}})


def test_pods_are_replaced_only_by_changes_that_a_reload_does_not_apply():
    def template(values, base=helm.BASE):
        return deployment(values, base)["template"]

    before = template({})
    assert template({"config": {"apps": {"office": {}}}}) == before
    assert template({"config": {"issuers": []}}) == before
    assert template({"configFiles": {"denied.txt": "x"}}) == before
    assert template({"config": {"limits": {"sts-rate": 100}}}) != before
    assert template({"config": {"audit": {"to": "off"}}}) != before
    assert template({"ports": {"public": 9090}}) != before
    mine = {"image": helm.BASE["image"], "existingConfigMap": "mine", "terminationGracePeriodSeconds": 30}
    assert template({"restartedAt": "2"}, mine) != template({"restartedAt": "1"}, mine)
    # A mount by subPath would never see a change.
    assert all("subPath" not in it for it in before["spec"]["containers"][0]["volumeMounts"])


def test_an_autoscaler_owns_the_number_of_replicas():
    assert deployment()["replicas"] == 2
    assert "replicas" not in deployment({"autoscaling": {"enabled": True}})


@pytest.mark.parametrize("changes", [{}, {"listen": {"address": "[::]:8080"}, "limits": {"drain": "10s"}}])
def test_the_configuration_in_the_config_map_passes_the_check(tmp_path, changes):
    data = helm.render({"config": changes, "configFiles": {"denied.txt": ""}})["ConfigMap", NAME]["data"]
    for name, text in data.items():
        (tmp_path / name).write_text(text)
    code, output = run(tmp_path, "check", "--config", "purser.yaml")
    assert code == 0, output
    written = yaml.safe_load(data["purser.yaml"])
    assert written["admin"] == "0.0.0.0:8081"
    assert {key: written[key] for key in helm.CONFIG} == helm.CONFIG


def test_purser_reads_a_config_map_and_a_secret_as_kubernetes_mounts_them(tmp_path):
    """Files are links into a directory that is itself a link, and keys are readable by the group."""
    values = {"secret": {"existingSecret": "keys"}, "config": {"pseudonyms": {"key": "../keys/pseudonyms.key"}}}
    data = helm.render(values)["ConfigMap", NAME]["data"]
    mode = pod(values)["volumes"][1]["secret"]["defaultMode"]
    code, output = run(tmp_path, "keys", "new", "--pseudonyms", "given.key")
    assert code == 0, output
    for name, files in {"config": data, "keys": {"pseudonyms.key": (tmp_path / "given.key").read_text()}}.items():
        (tmp_path / name / "..1").mkdir(parents=True)
        (tmp_path / name / "..data").symlink_to("..1")
        for file, text in files.items():
            (tmp_path / name / "..1" / file).write_text(text)
            (tmp_path / name / file).symlink_to(f"..data/{file}")
    (tmp_path / "keys" / "..1" / "pseudonyms.key").chmod(mode)
    code, output = run(tmp_path, "check", "--config", "config/purser.yaml")
    assert code == 0 and "pseudonyms: without a key" not in output, output


def test_the_rules_in_the_chart_are_those_of_the_monitoring_directory():
    text = (helm.ROOT / "deploy" / "monitoring" / "purser.rules.yaml").read_text()
    assert (helm.CHART / "files" / "purser.rules.yaml").read_text() == text
    rendered = helm.render({"prometheusRule": {"enabled": True}})["PrometheusRule", NAME]
    assert rendered["spec"] == yaml.safe_load(text)
    based = everything()["PrometheusRule", NAME]["spec"]["groups"]
    links = {rule["annotations"]["runbook_url"] for group in based for rule in group["rules"] if "alert" in rule}
    assert links == {"https://docs.example.com/docs/operations.md#alerts"}


def test_helm_finds_nothing_to_complain_about_and_packages_the_chart(tmp_path):
    found = helm_python.lint(helm.CHART, helm.BASE, strict=True, namespace="web")
    assert [it for it in found["messages"] if it["severity"] > 1] == found["errors"] == [], found
    with helm_python.Chart.load(helm_python.package(helm.CHART, destination=tmp_path)) as packaged:
        files = {it["name"] for it in packaged.files}
        assert packaged.render(values=helm.BASE, name="rum", namespace="web")
    assert "files/purser.rules.yaml" in files
