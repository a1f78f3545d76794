# SPDX-License-Identifier: Apache-2.0
"""The errors of the shared language, by who must act; the codes are listed in docs/errors.md.

What a verdict finds out about a certificate (revoked, expired, out of scope) is a reason, never an
exception.
"""

from keys.errors import SealError

__all__ = [
    "AfterError",
    "ConflictError",
    "MalformedError",
    "SealError",
    "UnavailableError",
    "UntrustedError",
]


class MalformedError(SealError):
    """The bytes are not of the format: whoever made them must act."""


class UntrustedError(SealError):
    """A signature, key or proof does not hold: do not go on."""


class ConflictError(SealError):
    """The registry's state stands against it: look at the state and decide again."""


class AfterError(ConflictError):
    """`statement.after`: the subject has another last statement than the one that was named."""

    def __init__(self, head: str | None, message: str) -> None:
        """Keep the digest beside the message.

        Args:
            head: Of the subject's last statement, base64url; None where it has none.
            message: One line for people.
        """
        super().__init__("statement.after", message)
        self.head = head

    def __reduce__(self) -> tuple[type["AfterError"], tuple[str | None, str]]:  # type: ignore[override]  # its own arguments
        """Cross a process boundary with the digest intact."""
        return type(self), (self.head, str(self))


class UnavailableError(SealError):
    """A disk, a network or a peer does not answer: try again later."""
