# SPDX-License-Identifier: Apache-2.0
"""A purser with users, forged tokens, batches and a dead issuer, for the picture of the status page."""

import random
import threading

from .batches import post
from .data_plane import DataPlane
from .fake_sts import FakeSTS
from .purser import Purser
from .settings import APP, BROKER_KEYS, app, issuer, settings
from .tokens import Issuer


class BusyPurser:
    def __init__(self, directory):
        self._login, self._sts, self._plane = Issuer(), FakeSTS(), DataPlane()
        dead = "https://dead.example.test/"
        made = settings(
            self._login.pinned(directory),
            issuer(dead, "https://127.0.0.1:1/jwks"),
            apps={APP: app(self._login.url), "blog": app(dead)},
        )
        self.purser = Purser(directory, made, self._sts.url, AWS_ENDPOINT_URL_RUM=self._plane.url, **BROKER_KEYS)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self):
        choose = random.Random(1)
        users = [self._login.token(f"user-{number}") for number in range(60)]
        while not self._ended.wait(choose.random() * 0.05):
            token = choose.choice(users)
            self.purser.credentials(token)
            if choose.random() < 0.05:
                self.purser.credentials(token[:-4] + "AAAA")
            if choose.random() < 0.2:
                post(self.purser, token)
            if choose.random() < 0.1:
                self.purser.credentials(self._login.token(f"user-{choose.random()}"))

    def stop(self):
        self._ended.set()
        self._thread.join()
        for one in (self.purser, self._sts, self._plane):
            one.stop()
