# SPDX-License-Identifier: Apache-2.0
"""Decides offline whether a certificate holds, and says why."""
