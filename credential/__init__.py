# SPDX-License-Identifier: Apache-2.0
"""The shared language: formats and pure rules, no input or output."""
