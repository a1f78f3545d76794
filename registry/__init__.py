# SPDX-License-Identifier: Apache-2.0
"""The public memory: admits, countersigns, remembers and publishes."""
