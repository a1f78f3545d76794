# SPDX-License-Identifier: Apache-2.0
"""The errors of the shared language, by who must act; the codes are listed in docs/errors.md.

What a verdict finds out about a certificate (revoked, expired, out of scope) is a reason, never an
exception.
"""

from keys.errors import SealError

__all__ = ["ConflictError", "MalformedError", "SealError", "UnavailableError", "UntrustedError"]


class MalformedError(SealError):
    """The bytes are not of the format: whoever made them must act."""


class UntrustedError(SealError):
    """A signature, key or proof does not hold: do not go on."""


class ConflictError(SealError):
    """The registry's state stands against it: look at the state and decide again."""


class UnavailableError(SealError):
    """A disk, a network or a peer does not answer: try again later."""
