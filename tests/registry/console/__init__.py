# SPDX-License-Identifier: Apache-2.0
"""The registry's console: access, read side, pages, acts."""
