# SPDX-License-Identifier: Apache-2.0
"""Runs the browser module in Node, as a broker serves it."""

import json
import subprocess

from .process import environment

# Node imports no http: URLs, so the served text is imported as a data: URL.
_IMPORT = """\
const answer = await fetch(process.argv[1]);
const text = Buffer.from(await answer.arrayBuffer()).toString("base64");
const module = await import(`data:text/javascript;base64,${text}`);
const options = JSON.parse(process.argv[2]);
const provider = options.token
  ? module.credentials({ ...options, token: () => options.token })
  : module.guestCredentials(options);
const credentials = await Promise.all([provider(), provider(), provider()]);
console.log(JSON.stringify({ ...credentials[2], appMonitor: provider.monitor }));
"""


def credentials(url, directory, **options):
    """The credentials that a provider of the module at `url` returns to simultaneous calls; Node must end by itself."""
    run = subprocess.run(
        ["node", "--input-type=module", "--eval", _IMPORT, url, json.dumps(options)],
        capture_output=True,
        text=True,
        timeout=30,
        env=environment(HOME=directory),
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)
