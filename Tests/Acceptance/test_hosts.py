# SPDX-License-Identifier: Apache-2.0
"""The Host header: a loopback listener rejects requests for foreign host names (DNS rebinding)."""

import pytest
from harness.raw import exchange
from harness.sandbox import Sandbox

EVIL = ["evil.example", "evil.example:8080", "localhost.evil.example", "127.0.0.1.evil.example", "purser.example.com"]


def send(address, path, *hosts):
    """Status and bytes of the response to a request with these Host headers."""
    host, port = address.rsplit(":", 1)
    lines = [f"GET {path} HTTP/1.1", *(f"Host: {each}" for each in hosts), "Connection: close", "", ""]
    answer = exchange((host, int(port)), "\r\n".join(lines).encode())
    return int(answer.split(b" ", 2)[1]), answer


@pytest.fixture
def dev(started, tmp_path):
    dev = started(Sandbox(tmp_path / "dev"))
    dev.ready()
    return dev


@pytest.mark.parametrize(
    ("listener", "path"),
    [
        ("public", "/v1/apps/demo-store/guest-credentials"),
        ("public", "/rum-credentials.js"),
        ("admin", "/metrics"),
        ("sandbox", "/.well-known/openid-configuration"),
        ("sandbox", "/nowhere"),
    ],
)
def test_a_rebound_host_name_is_rejected_by_every_listener(dev, listener, path):
    address = dev.addresses[listener]
    good = 404 if path == "/nowhere" else 200
    for name in (address, "127.0.0.1", "localhost", "LOCALHOST:80", "[::1]:80", "x.localhost"):
        assert send(address, path, name)[0] == good, name
    for name in EVIL:
        status, answer = send(address, path, name)
        assert status == 421, name
        assert b"Credentials" not in answer and b"accessKeyId" not in answer and b"allow-origin" not in answer.lower()


def test_missing_repeated_and_invalid_host_headers_are_malformed(dev):
    path = "/v1/apps/demo-store/guest-credentials"
    for listener in ("public", "admin"):
        address = dev.addresses[listener]
        for hosts in ((), ("localhost", "localhost"), ("localhost", "evil.example"), ("",), ("a b",), ("u@localhost",)):
            assert send(address, path, *hosts)[0] == 400, hosts


def test_the_host_header_is_checked_on_every_request_of_a_connection(dev):
    host, port = dev.addresses["public"].rsplit(":", 1)
    request = "GET /v1/apps/demo-store/guest-credentials HTTP/1.1\r\nHost: {}\r\n\r\n"
    send(dev.addresses["public"], "/v1/apps/demo-store/guest-credentials", "localhost")
    both = exchange((host, int(port)), (request.format("localhost") + request.format("evil.example")).encode())
    assert both.count(b"HTTP/1.1 ") == 2 and both.count(b" 421 ") == 1 and both.count(b"accessKeyId") == 1


def test_configured_hosts_are_accepted_on_loopback_and_required_elsewhere(broker):
    named = broker(hosts=["purser.example.com"])
    for name, status in (("purser.example.com", 200), ("purser.example.com:443", 200), ("evil.example", 421)):
        assert send(named.addresses["public"], "/v1/apps/shop/guest-credentials", name)[0] == status
    everywhere = broker(listen="0.0.0.0:0", hosts=["purser.example.com"])
    address = everywhere.addresses["public"].replace("0.0.0.0", "127.0.0.1")
    assert send(address, "/v1/apps/shop/guest-credentials", "purser.example.com")[0] == 200
    assert send(address, "/v1/apps/shop/guest-credentials", "evil.example")[0] == 421
    line = everywhere.await_log("answered", code="misdirected_request")[0]
    assert line["status"] == 421 and "evil" not in str(line)
    anybody = broker(listen="0.0.0.0:0")
    address = anybody.addresses["public"].replace("0.0.0.0", "127.0.0.1")
    assert send(address, "/v1/apps/shop/guest-credentials", "anybody.example")[0] == 200
