# SPDX-License-Identifier: Apache-2.0
"""Attacks of the open internet, 3 s each: ordinary users and guests are served meanwhile, memory and connections stay
within bounds, and the process ends in time.

`make siege` runs the long form against a release build. `-m siege -k gzip` runs one attack, `-s` prints what happened.
"""

import pytest
from siege import table
from siege.attacks import ALL
from siege.battle import Siege
from siege.configuration import short

pytestmark = pytest.mark.siege


@pytest.fixture(scope="module")
def siege():
    it = Siege(short())
    yield it
    it.stop()


@pytest.mark.parametrize("attack", ALL, ids=lambda attack: attack.name.replace(" ", "-"))
def test_ordinary_clients_are_served_during_an_attack(siege, attack, tmp_path):
    outcome = siege.run(attack, tmp_path)
    print(f"\n{table.text(outcome)}")
    assert not outcome.failures, table.text(outcome)
