# SPDX-License-Identifier: Apache-2.0
"""What a siege measures at the server from outside: memory, connections and probes."""

import socket
import threading
from collections import Counter
from pathlib import Path

from harness.web import fetch

from .sources import ATTACKERS

_TABLE = Path("/proc/net/tcp")


def connections_of_attackers(port):
    """Connections from attackers' addresses that the server's process has open (proc(5), /proc/net/tcp)."""
    found = 0
    for line in _TABLE.read_text().splitlines()[1:]:
        fields = line.split()
        local, peer, inode = fields[1], fields[2], fields[9]
        # A connection without an inode belongs to the kernel alone.
        if int(local.rsplit(":", 1)[1], 16) == port and inode != "0" and _address(peer).startswith(ATTACKERS):
            found += 1
    return found


def _address(peer):
    return socket.inet_ntoa(int(peer.split(":")[0], 16).to_bytes(4, "little"))


class Watch:
    """Samples the memory 20 times a second and probes the admin listener 4 times a second."""

    def __init__(self, purser):
        self.before = self.highest = purser.resident()
        self.probes = Counter()
        self._purser, self._ended = purser, threading.Event()
        self._threads = [threading.Thread(target=target, daemon=True) for target in (self._sample, self._probe)]
        for thread in self._threads:
            thread.start()

    def _sample(self):
        while not self._ended.wait(0.05):
            self.highest = max(self.highest, self._purser.resident())

    def _probe(self):
        while not self._ended.wait(0.25):
            for path in ("/livez", "/metrics"):
                try:
                    self.probes[fetch(self._purser.url("admin") + path, timeout=10).status] += 1
                except OSError:
                    self.probes["no response"] += 1

    def end(self):
        self._ended.set()
        for thread in self._threads:
            thread.join(15)
        self.highest = max(self.highest, self._purser.resident())
