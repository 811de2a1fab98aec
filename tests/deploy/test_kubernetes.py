"""The manifests have the form of Kubernetes' API, and agree with the code."""

import kubernetes_validate
import pytest
import yaml

from tests.docs.test_settings import DEFAULTS
from tests.process import ROOT
from tests.stack import SERVICES

ITEMS = yaml.safe_load((ROOT / "deploy/kubernetes/arbiter.yaml").read_text())["items"]
VERSIONS = ["1.32", "1.37"]
DEPLOYMENTS = {each["metadata"]["name"]: each for each in ITEMS if each["kind"] == "Deployment"}
PODS = {name: each["spec"]["template"] for name, each in DEPLOYMENTS.items()}
COMMANDS = {
    "arbiter-gateway": ["python", "-m", "gateway", "--config", "config.yaml"],
    "arbiter-bots": ["python", "-m", "bots"],
    **{
        f"arbiter-{name.replace('_', '-')}":
            ["nameko", "run", "--config", "config.yaml", f"{name}.service"]
        for name in SERVICES
    },
}


def container(name):
    [only] = PODS[name]["spec"]["containers"]
    return only


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("item", ITEMS, ids=lambda item: f"{item['kind']} {item['metadata']}")
def test_an_object_has_the_form_that_kubernetes_asks_for(item, version):
    kubernetes_validate.validate(item, version, strict=True)


def test_a_field_that_there_is_not_is_found():
    wrong = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "datum": {}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, VERSIONS[-1], strict=True)


def test_there_is_a_deployment_for_each_process():
    assert {name: container(name)["command"] for name in DEPLOYMENTS} == COMMANDS
    replicas = {name: each["spec"]["replicas"] for name, each in DEPLOYMENTS.items()}
    assert replicas == {**dict.fromkeys(COMMANDS, 2), "arbiter-bots": 1}


def test_settings_are_known():
    [common] = [each["data"] for each in ITEMS if each["kind"] == "ConfigMap"]
    assert set(common) <= set(DEFAULTS)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_pod_selects_itself_and_may_do_little(name):
    spec, labels = PODS[name]["spec"], PODS[name]["metadata"]["labels"]
    assert DEPLOYMENTS[name]["spec"]["selector"]["matchLabels"] == labels
    [spread] = spec["topologySpreadConstraints"]
    assert spread["labelSelector"]["matchLabels"] == labels
    [budget] = [
        each for each in ITEMS
        if each["kind"] == "PodDisruptionBudget" and each["metadata"]["name"] == name
    ]
    assert budget["spec"]["selector"]["matchLabels"] == labels
    assert spec["securityContext"]["runAsNonRoot"] and spec["terminationGracePeriodSeconds"] > 15
    assert container(name)["securityContext"] == {
        "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


@pytest.mark.parametrize("name", COMMANDS)
def test_probes_ask_the_process_for_itself(name):
    probes = {kind: container(name)[f"{kind}Probe"]["httpGet"]
              for kind in ("startup", "liveness", "readiness")}
    assert {each["port"] for each in probes.values()} == {"metrics"}
    assert [each["path"] for each in probes.values()] == ["/healthz", "/healthz", "/readyz"]


def test_only_auth_has_the_token_secret():
    having = [
        name for name in COMMANDS
        if {"secretRef": {"name": "arbiter-auth"}} in container(name)["envFrom"]
    ]
    assert having == ["arbiter-auth"]
