# SPDX-License-Identifier: Apache-2.0
"""A siege: attacks on one instance of Purser while ordinary users and guests work with it.

`python -m siege --seconds 60` runs all attacks against the program that PURSER_BIN names, and prints a table.
"""
