# SPDX-License-Identifier: Apache-2.0
"""Who a client is: addresses of connections, X-Forwarded-For, the PROXY protocol, and rate limits by client and user."""

import ipaddress
import struct

import pytest
from harness import raw
from harness.batches import post
from harness.data_plane import DataPlane
from harness.observability import await_metric, metric
from harness.settings import APP, BROKER_KEYS, ORIGIN

GUESTS = f"/v1/apps/{APP}/guest-credentials"
USERS = f"/v1/apps/{APP}/credentials"


def ask(purser, path=GUESTS, *fields, source=None, prefix=b""):
    """Status and header fields of the response to one request over a new connection."""
    with raw.connect(purser.address, source=source) as connection:
        connection.sendall(prefix + raw.head("GET", path, *fields))
        answer = raw.read_answer(connection)
        return answer[:2] if answer else (None, {})


def name(purser, *fields, **more):
    """The name of the client in the log line of a request."""
    _, headers = ask(purser, GUESTS, *fields, **more)
    [line] = purser.await_log("answered", requestId=headers["x-request-id"])
    return line.get("clientAddress"), line.get("clientHash")


def forwarded(*addresses):
    return f"X-Forwarded-For: {', '.join(addresses)}"


def test_log_lines_name_clients_by_a_hash_that_tells_them_apart(broker):
    purser = broker()
    first, again, other = (name(purser, source=source)[1] for source in ("127.0.0.8", "127.0.0.8", "127.0.0.9"))
    assert first == again != other and len(first) == 16
    assert int(first, 16) >= 0
    assert "127.0.0.8" not in purser.process.errors.read_text()


def test_the_hash_of_a_client_depends_on_the_key(broker, pseudonym_key):
    same, keyed, without = (
        name(broker(**more), source="127.0.0.8")[1]
        for more in ({"pseudonyms": {"key": pseudonym_key}}, {"pseudonyms": {"key": pseudonym_key}}, {})
    )
    assert same == keyed != without


def test_log_lines_and_audit_events_have_addresses_only_where_that_is_configured(broker):
    purser = broker(log={"client-address": True})
    assert name(purser, source="127.0.0.8") == ("127.0.0.8", None)
    [event] = purser.await_log("audit", event="vended")
    assert event["clientAddress"] == "127.0.0.8"
    hidden = broker()
    assert name(hidden, source="127.0.0.8")[0] is None
    assert "clientAddress" not in hidden.await_log("audit", event="vended")[0]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ([], "127.0.0.8"),
        ([forwarded("203.0.113.7")], "203.0.113.7"),
        ([forwarded("198.51.100.1", "203.0.113.7")], "203.0.113.7"),
        ([forwarded("198.51.100.1", "203.0.113.7", "10.1.2.3")], "203.0.113.7"),
        ([forwarded("198.51.100.1"), forwarded("203.0.113.7")], "203.0.113.7"),
        ([forwarded("2001:db8::7", "10.1.2.3")], "2001:db8::7"),
        ([forwarded("203.0.113.7:1234")], "203.0.113.7"),
        ([forwarded("203.0.113.7", "garbage")], "127.0.0.8"),
        ([forwarded("203.0.113.7", "garbage", "10.1.2.3")], "10.1.2.3"),
        ([forwarded("10.0.0.9", "10.1.2.3")], "10.0.0.9"),
    ],
)
def test_x_forwarded_for_of_a_trusted_proxy_is_read_from_the_right(broker, fields, expected):
    purser = broker(**{"log": {"client-address": True}, "trusted-proxies": ["127.0.0.8/32", "10.0.0.0/8"]})
    assert name(purser, *fields, source="127.0.0.8")[0] == expected
    assert name(purser, *fields, source="127.0.0.9")[0] == "127.0.0.9", "anybody else's field changes nothing"


def test_x_forwarded_for_without_trusted_proxies_changes_nothing_and_warns_once(broker):
    purser = broker(log={"client-address": True})
    for _ in range(3):
        assert name(purser, forwarded("203.0.113.7"), source="127.0.0.8")[0] == "127.0.0.8"
    [warning] = purser.complete_log("X-Forwarded-For ignored")
    assert warning["level"] == "warning" and "trusted-proxies" in warning["detail"]


def version_2(source, command=0x21):
    address = ipaddress.ip_address(source)
    other = b"\0" * len(address.packed)
    body = address.packed + other + struct.pack("!HH", 1, 2)
    family = 0x11 if address.version == 4 else 0x21
    return b"\r\n\r\n\0\r\nQUIT\n" + struct.pack("!BBH", command, family, len(body)) + body


@pytest.fixture
def proxied(broker):
    return broker(
        **{
            "listen": {"address": "127.0.0.1:0", "proxy-protocol": True},
            "trusted-proxies": ["127.0.0.8/32", "10.0.0.0/8"],
            "log": {"client-address": True},
        }
    )


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        (b"PROXY TCP4 203.0.113.7 10.0.0.1 1 2\r\n", "203.0.113.7"),
        (b"PROXY TCP6 2001:db8::7 2001:db8::1 1 2\r\n", "2001:db8::7"),
        (b"PROXY UNKNOWN\r\n", "127.0.0.8"),
        (version_2("203.0.113.7"), "203.0.113.7"),
        (version_2("2001:db8::7"), "2001:db8::7"),
        (version_2("203.0.113.7", command=0x20), "127.0.0.8"),
    ],
)
def test_the_proxy_protocol_names_the_client(proxied, prefix, expected):
    assert name(proxied, source="127.0.0.8", prefix=prefix)[0] == expected


def test_a_proxy_that_the_proxy_protocol_names_may_forward_for_others(proxied):
    chain = [forwarded("198.51.100.1", "203.0.113.7")]
    assert name(proxied, *chain, source="127.0.0.8", prefix=version_2("10.9.9.9"))[0] == "203.0.113.7"
    assert name(proxied, *chain, source="127.0.0.8", prefix=version_2("192.0.2.1"))[0] == "192.0.2.1"


def test_proxy_headers_are_required_of_trusted_proxies_and_rejected_from_others(proxied):
    assert ask(proxied, source="127.0.0.8")[0] is None
    assert ask(proxied, source="127.0.0.9")[0] == 200
    assert ask(proxied, source="127.0.0.9", prefix=version_2("203.0.113.7"))[0] == 400
    assert ask(proxied, source="127.0.0.8", prefix=b"PROXY TCP4 1 2\r\n")[0] is None


def test_a_client_over_its_rate_gets_429_and_no_other_client_does(broker, login):
    purser = broker(limits={"client-rate": 1})
    token = f"Authorization: Bearer {login.token()}"
    statuses = [ask(purser, USERS, token, f"Origin: {ORIGIN}", source="127.0.0.8") for _ in range(10)]
    assert [status for status, _ in statuses[:5]] == [200] * 5
    limited = [fields for status, fields in statuses if status == 429]
    assert len(limited) >= 3
    for fields in limited:
        assert fields["retry-after"] == "1" and fields["access-control-allow-origin"] == ORIGIN
        assert "Retry-After" in fields["access-control-expose-headers"]
    assert ask(purser, USERS, token, source="127.0.0.9")[0] == 200
    assert ask(purser, "/unknown", source="127.0.0.8")[0] == 429
    assert ask(purser, "/openapi.json", source="127.0.0.8")[0] == 429
    await_metric(purser, "purser_rate_limited_total", lambda count: count >= 5, limit="client")
    lines = purser.complete_log("answered", reason="client_rate")
    assert lines and all(line["status"] == 429 and line["level"] == "info" for line in lines)


def test_preflight_requests_are_answered_over_the_rate_limit_so_that_pages_can_read_the_429(broker):
    purser = broker(limits={"client-rate": 1})
    with raw.connect(purser.address) as connection, connection.makefile("rb") as stream:
        for _ in range(20):
            lines = [f"Origin: {ORIGIN}", "Access-Control-Request-Method: GET"]
            connection.sendall(raw.head("OPTIONS", USERS, *lines))
            assert raw.read_from(stream)[0] == 204
        connection.sendall(raw.head("GET", USERS, f"Origin: {ORIGIN}"))
        assert raw.read_from(stream)[0] == 429


def test_a_forged_address_is_no_way_around_the_rate_limit(broker):
    purser = broker(limits={"client-rate": 1})
    answers = [ask(purser, GUESTS, forwarded(f"203.0.113.{number}"))[0] for number in range(10)]
    assert answers[:5] == [200] * 5 and answers[-3:] == [429] * 3


def test_clients_behind_a_trusted_proxy_are_limited_one_by_one_also_on_one_connection(broker):
    purser = broker(**{"limits": {"client-rate": 1}, "trusted-proxies": ["127.0.0.0/8"]})
    with raw.connect(purser.address) as connection, connection.makefile("rb") as stream:

        def status(client):
            connection.sendall(raw.head("GET", GUESTS, forwarded(client)))
            return raw.read_from(stream)[0]

        greedy = [status("203.0.113.7") for _ in range(12)]
        assert greedy[:5] == [200] * 5 and greedy[-3:] == [429] * 3
        assert {status(f"198.51.100.{number}") for number in range(20)} == {200}
        # One IPv6 client has a whole /64.
        network = [status(f"2001:db8::{number:x}") for number in range(12)]
        assert network[:5] == [200] * 5 and network[-3:] == [429] * 3
        assert status("2001:db8:0:1::1") == 200


def test_a_user_over_their_rate_gets_429_from_any_address_with_any_token(broker, login, started):
    plane = started(DataPlane())
    purser = broker(keys=BROKER_KEYS | {"AWS_ENDPOINT_URL_RUM": plane.url}, limits={"user-rate": 1})
    tokens = [login.token("alice"), login.token("alice")]
    answers = [
        ask(purser, USERS, f"Authorization: Bearer {tokens[number % 2]}", source=f"127.0.0.{number + 2}")
        for number in range(10)
    ]
    assert [status for status, _ in answers[:5]] == [200] * 5
    assert answers[-1][0] == 429 and answers[-1][1]["retry-after"] == "1"
    assert post(purser, tokens[0]).status == 429, "batches count too"
    assert purser.credentials(login.token("bob")).status == 200
    assert purser.guest().status == 200
    assert metric(purser, "purser_rate_limited_total", limit="user") >= 2


def test_an_address_with_too_many_rejected_tokens_is_refused_further_verification_only(broker, login):
    purser = broker(limits={"failure-rate": 1})
    known = login.token("alice")
    assert ask(purser, USERS, f"Authorization: Bearer {known}", source="127.0.0.8")[0] == 200
    answers = [ask(purser, USERS, "Authorization: Bearer junk", source="127.0.0.8") for _ in range(12)]
    assert [status for status, _ in answers[:5]] == [401] * 5
    assert answers[-1][0] == 429 and answers[-1][1]["retry-after"] == "1"
    assert ask(purser, USERS, f"Authorization: Bearer {known}", source="127.0.0.8")[0] == 200
    assert ask(purser, GUESTS, source="127.0.0.8")[0] == 200
    assert ask(purser, USERS, "Authorization: Bearer junk", source="127.0.0.9")[0] == 401
    assert ask(purser, USERS, f"Authorization: Bearer {login.token('bob')}", source="127.0.0.9")[0] == 200
    assert metric(purser, "purser_rate_limited_total", limit="failure") >= 1
    rejected = metric(purser, "purser_tokens_refused_total", reason="not_compact_form")
    assert rejected == sum(status == 401 for status, _ in answers) + 1


def test_the_default_limits_do_not_touch_an_office_behind_one_address(broker, login):
    defaults = {"client-rate": 500, "user-rate": 50, "failure-rate": 50}
    purser = broker(limits=defaults)
    tokens = [login.token(f"user-{number}") for number in range(100)]
    with raw.connect(purser.address) as connection, connection.makefile("rb") as stream:
        for _ in range(5):
            for token in tokens:
                for method, fields in (("OPTIONS", ["Access-Control-Request-Method: GET"]), ("GET", [])):
                    fields += [f"Origin: {ORIGIN}", f"Authorization: Bearer {token}"]
                    connection.sendall(raw.head(method, USERS, *fields))
                    assert raw.read_from(stream)[0] in (200, 204)
