# SPDX-License-Identifier: Apache-2.0
"""The one family of exceptions of this project.

Every failure carries a stable `code` (listed in docs/errors.md, the same in Python, TypeScript and
HTTP) and one clear line that says what to do. Neither ever contains a secret: no passphrase, no
private key, no document number. A code is a constant of the source, so callers branch on it; the
message is for people and may change.
"""


class SealError(Exception):
    """A failure that somebody can act on."""

    code: str
    """Stable, lower-case, `<subject>.<what>`: `key.passphrase`."""

    def __init__(self, code: str, message: str) -> None:
        """Keep the code beside the message.

        Args:
            code: One of the codes listed in docs/errors.md.
            message: One line for people, without secrets.
        """
        super().__init__(message)
        self.code = code

    def __reduce__(self) -> tuple[type["SealError"], tuple[str, str]]:
        """Cross a process boundary with the code intact (rosters are checked on all cores)."""
        return type(self), (self.code, str(self))


class KeyMaterialError(SealError):
    """A key, key file or passphrase cannot be used."""
