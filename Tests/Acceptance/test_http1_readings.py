# SPDX-License-Identifier: Apache-2.0
"""HTTP/1.1 requests that servers and proxies read differently: directly, through nginx and through HAProxy each is
rejected or read in the same way, and nothing in a body becomes a request.

`-s` prints the table.
"""

import pytest
from harness.data_plane import DataPlane
from harness.fake_sts import FakeSTS
from harness.http1_cases import CASES, REJECTED, get
from harness.http1_readings import Observer, send
from harness.proxies import HAProxy, Nginx
from harness.purser import Purser
from harness.settings import APP, BROKER_KEYS, GUEST_MONITOR, app, settings

# What Purser reads differently from the rules, by the name of the case, with the reason.
KNOWN = {"another protocol": "Purser's decoder reads RTSP/1.1 as HTTP/1.1"}
MONITORS = {name: f"{number}" * 8 + "-2222-3333-4444-555555555555" for number, name in enumerate(("second", "other"))}


@pytest.fixture(scope="module")
def ways(tmp_path_factory, login):
    """Purser and its data plane, and the address of each way to it."""
    directory = tmp_path_factory.mktemp("readings")
    issuer = login.pinned(directory)
    sts, plane = FakeSTS(), DataPlane()
    apps = {APP: app(issuer["issuer"])}
    for name in ("second", "other", "smuggled"):
        monitor = GUEST_MONITOR | {"id": MONITORS.get(name, "9" * 8 + "-2222-3333-4444-555555555555")}
        apps[name] = {"guest": apps[APP]["guest"] | {"monitor": monitor}}
    made = settings(issuer, apps=apps, limits={"header-timeout": "2s", "idle-timeout": "60s", "rum-rate": 1000})
    purser = Purser(directory, made, sts.url, **BROKER_KEYS | {"AWS_ENDPOINT_URL_RUM": plane.url})
    upstream = purser.addresses["public"]
    nginx, haproxy = Nginx(directory / "nginx", upstream), HAProxy(directory / "haproxy", upstream)
    yield purser, plane, {"direct": purser.address, "nginx": nginx.address, "HAProxy": haproxy.address}
    for it in (haproxy, nginx, purser, plane, sts):
        it.stop()


@pytest.fixture(scope="module")
def observer(ways):
    return Observer(*ways)


@pytest.fixture(scope="module")
def table():
    rows = []
    yield rows
    names = ["case", "direct", "nginx", "HAProxy"]
    print("\n\n" + "\n".join(f"| {' | '.join(row)} |" for row in [names, ["---"] * 4, *rows]))


def _marked(case):
    marks = [pytest.mark.xfail(strict=True, reason=KNOWN[case.name])] if case.name in KNOWN else []
    return pytest.param(case, id=case.name, marks=marks)


@pytest.mark.parametrize("case", [_marked(case) for case in CASES])
def test_each_way_rejects_the_request_or_reads_it_in_the_same_way(observer, table, case):
    readings = observer.read(case)
    table.append([case.name, *(_cell(reading) for reading in readings.values())])
    for reading in readings.values():
        _check(reading)
    accepted = {reading.of_request for reading in readings.values() if not reading.rejected}
    assert len(accepted) <= 1, f"read in several ways: {accepted}"
    direct = readings["direct"]
    if case.expected == REJECTED:
        assert direct.rejected and len(direct.responses) <= 1, f"not rejected: {direct}"
    else:
        assert direct.first == case.expected, direct
        last = case.name == "HTTP/1.0" or direct.responses[0].headers.get("connection") == "close"
        assert len(direct.responses) == 2 or last, f"the next request has no response: {direct}"


def _check(reading):
    apps = [line.get("app") for line in reading.lines]
    assert "smuggled" not in apps, f"a request of a body was executed: {reading}"
    assert len(reading.responses) <= 2 and len(reading.lines) <= 2, f"more than two requests: {reading}"
    assert reading.rejected or reading.lines, f"a response that Purser did not give: {reading}"
    if len(reading.responses) == 2:
        _is_credentials(reading.responses[1], "second")
    if reading.responses and reading.responses[0].status == 200:
        assert MONITORS["other"].encode() not in reading.responses[0].body, f"another client's response: {reading}"
        assert apps[0] == APP, f"another request than the first was read: {reading}"
    for responses in reading.others:
        assert len(responses) == 1, f"another client got {responses}"
        _is_credentials(responses[0], "other")


def _is_credentials(response, name):
    assert response.status == 200, response
    assert MONITORS[name].encode() in response.body, f"not the response to {name}: {response}"


def _cell(reading):
    second = len(reading.responses) == 2
    return f"{reading.first}{', then 200' if second else ', then closed'}"


def test_the_proxies_keep_their_connections_to_the_broker(ways):
    """Otherwise no request could meet what another client's request left on a connection."""
    purser, _, addresses = ways
    for name in ("nginx", "HAProxy"):
        before = _connections(purser)
        for _ in range(10):
            assert [response.status for response in send(addresses[name], get("Connection: close"))] == [200]
        assert _connections(purser) <= max(before, 1) + 1, name


def _connections(purser):
    """Connections that the server has open (proc(5), /proc/net/tcp: state 01)."""
    port = f"{purser.address[1]:04X}"
    with open("/proc/net/tcp") as table:
        fields = [line.split() for line in table][1:]
    return sum(each[1].endswith(f":{port}") and each[3] == "01" for each in fields)
