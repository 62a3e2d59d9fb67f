# SPDX-License-Identifier: Apache-2.0
"""TLS of both listeners: what is offered and refused, certificates that change, and clients that stall."""

import json
import socket
import ssl
import subprocess
import threading
import time

import pytest
import yaml
from harness import raw
from harness.certificates import Authority, CertificateFiles, key_pem, new_key
from harness.command import run
from harness.deadline import eventually
from harness.encrypted import EncryptedPurser, dial, refused
from harness.observability import await_metric, metric
from harness.proxies import HAProxy
from harness.settings import APP, BROKER_KEYS, settings
from harness.web import Answer, send

GUEST = f"/v1/apps/{APP}/guest-credentials"
# RFC 9325 §4.2: ephemeral keys and authenticated encryption.
GOOD_CIPHERS = {
    "ECDSA": {
        "ECDHE-ECDSA-AES128-GCM-SHA256",
        "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ECDHE-ECDSA-CHACHA20-POLY1305",
    },
    "RSA": {"ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-CHACHA20-POLY1305"},
}


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def tls(started, tmp_path, login, sts, authority):
    """Starts purser with TLS on the public listener, and on the admin listener if `admin` has files for it."""
    numbers = iter(range(100))

    def start(files, admin=None, client=None, listen=None, **changes):
        directory = tmp_path / f"tls-{next(numbers)}"
        made = settings(login.pinned(directory), **changes)
        made["listen"] = {"address": "127.0.0.1:0", "tls": files.settings} | (listen or {})
        contexts = {"public": authority.client_context()}
        if admin:
            made["admin"] = {"address": "127.0.0.1:0", "tls": admin.settings}
            contexts["admin"] = authority.client_context(client)
        return started(EncryptedPurser(directory, made, sts.url, contexts=contexts, **BROKER_KEYS))

    return start


@pytest.fixture
def files(tmp_path, authority):
    return CertificateFiles(tmp_path / "files", authority.issue())


def s_client(address, *arguments, stdin=b""):
    """The output of `openssl s_client`, which ends at the end of `stdin`."""
    done = subprocess.run(
        ["openssl", "s_client", "-connect", address, "-servername", "localhost", *map(str, arguments)],
        input=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=30,
        check=False,
    )
    return done.returncode, done.stdout.decode(errors="replace")


def test_both_listeners_serve_over_tls_and_plain_http_gets_no_response(tls, files, sts):
    purser = tls(files, admin=files)
    first, second = purser.guest(), purser.guest()
    assert (first.status, second.status, first.body == second.body, sts.count) == (200, 200, True, 1)
    assert purser.probe("/livez").status == 200
    purser.ready()
    for listener in ("public", "admin"):
        host, port = purser.addresses[listener].rsplit(":", 1)
        answer = raw.exchange((host, int(port)), raw.head("GET", "/livez"))
        assert b"HTTP/" not in answer, answer
    lines = {line["listener"]: line for line in purser.complete_log("certificate")}
    assert set(lines) == {"public", "admin"}


def test_a_signed_in_user_is_served_on_one_connection_by_both_paths(tls, files, login):
    purser = tls(files)
    connection = purser.connection()
    token = login.token()
    purser.known_secrets.add_token(token)
    header = [("Authorization", f"Bearer {token}")]
    seen = []
    # A `Content-Length` is not plain, so that request takes the full path, and the next one the fast lane again.
    for extra in ([], [], [("Content-Length", "0")], []):
        answer = send(connection, "GET", f"/v1/apps/{APP}/credentials", header + extra)
        assert answer.status == 200, answer
        purser.known_secrets.add_credentials(answer.json)
        seen.append(answer.json["accessKeyId"])
    assert len(set(seen)) == 1
    connection.close()


@pytest.mark.parametrize("version", ["-tls1", "-tls1_1"])
def test_old_protocols_are_refused(tls, files, version):
    purser = tls(files)
    code, output = s_client(purser.addresses["public"], version, "-cipher", "ALL:COMPLEMENTOFALL:@SECLEVEL=0")
    assert code != 0 and "Cipher is (NONE)" in output and "protocol version" in output, output


@pytest.mark.parametrize("kind", ["P-256", "P-384", "RSA-2048"])
def test_tls_1_2_and_1_3_are_accepted_with_the_chain_sent_and_http_1_1_negotiated(tls, tmp_path, authority, kind):
    leaf = authority.issue(kind)
    purser = tls(CertificateFiles(tmp_path / "files", leaf))
    for version, protocol in (("-tls1_2", "TLSv1.2"), ("-tls1_3", "TLSv1.3")):
        code, output = s_client(
            purser.addresses["public"],
            version,
            *("-showcerts", "-alpn", "h2,http/1.1", "-CAfile", authority.file, "-verify_return_error"),
        )
        assert code == 0, output
        assert protocol in output and "Verify return code: 0 (ok)" in output, output
        assert output.count("BEGIN CERTIFICATE") == 2, "the certificate and the intermediate one"
        assert "ALPN protocol: http/1.1" in output
        assert "Compression: NONE" in output


def test_only_http_1_1_is_negotiated(tls, files):
    purser = tls(files)
    _, output = s_client(purser.addresses["public"], "-alpn", "h2")
    assert "No ALPN negotiated" in output, output


@pytest.mark.parametrize("kind", ["P-256", "RSA-2048"])
def test_only_ciphers_with_ephemeral_keys_and_authenticated_encryption_are_accepted(tls, tmp_path, authority, kind):
    purser = tls(CertificateFiles(tmp_path / "files", authority.issue(kind)))
    everything = "ALL:COMPLEMENTOFALL:@SECLEVEL=0"
    names = subprocess.run(
        ["openssl", "ciphers", "-tls1_2", everything], stdout=subprocess.PIPE, check=True
    ).stdout.decode()
    offered = [name for name in names.strip().split(":") if not name.startswith("TLS_")]
    assert len(offered) > 50
    host, port = purser.addresses["public"].rsplit(":", 1)
    accepted = set()
    for name in offered:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_2
        try:
            context.set_ciphers(f"{name}:@SECLEVEL=0")
        except ssl.SSLError:
            continue  # This client cannot even offer it.
        with socket.create_connection((host, int(port)), 15) as plain:
            try:
                with context.wrap_socket(plain) as connection:
                    accepted.add(connection.cipher()[0])
            except (ssl.SSLError, ConnectionError):
                continue
    assert accepted == GOOD_CIPHERS["RSA" if kind == "RSA-2048" else "ECDSA"]


def test_a_client_cannot_renegotiate(tls, files):
    purser = tls(files)
    code, output = s_client(purser.addresses["public"], "-tls1_2", stdin=b"R\n" * 3)
    assert "RENEGOTIATING" in output and code != 0, output
    assert "no renegotiation" in output or "unexpected" in output.lower(), output
    assert purser.guest().status == 200


def test_the_admin_listener_requires_a_client_certificate_of_its_authority(tls, tmp_path, authority):
    operators, strangers = Authority(tmp_path / "ca", "operators"), Authority(tmp_path / "ca", "strangers")
    leaf = authority.issue()
    mutual = CertificateFiles(tmp_path / "mutual", leaf, operators.file)
    good = operators.issue().files(tmp_path, "good")
    purser = tls(CertificateFiles(tmp_path / "files", leaf), admin=mutual, client=good)
    assert purser.probe("/livez").status == 200
    others = {
        "none": None,
        "of another authority": strangers.issue().files(tmp_path, "stranger"),
        "expired": operators.issue(days=-1).files(tmp_path, "expired"),
    }
    for name, client in others.items():
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            context = authority.client_context(client)
            context.minimum_version = context.maximum_version = version
            assert refused(purser.addresses["admin"], context), f"{name}, {version}"
    assert purser.guest().status == 200, "the public listener requires none"
    # A session of the other listener, which a client could begin without a certificate.
    context = authority.client_context()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with purser.dial(context=context) as connection:
        session = connection.session
        assert session.has_ticket
    for listener, resumes in (("public", True), ("admin", False)):
        host, port = purser.addresses[listener].rsplit(":", 1)
        with socket.create_connection((host, int(port)), 15) as plain:
            try:
                with context.wrap_socket(plain, server_hostname="localhost", session=session) as again:
                    assert resumes and again.session_reused
            except (ssl.SSLError, ConnectionError):
                assert not resumes
    await_metric(
        purser, "purser_tls_handshakes_total", lambda value: value >= 6, listener="admin", outcome="failed"
    )


class SteadyClients:
    """Clients that send requests all the time: half of them over one connection, half over a new one each."""

    def __init__(self, purser, count=6):
        self.answers, self.failures, self.kept = 0, [], 0
        self._purser, self._stopping, self._lock = purser, threading.Event(), threading.Lock()
        self._threads = [threading.Thread(target=self._run, args=[number % 2 == 0]) for number in range(count)]
        for thread in self._threads:
            thread.start()

    def _run(self, keeps):
        connection, sent = self._purser.connection(), 0
        while not self._stopping.is_set():
            try:
                # A connection that Purser closes fails here: `auto_open` is off once it is open.
                status = send(connection, "GET", GUEST).status
                failed = None if status == 200 else status
                sent += 1
                connection.auto_open = not keeps
                if not keeps:
                    connection.close()
            except Exception as error:
                failed = repr(error)
                connection = self._purser.connection()
            with self._lock:
                self.answers += 1
                if failed:
                    self.failures.append(failed)
            time.sleep(0.01)
        with self._lock:
            self.kept += keeps and sent > 1
        connection.close()

    def stop(self):
        self._stopping.set()
        for thread in self._threads:
            thread.join(30)


def test_twenty_certificate_changes_under_load_fail_no_request(tls, files, authority, started):
    purser = tls(files)
    purser.known_secrets.add_credentials(purser.guest().json)
    clients = started(SteadyClients(purser))
    for number in range(20):
        leaf = authority.issue()
        files.write(leaf, CertificateFiles.WAYS[number % 3])
        eventually(lambda leaf=leaf: purser.serial() == leaf.serial, f"change {number} takes effect", every=0.05)
    clients.stop()
    print(f"{clients.answers} requests, {len(clients.failures)} failed")
    assert clients.failures == []
    assert clients.answers > 200 and clients.kept == 3
    assert len(purser.complete_log("certificate changed")) == 20
    assert metric(purser, "purser_tls_certificate_changes_total", listener="public", outcome="applied") == 20
    expires = metric(purser, "purser_tls_certificate_expiry_timestamp_seconds", listener="public")
    assert expires == int(leaf.expires)


def test_a_bad_new_pair_is_logged_and_the_old_one_stays(tls, files, authority):
    purser = tls(files)
    old = purser.serial()
    new, other = authority.issue(), authority.issue()
    mistakes = [
        (new.chain, key_pem(other.key), 0o600, "tls.key: found a key that does not match the certificate"),
        ("nonsense", key_pem(new.key), 0o600, "tls.certificate: found no certificate"),
        (new.chain, key_pem(new.key, "secret"), 0o600, "tls.key: found an encrypted key"),
        (authority.issue(days=-1).chain, key_pem(new.key), 0o600, "tls.certificate: found a certificate that expired"),
        (new.chain, key_pem(new.key), 0o644, "may be read by everyone"),
    ]
    for number, (chain, key, mode, reason) in enumerate(mistakes, 1):
        files.write_texts(chain, key, mode=mode)
        lines = purser.await_log("certificate not renewed", at_least=number)
        assert reason in lines[-1]["detail"] and len(lines) == number, lines
        assert purser.serial() == old
    files.write(new)
    eventually(lambda: purser.serial() == new.serial, "the good pair takes effect", every=0.05)
    assert metric(purser, "purser_tls_certificate_changes_total", listener="public", outcome="refused") == len(mistakes)


def test_a_certificate_that_expires_soon_is_a_warning_and_a_note_of_check(tls, tmp_path, authority):
    leaf = authority.issue(days=5)
    purser = tls(CertificateFiles(tmp_path / "files", leaf))
    [line] = purser.await_log("certificate expires soon", level="warning", listener="public")
    assert line["sha256"] and line["expires"].endswith("Z")
    code, output = run(tmp_path / "tls-0", "check", "--config", "purser.yaml")
    assert code == 0 and "note: listen.tls.certificate: expires at" in output and "in 4 days" in output, output
    later = tls(CertificateFiles(tmp_path / "more", authority.issue(days=20)))
    assert later.guest().status == 200
    assert later.complete_log("certificate expires soon") == []


def hello(context):
    """The first bytes of a client's handshake."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = context.wrap_bio(incoming, outgoing, server_hostname="localhost")
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    return outgoing.read()


def test_a_client_that_stalls_in_the_handshake_is_closed_at_the_header_timeout(tls, files, authority):
    purser = tls(files, limits={"header-timeout": "1s"})
    first = hello(authority.client_context())
    began = time.monotonic()
    stalled = [raw.connect(purser.address) for _ in range(5)]
    for connection, length in zip(stalled, (0, 1, 5, len(first) // 2, len(first)), strict=True):
        connection.sendall(first[:length])
    assert purser.guest().status == 200, "others are served meanwhile"
    for connection in stalled:
        assert raw.closed(connection)
    assert time.monotonic() - began > 0.9, "not closed ahead of the time-out"
    with raw.connect(purser.address) as slow:
        # Bytes that trickle in do not extend the time.
        assert raw.drip(slow, first, every=0.05) < 8
    await_metric(purser, "purser_connections", 0, listener="public")
    failed = {"listener": "public", "outcome": "failed"}
    await_metric(purser, "purser_tls_handshakes_total", 6, **failed)


def test_unfinished_handshakes_count_as_connections_and_make_room_for_others(tls, files, authority):
    purser = tls(files, limits={"connections": 16, "header-timeout": "60s"})
    first = hello(authority.client_context())
    stalled = [raw.connect(purser.address) for _ in range(60)]
    for connection in stalled:
        try:
            connection.sendall(first[:50])
        except OSError:
            pass  # Closed already, to make room.
    for _ in range(5):
        assert purser.guest().status == 200
    assert metric(purser, "purser_connections_closed_total", limit="listener") > 0
    for connection in stalled:
        connection.close()


def test_a_slow_request_inside_tls_is_closed_as_without(tls, files):
    purser = tls(files, limits={"header-timeout": "1s"})
    with purser.dial() as connection:
        assert raw.drip(connection, raw.head("GET", GUEST, "X-Filler: " + "x" * 1000)) < 8
    with purser.dial() as silent:
        assert raw.closed(silent)


def test_responses_that_are_not_read_take_no_memory(tls, files, login):
    purser, token = tls(files), login.token()
    assert purser.credentials(token).status == 200
    request = raw.head("GET", f"/v1/apps/{APP}/credentials", f"Authorization: Bearer {token}")
    requests, sent = 40_000, 0
    before = purser.resident()
    with purser.dial() as connection:
        data, deadline = memoryview(request * requests), time.monotonic() + 3
        connection.setblocking(False)
        while sent < len(data) and time.monotonic() < deadline:
            try:
                sent += connection.send(data[sent : sent + 16_384])
            except ssl.SSLWantWriteError:
                time.sleep(0.05)  # The server has stopped to read, and must stay so.
        # What was sent is in the buffers of both sockets; 10,000 responses in memory would be 15 MiB.
        assert sent // len(request) < requests
        assert purser.resident() - before < 8 << 20
        assert purser.guest().status == 200
        connection.settimeout(15)
        with connection.makefile("rb") as stream:
            for _ in range(100):
                assert raw.read_from(stream)[0] == 200


def test_the_proxy_protocol_comes_before_tls(tls, files, authority):
    purser = tls(
        files, listen={"proxy-protocol": True}, log={"client-address": True}, **{"trusted-proxies": ["127.0.0.1"]}
    )
    with raw.connect(purser.address) as plain:
        plain.sendall(b"PROXY TCP4 192.0.2.77 127.0.0.1 50000 443\r\n")
        with authority.client_context().wrap_socket(plain, server_hostname="localhost") as connection:
            connection.sendall(raw.head("GET", "/nothing-here"))
            status, headers, _ = raw.read_answer(connection)
    assert status == 404
    [line] = purser.await_log("answered", requestId=headers["x-request-id"])
    assert line["clientAddress"] == "192.0.2.77"
    assert refused(purser.addresses["public"], authority.client_context()), "a trusted proxy without the header"
    # The harness's own requests at the end need the header too.
    purser.fetch = lambda listener, path, *request: proxied(purser, authority, path)


def test_a_real_proxy_connects_with_tls_and_the_proxy_protocol(tls, files, authority, started, tmp_path):
    purser = tls(
        files, listen={"proxy-protocol": True}, log={"client-address": True}, **{"trusted-proxies": ["127.0.0.1"]}
    )
    options = f"send-proxy-v2 ssl verify required ca-file {authority.file} sni str(localhost) verifyhost localhost"
    front = started(HAProxy(tmp_path / "proxy", f"{purser.addresses['public']} {options}"))
    with raw.connect(front.address, source="127.0.0.7") as connection:
        connection.sendall(raw.head("GET", GUEST))
        status, headers, body = raw.read_answer(connection)
    assert status == 200, body
    purser.known_secrets.add_credentials(json.loads(body))
    [line] = purser.await_log("answered", requestId=headers["x-request-id"])
    assert line["clientAddress"] == "127.0.0.7"
    purser.fetch = lambda listener, path, *request: proxied(purser, authority, path)


def proxied(purser, authority, path):
    with raw.connect(purser.address) as plain:
        plain.sendall(b"PROXY UNKNOWN\r\n")
        with authority.client_context().wrap_socket(plain, server_hostname="localhost") as connection:
            connection.sendall(raw.head("GET", path))
            status, headers, body = raw.read_answer(connection)
            return Answer(status, list(headers.items()), body)


def half_closed(plain, authority, request):
    """What a client reads that sends a request and close_notify at once, up to the server's close_notify."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = authority.client_context().wrap_bio(incoming, outgoing, server_hostname="localhost")
    answer = b""

    def step(action):
        """The action's result, after as many reads from the socket as it takes."""
        while True:
            try:
                return action()
            except ssl.SSLZeroReturnError:
                return b""  # close_notify; the end without one is another error.
            except ssl.SSLWantReadError:
                plain.sendall(outgoing.read())
                received = plain.recv(65_536)
                incoming.write(received) if received else incoming.write_eof()

    with plain:
        step(client.do_handshake)
        client.write(request)
        with pytest.raises(ssl.SSLWantReadError):
            client.unwrap()
        while chunk := step(lambda: client.read(65_536)):
            answer += chunk
        return answer


def test_connections_end_with_close_notify_on_both_sides(tls, files, authority):
    purser = tls(files)
    purser.known_secrets.add_credentials(purser.guest().json)
    with purser.dial() as connection:
        connection.sendall(raw.head("GET", "/nothing-here", "Connection: close"))
        answer = b""
        # `dial` does not suppress a missing close_notify, so that the end without one would raise an error.
        while chunk := connection.recv(65_536):
            answer += chunk
        assert answer.startswith(b"HTTP/1.1 404")
    for extra in ([], ["Content-Length: 0"]):
        # The client's close_notify right behind its request, for both paths: the response still comes.
        assert half_closed(raw.connect(purser.address), authority, raw.head("GET", GUEST, *extra)).startswith(
            b"HTTP/1.1 200"
        )
    with purser.dial() as idle:
        idle.unwrap()
    await_metric(purser, "purser_connections", 0, listener="public")


def test_a_body_that_a_cut_connection_ends_is_not_taken_for_a_whole_one(tls, files, login):
    purser = tls(files)
    with purser.dial() as connection:
        connection.sendall(
            raw.head(
                "POST",
                f"/v1/apps/{APP}/appmonitors/66666666-7777-8888-9999-000000000000",
                *("Content-Type: application/json", "Transfer-Encoding: chunked"),
            )
            + b"2\r\n{}\r\n"
        )
        # Without close_notify: an attacker on the way could do the same.
        connection.shutdown(socket.SHUT_WR)
        assert raw.closed(connection)
    await_metric(purser, "purser_connections", 0, listener="public")
    assert [line for line in purser.complete_log("answered") if line["status"] == 200] == []


def test_a_shutdown_ends_tls_connections_in_time(tls, files):
    purser = tls(files)
    kept = [purser.dial() for _ in range(5)]
    for connection in kept:
        connection.sendall(raw.head("GET", GUEST))
        assert raw.read_answer(connection)[0] == 200
    half = raw.connect(purser.address)
    assert purser.process.stop() == 0
    for connection in [*kept, half]:
        assert raw.closed(connection)
        connection.close()


def mistakes(authority, directory):
    """Files of a `tls` with a mistake: the setting, and what is reported."""
    leaf, expired = authority.issue(), authority.issue(days=-1)
    weak, modern = authority.issue("RSA-1024"), authority.issue("Ed25519")
    good = key_pem(leaf.key)
    return {
        "missing": (None, good, "certificate", "can't be read"),
        "garbage": ("garbage", good, "certificate", "found no certificate"),
        "expired": (expired.chain, key_pem(expired.key), "certificate", "expired at"),
        "weak": (weak.chain, key_pem(weak.key), "certificate", "1024 bits"),
        "ed25519": (modern.chain, key_pem(modern.key), "certificate", "Ed25519"),
        "other-key": (leaf.chain, key_pem(new_key()), "key", "does not match"),
        "encrypted": (leaf.chain, key_pem(leaf.key, "secret"), "key", "encrypted"),
        "several": (leaf.chain, good + good, "key", "several keys"),
        "no-key": (leaf.chain, "nothing\n", "key", "found no key"),
        "certificate-for-key": (leaf.chain, leaf.chain, "key", "found no key"),
    }


def test_check_reports_each_mistake_of_the_files_with_its_line(tmp_path, authority, login):
    for name, (chain, key, setting, reason) in mistakes(authority, tmp_path).items():
        directory = tmp_path / name
        made = settings(login.pinned(directory))
        if chain is not None:
            (directory / "tls.crt").write_text(chain)
        (directory / "tls.key").touch(0o600)
        (directory / "tls.key").write_text(key)
        made["listen"] = {"address": "127.0.0.1:0", "tls": {"certificate": "tls.crt", "key": "tls.key"}}
        (directory / "purser.yaml").write_text(yaml.safe_dump(made, sort_keys=False))
        code, output = run(directory, "check", "--config", "purser.yaml")
        line = {"certificate": 4, "key": 5}[setting]
        assert code == 1 and output.startswith(f"purser.yaml:{line}: listen.tls.{setting}: "), (name, output)
        assert reason in output and "expected" in output and output.count("\n") == 1, (name, output)
        assert "PRIVATE KEY" not in output and "secret" not in output


def test_a_key_that_others_may_read_or_write_is_rejected_and_one_for_its_group_is_noted(tmp_path, authority, login):
    leaf = authority.issue()
    made = settings(login.pinned(tmp_path))
    (tmp_path / "tls.crt").write_text(leaf.chain)
    (tmp_path / "tls.key").write_text(key_pem(leaf.key))
    made["admin"] = {"address": "127.0.0.1:0", "tls": {"certificate": "tls.crt", "key": "tls.key"}}
    (tmp_path / "purser.yaml").write_text(yaml.safe_dump(made, sort_keys=False))
    outputs = {}
    for mode in (0o600, 0o640, 0o644, 0o660):
        (tmp_path / "tls.key").chmod(mode)
        outputs[mode] = run(tmp_path, "check", "--config", "purser.yaml")
    assert outputs[0o600][0] == outputs[0o640][0] == 0
    assert "may be read by its group" in outputs[0o640][1] and "group" not in outputs[0o600][1]
    assert outputs[0o644][0] == outputs[0o660][0] == 1
    assert "admin.tls.key" in outputs[0o644][1] and "may be read by everyone" in outputs[0o644][1]


def test_tls_works_on_a_unix_socket(tls, files, tmp_path, authority):
    path = tmp_path / "s"
    purser = tls(files, listen={"address": f"unix:{path}"})
    assert purser.addresses["public"] == f"unix:{path}"
    assert purser.guest().status == 200
    with dial(f"unix:{path}", authority.client_context()) as connection:
        assert connection.version() == "TLSv1.3"
