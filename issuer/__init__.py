# SPDX-License-Identifier: Apache-2.0
"""The desk of an evaluation body: rosters in, signed certificates out, handed in to the registry."""
