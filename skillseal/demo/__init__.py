# SPDX-License-Identifier: Apache-2.0
"""The demonstration: two regions, their bodies and every verdict, on one machine."""
