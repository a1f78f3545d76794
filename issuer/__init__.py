# SPDX-License-Identifier: Apache-2.0
"""The desk of an evaluation body: rosters in, certificates out and handed in."""
