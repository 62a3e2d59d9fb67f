# SPDX-License-Identifier: Apache-2.0
"""HAProxy and nginx on the measured core. HAProxy verifies each token as Purser does, RS256 with `iss`, `aud`, `exp` and
`nbf`, and answers with a fixed body. nginx answers with the same bytes and verifies nothing."""

from harness.process import Process, environment, start_listening
from harness.proxies import program

from . import cores

_HAPROXY = """\
global
  nbthread 1
  maxconn 4096
defaults
  mode http
  timeout client 30s
  timeout server 30s
  timeout connect 5s
frontend public
  bind 127.0.0.1:{port}
  http-request set-var(txn.token) http_auth_bearer
  http-request deny deny_status 401 unless {{ var(txn.token),jwt_header_query('$.alg') -m str RS256 }}
  http-request deny deny_status 401 unless {{ var(txn.token),jwt_verify("RS256","{directory}/key.pem") -m int 1 }}
  http-request deny deny_status 401 unless {{ var(txn.token),jwt_payload_query('$.iss') -m str {issuer} }}
  http-request deny deny_status 401 unless {{ var(txn.token),jwt_payload_query('$.aud') -m str {audience} }}
  http-request set-var(txn.exp) var(txn.token),jwt_payload_query('$.exp','int')
  http-request set-var(txn.nbf) var(txn.token),jwt_payload_query('$.nbf','int')
  http-request set-var(txn.now) date()
  http-request deny deny_status 401 if {{ var(txn.exp),sub(txn.now) -m int lt 0 }}
  http-request deny deny_status 401 if {{ var(txn.nbf),sub(txn.now) -m int gt 0 }}
  http-request return status 200 content-type application/json file {directory}/body.json
"""

_NGINX = """\
worker_processes 1;
daemon off;
master_process off;
pid {directory}/nginx.pid;
error_log stderr error;
events {{ worker_connections 4096; }}
http {{
  access_log off; keepalive_requests 100000000; keepalive_timeout 300s; tcp_nodelay on;
  large_client_header_buffers 8 32k; default_type application/json;
  client_body_temp_path {directory}/body; proxy_temp_path {directory}/proxy; fastcgi_temp_path {directory}/fastcgi;
  uwsgi_temp_path {directory}/uwsgi; scgi_temp_path {directory}/scgi;
  server {{ listen 127.0.0.1:{port}; location / {{ return 200 '{body}'; }} }}
}}
"""


class _Peer:
    def __init__(self, directory, file, text, command):
        directory.mkdir(parents=True, exist_ok=True)

        def launch(port):
            (directory / file).write_text(text(port))
            return Process([*cores.measured(), *command(directory / file)], directory, file, environment())

        self.process, port = start_listening(launch)
        self.url = f"http://127.0.0.1:{port}/"

    def stop(self):
        self.process.stop()


def haproxy(directory, issuer, audience, public_key, body):
    """`public_key` in PEM."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "key.pem").write_bytes(public_key)
    (directory / "body.json").write_bytes(body)

    def text(port):
        return _HAPROXY.format(port=port, directory=directory, issuer=issuer, audience=audience)

    return _Peer(directory, "haproxy.cfg", text, lambda file: [program("haproxy"), "-db", "-f", file])


def nginx(directory, body):
    def text(port):
        return _NGINX.format(port=port, directory=directory, body=body.decode())

    return _Peer(
        directory, "nginx.conf", text, lambda file: [program("nginx"), "-e", "stderr", "-c", file, "-p", directory])
