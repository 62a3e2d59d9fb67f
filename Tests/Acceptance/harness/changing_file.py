# SPDX-License-Identifier: Apache-2.0
"""A key file that is changed in place, by rename, or as a mounted secret."""

import os

WAYS = ("in place", "rename", "secret mount")


class ChangingFile:
    def __init__(self, directory, way):
        self._directory, self._way, self._number = directory, way, 0
        directory.mkdir(parents=True)
        self.path = directory / "keys"
        if way == "secret mount":
            self.path.symlink_to("..data/keys")

    def write(self, text):
        self._number += 1
        {"in place": self.path.write_text, "rename": self._rename, "secret mount": self._mount}[self._way](text)

    def remove(self):
        self.path.unlink()

    def _rename(self, text):
        (self._directory / "new").write_text(text)
        os.replace(self._directory / "new", self.path)

    def _mount(self, text):
        """As Kubernetes updates a mounted secret: a link to a new directory takes the place of the old link."""
        data = self._directory / f"..{self._number}"
        data.mkdir()
        (data / "keys").write_text(text)
        (self._directory / "..new").symlink_to(data.name)
        os.replace(self._directory / "..new", self._directory / "..data")
