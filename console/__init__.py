# SPDX-License-Identifier: Apache-2.0
"""What the two web applications share: accounts, sessions, forms, language, page frame."""
