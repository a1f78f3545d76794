# SPDX-License-Identifier: Apache-2.0
"""Who may sign: private keys at rest, public keys as JWK, thumbprints, allowed algorithms."""
