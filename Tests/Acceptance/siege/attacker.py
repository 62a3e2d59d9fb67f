# SPDX-License-Identifier: Apache-2.0
"""The attacker's process."""

from .attacks import ALL
from .crowd import Crowd

BY_NAME = {attack.name: attack for attack in ALL}


class Attacker:
    def begin(self, target):
        self._target, self._crowd = target, Crowd(target.address, target.form.pace)

    def attack(self, name, seconds):
        """Attacks for that time; what is open then stays open. Returns the counts."""
        BY_NAME[name].run(self._crowd, self._target, seconds)
        self._crowd.drop_closed()
        counts, self._crowd.counts = self._crowd.counts, type(self._crowd.counts)()
        return counts

    def end(self):
        self._crowd.leave()
