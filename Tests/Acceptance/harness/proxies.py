# SPDX-License-Identifier: Apache-2.0
"""nginx and HAProxy in front of Purser, on loopback ports, with connections to it that stay open."""

import shutil

from .process import Process, environment, start_listening

# Incomplete requests and idle connections of clients end after this many seconds.
TIMEOUT = 2

_NGINX = """\
daemon off;
master_process off;
pid {directory}/nginx.pid;
error_log stderr error;
events {{ worker_connections 256; }}
http {{
  access_log off;
  client_body_temp_path {directory}/body; proxy_temp_path {directory}/proxy; fastcgi_temp_path {directory}/fastcgi;
  uwsgi_temp_path {directory}/uwsgi; scgi_temp_path {directory}/scgi;
  client_header_timeout {timeout}s; client_body_timeout {timeout}s; keepalive_timeout {timeout}s;
  lingering_timeout 1s; lingering_time 2s;
  upstream purser {{ server {upstream}; keepalive 4; }}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://purser;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_next_upstream off;
    }}
  }}
}}
"""

_HAPROXY = """\
global
  nbthread 1
  maxconn 256
defaults
  mode http
  timeout connect 5s
  timeout client {timeout}s
  timeout server 15s
  timeout http-request {timeout}s
  timeout http-keep-alive {timeout}s
  option forwardfor
  retries 0
frontend public
  bind 127.0.0.1:{port}
  default_backend purser
backend purser
  http-reuse always
  server purser {upstream}
"""


class _Proxy:
    def __init__(self, directory, upstream):
        directory.mkdir(parents=True, exist_ok=True)
        self.process, port = start_listening(lambda port: self._launch(directory, upstream, port))
        self.address = ("127.0.0.1", port)

    def _launch(self, directory, upstream, port):
        file = directory / "proxy.conf"
        file.write_text(self.template.format(directory=directory, upstream=upstream, port=port, timeout=TIMEOUT))
        return Process(self.command(file), directory, "proxy", environment())

    def stop(self):
        self.process.stop()


class Nginx(_Proxy):
    template = _NGINX

    def command(self, file):
        return [program("nginx"), "-e", "stderr", "-c", file, "-p", file.parent]


class HAProxy(_Proxy):
    template = _HAPROXY

    def command(self, file):
        return [program("haproxy"), "-db", "-f", file]


def program(name):
    """Debian installs servers in a folder that is not in every user's PATH."""
    found = shutil.which(name, path="/usr/sbin:/usr/local/sbin:/usr/bin")
    assert found, f"{name} is not installed; `make test-packages` installs it"
    return found
