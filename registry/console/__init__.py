# SPDX-License-Identifier: Apache-2.0
"""The registry's console: a web application for the officials of several authorities at once."""
