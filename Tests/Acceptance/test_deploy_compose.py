# SPDX-License-Identifier: Apache-2.0
"""The compose file: it parses, its files exist, its command starts what Prometheus then scrapes."""

import re
import subprocess

import pytest
import yaml
from harness.command import run
from harness.documents import ROOT

DIRECTORY = ROOT / "deploy" / "compose"
FILE = yaml.safe_load((DIRECTORY / "compose.yaml").read_text())
# What the Compose Specification allows, of which the file may use this much.
SERVICE = {
    *("image", "command", "network_mode", "user", "read_only", "cap_drop", "security_opt", "stop_grace_period"),
    *("restart", "depends_on", "volumes"),
}


def test_the_file_has_known_keys_and_every_service_is_confined():
    assert FILE.keys() == {"name", "services", "volumes"}
    for name, service in FILE["services"].items():
        assert service.keys() <= SERVICE, name
        assert service["read_only"] is True and service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert set(service.get("depends_on", [])) < FILE["services"].keys(), name


def test_every_mounted_file_exists_and_is_read_only():
    for service in FILE["services"].values():
        for volume in service.get("volumes", []):
            source, target, *mode = volume.split(":")
            if source.startswith("."):
                assert (DIRECTORY / source).is_file(), source
                assert mode == ["ro"], volume
            else:
                assert source in FILE["volumes"], volume


def test_prometheus_accepts_its_configuration_with_the_rules(tmp_path):
    for volume in FILE["services"]["prometheus"]["volumes"]:
        source, target, *_ = volume.split(":")
        if source.startswith("."):
            (tmp_path / target.rsplit("/", 1)[1]).write_bytes((DIRECTORY / source).read_bytes())
    done = subprocess.run(
        ["promtool", "check", "config", tmp_path / "prometheus.yaml"], capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert b"1 rule files found" in done.stdout + done.stderr


def test_every_address_is_on_the_loopback_and_prometheus_scrapes_the_admin_listener():
    command = FILE["services"]["purser"]["command"]
    options = dict(zip(command[1::2], command[2::2], strict=True))
    assert options.keys() == {"--listen", "--admin", "--sandbox"}
    text = (DIRECTORY / "compose.yaml").read_text() + (DIRECTORY / "prometheus.yaml").read_text()
    addresses = re.findall(r"\b(\d+\.\d+\.\d+\.\d+):\d+", text)
    assert len(addresses) > 4 and set(addresses) == {"127.0.0.1"}
    [scrape] = yaml.safe_load((DIRECTORY / "prometheus.yaml").read_text())["scrape_configs"]
    assert scrape["static_configs"] == [{"targets": [options["--admin"]]}]


@pytest.mark.parametrize("option", ["--listen", "--admin", "--sandbox"])
def test_purser_dev_knows_every_option(tmp_path, option):
    code, output = run(tmp_path, "dev", "--help")
    assert code == 0 and f"{option} <" in output
