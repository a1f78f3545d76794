# SPDX-License-Identifier: Apache-2.0
"""The vectors, and the generator that makes them: docs/vectors.md."""
