# SPDX-License-Identifier: Apache-2.0
"""The reader of stderr stops, while each vend needs a line of audit. Probes must answer."""

from ..attack import Attack
from .floods import GUEST, always, flood, get

REQUESTS = always(GUEST, get("/v1/apps/shop/credentials"))

ATTACKS = [
    Attack(
        "stopped reader of stderr",
        flood(REQUESTS),
        settings={"audit": {"to": "stderr", "required": True}},
        allowed=("503",),
        stopped_reader=True,
    )
]
