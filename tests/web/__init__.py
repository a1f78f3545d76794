# SPDX-License-Identifier: Apache-2.0
"""The verifier in TypeScript, asked from Python."""
