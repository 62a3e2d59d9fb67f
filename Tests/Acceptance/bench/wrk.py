# SPDX-License-Identifier: Apache-2.0
"""Load by wrk: plain requests with a bearer token each, over 64 connections."""

import subprocess
from dataclasses import dataclass

_SCRIPT = """\
local requests, i = {{}}, 0
function init(args)
  for line in io.lines("{tokens}") do
    requests[#requests + 1] = wrk.format("GET", nil, {{["Authorization"] = "Bearer " .. line, ["Host"] = wrk.host}})
  end
end
function request() i = i % #requests + 1; return requests[i] end
"""


@dataclass
class Load:
    rate: float  # requests a second
    requests: int


def run(url, tokens, directory, seconds, connections=64):
    """Sends the tokens in turn. Every response must be a 2xx."""
    directory.mkdir(parents=True, exist_ok=True)
    names, script = directory / "tokens.txt", directory / "requests.lua"
    names.write_text("\n".join(tokens) + "\n")
    script.write_text(_SCRIPT.format(tokens=names))
    text = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", script, url], capture_output=True, text=True, check=True
    ).stdout
    assert "Non-2xx" not in text and "Socket errors" not in text, text
    lines = text.splitlines()
    rate = next(float(line.split()[1]) for line in lines if line.startswith("Requests/sec:"))
    return Load(rate, next(int(line.split()[0]) for line in lines if " requests in " in line))
