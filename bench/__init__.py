# SPDX-License-Identifier: Apache-2.0
"""Measurements against limits and peers, side by side in one run; figures, never assertions."""
