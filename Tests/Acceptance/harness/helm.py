# SPDX-License-Identifier: Apache-2.0
"""Renders the chart with the library that Helm itself is made of, and judges the manifests."""

import copy

import helm_python
import kubernetes_validate
import yaml

from .documents import ROOT

CHART = ROOT / "deploy" / "helm" / "purser"
KUBERNETES = ("1.30", "1.34", kubernetes_validate.latest_version())
CONFIG = {
    "aws": {"region": "eu-central-1", "account": "123456789012"},
    "issuers": [
        {
            "issuer": "https://login.example.com/",
            "audiences": ["shop"],
            "algorithms": ["RS256"],
            "keys": "discovery",
        }
    ],
    "apps": {
        "shop": {
            "origins": ["https://shop.example.com"],
            "signed-in": {
                "issuers": ["https://login.example.com/"],
                "monitor": {"name": "Shop_Users", "id": "11111111-2222-4333-8444-555555555555"},
                "exchange": "web-identity",
                "role": "arn:aws:iam::123456789012:role/ShopUsers",
            },
        }
    },
}
BASE = {"image": {"repository": "registry.example.com/purser"}, "config": CONFIG}
# The fields that the chart uses of resources that Kubernetes itself does not define.
CUSTOM = {
    ("external-secrets.io/v1", "ExternalSecret"): {"refreshInterval", "secretStoreRef", "target", "data"},
    ("gateway.networking.k8s.io/v1", "HTTPRoute"): {"parentRefs", "hostnames", "rules"},
    ("monitoring.coreos.com/v1", "ServiceMonitor"): {"jobLabel", "selector", "endpoints"},
    ("monitoring.coreos.com/v1", "PrometheusRule"): {"groups"},
}


def merged(base, changes):
    result = copy.deepcopy(base)
    for key, value in changes.items():
        both = isinstance(value, dict) and isinstance(result.get(key), dict)
        result[key] = merged(result[key], value) if both else copy.deepcopy(value)
    return result


def render(values=None, base=BASE, name="rum"):
    """The manifests, by kind and name; helm_python.HelmError if the values are refused."""
    with helm_python.Chart.load(CHART) as chart:
        rendered = chart.render(values=merged(base, values or {}), name=name, namespace="web")
    found = {}
    for file, text in rendered.items():
        for document in yaml.safe_load_all(text) if file.endswith(".yaml") else ():
            if document:
                key = (document["kind"], document["metadata"]["name"])
                assert key not in found, key
                found[key] = document
    return found


def judge(manifest):
    """Raises an error unless every supported Kubernetes accepts every field."""
    custom = CUSTOM.get((manifest["apiVersion"], manifest["kind"]))
    if custom is None:
        for version in KUBERNETES:
            kubernetes_validate.validate(manifest, version, strict=True)
        return
    unknown = manifest.keys() - {"apiVersion", "kind", "metadata", "spec"} | manifest["spec"].keys() - custom
    if unknown:
        raise ValueError(f"{manifest['kind']}: {sorted(unknown)}")
