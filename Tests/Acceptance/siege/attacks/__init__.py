# SPDX-License-Identifier: Apache-2.0
"""All attacks."""

from . import connections, costly, floods, heads, slow, stopped_reader, unread

ALL = [
    attack
    for module in (unread, connections, slow, floods, costly, heads, stopped_reader)
    for attack in module.ATTACKS
]
