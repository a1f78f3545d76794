# SPDX-License-Identifier: Apache-2.0
"""How the database's schema came to be, step by step; `registry.schema.upgrade` runs them."""
