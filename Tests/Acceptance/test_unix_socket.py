# SPDX-License-Identifier: Apache-2.0
"""Listeners on unix sockets: their file, who is the client behind a local proxy, and commands that connect to one."""

import json
import signal
import socket
import stat

import pytest
import yaml
from harness.command import run
from harness.encrypted import EncryptedPurser, dial
from harness.proxies import HAProxy, Nginx
from harness.raw import closed, connect, head, read_answer
from harness.settings import APP, BROKER_KEYS, settings
from harness.web import Answer


@pytest.fixture
def sockets(started, tmp_path, login, sts):
    """Starts purser with both listeners on unix sockets; keyword arguments change the settings."""
    numbers = iter(range(100))

    def start(listen=None, admin=None, names=("p", "a"), **changes):
        directory = tmp_path / f"unix-{next(numbers)}"
        made = settings(login.pinned(directory), **changes)
        made["listen"] = {"address": f"unix:{tmp_path / names[0]}"} | (listen or {})
        made["admin"] = {"address": f"unix:{tmp_path / names[1]}"} | (admin or {})
        return started(EncryptedPurser(directory, made, sts.url, **BROKER_KEYS))

    return start


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_both_listeners_serve_on_unix_sockets_that_are_removed_at_the_stop(sockets, tmp_path, login):
    purser = sockets(admin={"mode": "0600"})
    assert (mode(tmp_path / "p"), mode(tmp_path / "a")) == (0o660, 0o600)
    assert purser.guest().status == 200 and purser.credentials(login.token()).status == 200
    assert purser.probe("/livez").status == 200
    purser.ready()
    assert purser.process.stop() == 0
    assert not (tmp_path / "p").exists() and not (tmp_path / "a").exists()


def test_a_socket_that_a_killed_process_left_is_replaced(sockets, tmp_path):
    first = sockets()
    first.process.send(signal.SIGKILL)
    first.process.wait()
    left = (tmp_path / "p").stat().st_mtime_ns
    second = sockets()
    assert (tmp_path / "p").stat().st_mtime_ns > left
    assert second.guest().status == 200


def test_a_socket_on_which_a_process_listens_is_left_alone(sockets, tmp_path, login, sts):
    first = sockets()
    before = (tmp_path / "p").stat().st_mtime_ns
    directory = tmp_path / "other"
    made = settings(login.pinned(directory))
    made["listen"], made["admin"] = f"unix:{tmp_path / 'p'}", f"unix:{tmp_path / 'b'}"
    (directory / "purser.yaml").write_text(yaml.safe_dump(made))
    code, output = run(directory, "serve", "--config", "purser.yaml", AWS_ENDPOINT_URL_STS=sts.url, **BROKER_KEYS)
    assert code == 1, output
    [stopped] = [json.loads(line) for line in output.splitlines() if '"stopped"' in line]
    assert stopped["detail"] == f"listen: can't listen on unix:{tmp_path / 'p'}: another process listens there"
    assert (tmp_path / "p").stat().st_mtime_ns == before and first.guest().status == 200
    assert not (tmp_path / "b").exists(), "its other socket is removed"


def test_a_file_that_is_no_socket_is_left_alone(tmp_path, login, sts):
    made = settings(login.pinned(tmp_path))
    made["listen"] = f"unix:{tmp_path / 'file'}"
    (tmp_path / "file").write_text("precious")
    (tmp_path / "purser.yaml").write_text(yaml.safe_dump(made))
    code, output = run(tmp_path, "serve", "--config", "purser.yaml", AWS_ENDPOINT_URL_STS=sts.url, **BROKER_KEYS)
    assert code == 1 and "the file exists and is no socket" in output, output
    assert (tmp_path / "file").read_text() == "precious"


def test_a_socket_of_another_process_is_not_removed_at_the_stop(sockets, tmp_path):
    purser = sockets()
    purser.flush_log()
    (tmp_path / "p").unlink()
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(tmp_path / "p"))
        assert purser.process.stop() == 0
        assert (tmp_path / "p").exists()


def client_of(purser, *lines, before=b""):
    """The client's address in the log line of a request."""
    with dial(purser.addresses["public"]) as connection:
        connection.sendall(before + head("GET", "/nothing-here", *lines))
        status, headers, _ = read_answer(connection)
    assert status == 404
    [line] = purser.await_log("answered", requestId=headers["x-request-id"])
    return line.get("clientAddress")


def test_a_trusted_local_proxy_names_the_client(sockets):
    log = {"client-address": True}
    trusting = sockets(log=log, **{"trusted-proxies": ["unix", "10.0.0.0/8"]})
    assert client_of(trusting, "X-Forwarded-For: 198.51.100.9, 192.0.2.1, 10.1.2.3") == "192.0.2.1"
    assert client_of(trusting) is None
    assert trusting.complete_log("X-Forwarded-For ignored") == []
    plain = sockets(log=log, names=("q", "b"))
    assert client_of(plain, "X-Forwarded-For: 192.0.2.1") is None
    assert plain.await_log("X-Forwarded-For ignored")


@pytest.mark.parametrize(("proxy", "scheme"), [(Nginx, "unix:"), (HAProxy, "unix@")])
def test_a_real_proxy_serves_its_clients_through_a_socket(sockets, started, tmp_path, proxy, scheme):
    purser = sockets(log={"client-address": True}, **{"trusted-proxies": ["unix"]})
    front = started(proxy(tmp_path / "proxy", f"{scheme}{tmp_path / 'p'}"))
    for source in ("127.0.0.7", "127.0.0.8"):
        with connect(front.address, source=source) as connection:
            connection.sendall(head("GET", f"/v1/apps/{APP}/guest-credentials"))
            status, headers, body = read_answer(connection)
        assert status == 200, body
        purser.known_secrets.add_credentials(json.loads(body))
        [line] = purser.await_log("answered", requestId=headers["x-request-id"])
        assert line["clientAddress"] == source


def test_the_proxy_protocol_names_the_client(sockets, tmp_path):
    purser = sockets(
        listen={"proxy-protocol": True}, log={"client-address": True}, **{"trusted-proxies": ["unix"]}
    )
    header = b"PROXY TCP4 192.0.2.77 127.0.0.1 50000 80\r\n"
    assert client_of(purser, before=header) == "192.0.2.77"
    assert client_of(purser, "X-Forwarded-For: 192.0.2.1", before=header) == "192.0.2.77", "that client is no proxy"
    with dial(purser.addresses["public"]) as connection:
        connection.sendall(head("GET", "/nothing-here"))
        assert closed(connection)
    purser.fetch = lambda listener, path, *request: flushed(purser, path, header)


def flushed(purser, path, header):
    with dial(purser.addresses["public"]) as connection:
        connection.sendall(header + head("GET", path))
        status, headers, body = read_answer(connection)
        return Answer(status, list(headers.items()), body)


def test_clients_behind_a_trusted_local_proxy_have_their_own_rates(sockets):
    purser = sockets(limits={"client-rate": 1}, **{"trusted-proxies": ["unix"]})

    def statuses(client, count):
        header = [("X-Forwarded-For", client)]
        return [purser.fetch("public", "/nothing-here", "GET", header).status for _ in range(count)]

    busy = statuses("192.0.2.1", 30)
    assert busy[0] == 404 and 429 in busy, busy
    assert statuses("192.0.2.2", 3) == [404] * 3


def test_check_notes_that_limits_of_clients_have_no_effect(tmp_path, login):
    for trusted, noted in (([], True), (["unix"], False)):
        made = settings(login.pinned(tmp_path), **{"trusted-proxies": trusted})
        made["listen"] = f"unix:{tmp_path / 'p'}"
        (tmp_path / "purser.yaml").write_text(yaml.safe_dump(made))
        code, output = run(tmp_path, "check", "--config", "purser.yaml")
        assert code == 0, output
        assert ("clients of a unix socket have no address" in output) == noted, output


@pytest.mark.parametrize(
    ("listen", "reason"),
    [
        ("unix:relative", "listen: found"),
        ("unix:", "listen: found"),
        ("unix:/" + "x" * 106, "listen: found"),
        ({"address": "unix:/p", "mode": "0999"}, "listen.mode: found"),
        ({"address": "127.0.0.1:0", "mode": "0600"}, "listen.mode: found a mode for a TCP address"),
    ],
)
def test_check_rejects_a_malformed_socket(tmp_path, login, listen, reason):
    made = settings(login.pinned(tmp_path)) | {"listen": listen}
    (tmp_path / "purser.yaml").write_text(yaml.safe_dump(made))
    code, output = run(tmp_path, "check", "--config", "purser.yaml")
    assert code == 1 and reason in output and "expected" in output, output


def test_check_rejects_one_socket_for_both_listeners_and_trusted_socket_peers_of_a_tcp_listener(tmp_path, login):
    made = settings(login.pinned(tmp_path)) | {"listen": "unix:/run/p", "admin": "unix:/run/p"}
    (tmp_path / "purser.yaml").write_text(yaml.safe_dump(made))
    code, output = run(tmp_path, "check", "--config", "purser.yaml")
    assert code == 1 and 'admin: found "unix:/run/p"; expected another address' in output, output
    made = settings(login.pinned(tmp_path), **{"trusted-proxies": ["unix"]})
    (tmp_path / "purser.yaml").write_text(yaml.safe_dump(made))
    code, output = run(tmp_path, "check", "--config", "purser.yaml")
    assert code == 1 and 'trusted-proxies: found "unix"' in output, output


def test_purser_credentials_connects_to_a_unix_socket(sockets, tmp_path, login):
    purser = sockets()
    token = login.token()
    purser.known_secrets.add_token(token)
    (tmp_path / "token").write_text(token)
    address = purser.addresses["public"]
    for more in ([], ["--token-file", tmp_path / "token"]):
        code, output = run(tmp_path, "credentials", "--broker", address, "--app", APP, *more)
        assert code == 0, output
        purser.known_secrets.add_credentials(
            {"secretAccessKey": json.loads(output)["SecretAccessKey"], "sessionToken": json.loads(output)["SessionToken"]}
        )
    code, output = run(tmp_path, "credentials", "--broker", f"unix:{tmp_path / 'nobody'}", "--app", APP)
    assert code == 1 and "no response from the broker" in output, output


def test_a_shutdown_closes_connections_of_a_unix_socket(sockets):
    purser = sockets()
    with dial(purser.addresses["public"]) as idle, dial(purser.addresses["public"]) as used:
        used.sendall(head("GET", f"/v1/apps/{APP}/guest-credentials"))
        assert read_answer(used)[0] == 200
        assert purser.process.stop() == 0
        assert closed(idle) and closed(used)
