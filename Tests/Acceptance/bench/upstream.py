# SPDX-License-Identifier: Apache-2.0
"""nginx as AWS: an STS and a data plane with fixed responses, and as the peer that forwards without signing."""

import time

from harness.process import Process, environment, start_listening
from harness.proxies import program

_COMMON = """\
daemon off;
master_process off;
pid {directory}/nginx.pid;
error_log stderr error;
worker_rlimit_nofile 20000;
events {{ worker_connections 16384; }}
http {{
  access_log off; keepalive_requests 100000000; keepalive_timeout 300s; tcp_nodelay on;
  client_body_buffer_size 64k;
  client_body_temp_path {directory}/body; proxy_temp_path {directory}/proxy; fastcgi_temp_path {directory}/fastcgi;
  uwsgi_temp_path {directory}/uwsgi; scgi_temp_path {directory}/scgi;
"""

_AWS = (
    _COMMON
    + """\
  server {{
    listen 127.0.0.1:{port} backlog=16384;
    location = / {{ default_type text/xml; return 200 '{session}'; }}
    location /appmonitors/ {{
      default_type application/json;
      add_header x-amzn-RequestId 00000000-0000-4000-8000-00000000d4d4;
      return 200 '{{}}';
    }}
  }}
}}
"""
)

_FORWARDING = (
    _COMMON
    + """\
  upstream plane {{ server {plane}; keepalive 64; }}
  server {{
    listen 127.0.0.1:{port} backlog=16384;
    location / {{ proxy_pass http://plane; proxy_http_version 1.1; proxy_set_header Connection ""; }}
  }}
}}
"""
)


def session(action="AssumeRoleWithWebIdentity"):
    """A response of STS in its usual size, on one line."""
    expiration = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
    name = "0123456789abcdef0123." + "p" * 43
    token = "IQoJb3JpZ2luX2VjEXAMPLE" + "TokenOfASession/+" * 54
    return (
        f'<{action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{action}Result>'
        f"<AssumedRoleUser><AssumedRoleId>AROAEXAMPLEEXAMPLE00:{name}</AssumedRoleId>"
        f"<Arn>arn:aws:sts::123456789012:assumed-role/RumSignedIn/{name}</Arn></AssumedRoleUser>"
        "<Credentials><AccessKeyId>ASIAEXAMPLEEXAMPLE00</AccessKeyId>"
        "<SecretAccessKey>wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY</SecretAccessKey>"
        f"<SessionToken>{token}</SessionToken><Expiration>{expiration}</Expiration></Credentials>"
        "<PackedPolicySize>6</PackedPolicySize></" + action + "Result>"
        "<ResponseMetadata><RequestId>c6104cbe-af31-11e0-8154-cbc7ccf896c7</RequestId></ResponseMetadata>"
        f"</{action}Response>"
    )


class _Nginx:
    def __init__(self, directory, prefix, template, **values):
        directory.mkdir(parents=True, exist_ok=True)

        def launch(port):
            file = directory / "nginx.conf"
            file.write_text(template.format(directory=directory, port=port, **values))
            return Process(
                [*prefix, program("nginx"), "-e", "stderr", "-c", file, "-p", directory],
                directory,
                "nginx",
                environment(),
            )

        self.process, self.port = start_listening(launch)
        self.url = f"http://127.0.0.1:{self.port}"

    @property
    def pid(self):
        return self.process.pid

    def stop(self):
        self.process.stop()


def aws(directory, action="AssumeRoleWithWebIdentity"):
    """STS and the data plane at one address."""
    return _Nginx(directory, [], _AWS, session=session(action))


def forwarding(directory, plane, prefix):
    """Forwards every request to the data plane `plane`, `HOST:PORT`."""
    return _Nginx(directory, prefix, _FORWARDING, plane=plane)
