# SPDX-License-Identifier: Apache-2.0
"""Tests of what the web applications share."""
