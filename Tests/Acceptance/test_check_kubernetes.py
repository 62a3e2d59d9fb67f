# SPDX-License-Identifier: Apache-2.0
"""`purser check --kubernetes` prints the fields of a pod that depend on the configuration."""

import subprocess

import pytest
import yaml
from harness.certificates import Authority, CertificateFiles
from harness.command import run
from harness.process import environment
from harness.purser import binary
from harness.settings import settings


@pytest.fixture
def pod(tmp_path, login):
    """The parsed YAML, its text and the notes for a configuration."""

    def check(limits=None, **changes):
        made = settings(login.pinned(tmp_path), limits=limits) | changes
        (tmp_path / "purser.yaml").write_text(yaml.safe_dump(made))
        done = subprocess.run(
            [binary(), "check", "--config", "purser.yaml", "--kubernetes"],
            cwd=tmp_path,
            env=environment(HOME=tmp_path),
            capture_output=True,
            check=True,
        )
        return yaml.safe_load(done.stdout), done.stdout.decode(), done.stderr.decode()

    return check


@pytest.mark.parametrize(
    ("limits", "sleep", "grace"),
    [
        # sleep + the process's own deadline (drain + exchange-timeout + 4.5 s, rounded up) + 2 s
        ({"drain": "0s"}, 10, 10 + 13 + 2),
        ({"drain": "1s"}, 9, 9 + 14 + 2),
        ({"drain": "30s", "exchange-timeout": "20s"}, None, 0 + 55 + 2),
        ({"drain": "10s"}, None, 23 + 2),
    ],
)
def test_the_grace_period_covers_the_wait_and_the_shutdown(pod, limits, sleep, grace):
    spec, _, _ = pod(limits)
    [container] = spec["containers"]
    assert spec["terminationGracePeriodSeconds"] == grace
    if sleep is None:
        assert "lifecycle" not in container
    else:
        assert container["lifecycle"] == {"preStop": {"sleep": {"seconds": sleep}}}


def test_the_probes_use_the_admin_listener(pod, tmp_path):
    [container] = pod(admin="0.0.0.0:9090")[0]["containers"]
    for name, path in (("livenessProbe", "/livez"), ("readinessProbe", "/readyz"), ("startupProbe", "/startupz")):
        assert container[name]["httpGet"] == {"path": path, "port": 9090, "scheme": "HTTP"}
    authority = Authority(tmp_path / "authority")
    files = CertificateFiles(tmp_path / "files", authority.issue())
    [container] = pod(admin={"address": "[::]:9090", "tls": files.settings})[0]["containers"]
    assert container["readinessProbe"]["httpGet"]["scheme"] == "HTTPS"


def test_probes_that_could_not_work_are_left_out_with_the_reason(pod, tmp_path):
    authority = Authority(tmp_path / "authority")
    files = CertificateFiles(tmp_path / "files", authority.issue(), authority.file)
    for admin, reason in (
        ("127.0.0.1:8081", "the kubelet cannot reach 127.0.0.1:8081"),
        ({"address": "unix:/run/purser/admin"}, "the kubelet cannot reach a unix socket"),
        ({"address": "0.0.0.0:8081", "tls": files.settings}, "the kubelet has no client certificate"),
    ):
        spec, text, _ = pod(admin=admin)
        assert reason in text and not [key for key in spec["containers"][0] if key.endswith("Probe")]


def test_notes_go_to_standard_error_and_mistakes_end_the_command(pod, tmp_path):
    _, text, notes = pod()
    assert "note: " in notes and "note:" not in text
    (tmp_path / "purser.yaml").write_text("listen: nonsense\n")
    code, output = run(tmp_path, "check", "--config", "purser.yaml", "--kubernetes")
    assert code == 1 and "terminationGracePeriodSeconds" not in output


def test_check_notes_an_idle_timeout_that_load_balancers_exceed(tmp_path, login):
    for timeout, trusted, noted in (("60s", ["10.0.0.0/8"], True), ("61s", ["10.0.0.0/8"], False), ("60s", [], False)):
        made = settings(login.pinned(tmp_path), limits={"idle-timeout": timeout}, **{"trusted-proxies": trusted})
        (tmp_path / "purser.yaml").write_text(yaml.safe_dump(made))
        code, output = run(tmp_path, "check", "--config", "purser.yaml")
        assert code == 0 and ("limits.idle-timeout" in output) == noted, output
