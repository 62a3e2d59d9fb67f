# SPDX-License-Identifier: Apache-2.0
"""Measurements of a release build: `PURSER_BIN=… python -m bench.exchange`, `bench.proxied`, `bench.first_requests`.

Each starts purser with default settings and raised limits, and prints its results as JSON lines. Purser and its peers
run on one core, and the fake AWS and the load on another one, where the machine allows that.
"""
