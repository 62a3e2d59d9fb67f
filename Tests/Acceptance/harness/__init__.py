# SPDX-License-Identifier: Apache-2.0
"""The harness of the acceptance tests: real components, started on free loopback ports and ended by their pid."""
