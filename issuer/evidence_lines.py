# SPDX-License-Identifier: Apache-2.0
"""The parts of a pack of evidence: canonical JSON, one object to a line."""

from collections.abc import Iterator
from typing import Final, NoReturn

from credential import canonical
from credential.errors import MalformedError, UntrustedError
from credential.members import Members

MAX_LINE: Final = 1 << 21  # bytes: a bulk revocation is the longest


def lines(content: bytes) -> Iterator[object]:
    """Read every line.

    Raises:
        MalformedError: As `one`.
    """
    for line in content.splitlines(keepends=True):
        yield one(line)


def one(line: bytes) -> object:
    """Read one line.

    Raises:
        MalformedError: `evidence.parts`, `malformed.…`.
    """
    if not line.endswith(b"\n") or len(line) > MAX_LINE:
        raise MalformedError("evidence.parts", "a line of a part is cut off or too long")
    return canonical.parse(line[:-1])


def text(members: Members, name: str) -> str:
    """Read a member that is text.

    Raises:
        MalformedError: `malformed.profile`.
    """
    value = members.raw(name)
    if not isinstance(value, str):
        raise MalformedError("malformed.profile", f"{members.at(name)}: not text")
    return value


def refuse(code: str, message: str) -> NoReturn:
    """Say what does not hold.

    Raises:
        UntrustedError: Always.
    """
    raise UntrustedError(code, message)
