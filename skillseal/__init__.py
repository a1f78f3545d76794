# SPDX-License-Identifier: Apache-2.0
"""The command and the demo: puts the rooms together and is imported by none of them."""
