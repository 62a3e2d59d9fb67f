# SPDX-License-Identifier: Apache-2.0
"""The client addresses of a siege, all on the loopback, so that each party has an address of its own."""

ATTACKER = "127.0.0.2"
TRUSTED_PROXY = "127.0.0.9"
MANY_ATTACKERS = tuple(f"127.0.3.{number}" for number in range(1, 9))
ATTACKERS = ("127.0.0.", "127.0.3.")


def user(number):
    return f"127.0.1.{number + 1}"


def guest(number):
    return f"127.0.2.{number + 1}"
