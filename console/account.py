# SPDX-License-Identifier: Apache-2.0
"""An account: who may sign in, in what roles, inside which jurisdiction, until when.

A name is for typing: `wang.li`, lower-case. What people read is the display, such as 王丽.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from credential.errors import MalformedError

ADMINISTRATOR: Final = "administrator"
MAX_DISPLAY: Final = 50  # characters
MAX_ROLES: Final = 10

_NAME: Final = re.compile("[a-z0-9](?:[a-z0-9._-]{0,38}[a-z0-9])?")
_ROLE: Final = re.compile("[a-z]{1,16}(?:_[a-z]{1,16}){0,2}")
_REGION: Final = re.compile("[0-9]{2}|[0-9]{4}|[0-9]{6}")
_INDUSTRY: Final = re.compile("[a-z0-9_-]{1,40}")


@dataclass(frozen=True, slots=True)
class Account:
    """One person's account, without its secrets."""

    name: str
    display: str
    roles: frozenset[str] = frozenset()
    jurisdiction: str | None = None
    """A region code of 2, 4 or 6 digits; None is not limited to a region."""
    industry: str | None = None
    until: int | None = None
    """When it ends, for an auditor; seconds since 1970."""
    disabled: bool = False
    temporary: bool = False
    """Whether the password was given by somebody else and must be changed."""
    has_totp: bool = False

    def is_open(self, at: int) -> bool:
        """Tell whether it may be used at a time."""
        return not self.disabled and (self.until is None or at < self.until)

    def check(self) -> None:
        """Return if every member has its form.

        Raises:
            MalformedError: `account.name`, `account.display`, `account.roles`,
                `account.jurisdiction`.
        """
        if not _NAME.fullmatch(self.name):
            message = "a name is 1 to 40 of a-z, 0-9 and . _ - inside"
            raise MalformedError("account.name", message)
        if not is_display(self.display):
            message = f"the name to be shown has 1 to {MAX_DISPLAY} visible characters"
            raise MalformedError("account.display", message)
        if len(self.roles) > MAX_ROLES or not all(map(_ROLE.fullmatch, self.roles)):
            raise MalformedError("account.roles", "not roles of this application")
        if (self.jurisdiction is not None and not _REGION.fullmatch(self.jurisdiction)) or (
            self.industry is not None and not _INDUSTRY.fullmatch(self.industry)
        ):
            message = "a jurisdiction is a region code of 2, 4 or 6 digits, an industry a-z"
            raise MalformedError("account.jurisdiction", message)


def is_display(text: str) -> bool:
    """Tell whether a text is fit to stand for a person: nothing invisible, nothing at its edges."""
    return (
        0 < len(text) <= MAX_DISPLAY
        and text == text.strip()
        and unicodedata.is_normalized("NFC", text)
        and all(unicodedata.category(each)[0] in "LMNPS" or each == " " for each in text)
    )


def folded(name: str) -> str:
    """Fold a name as it was typed to the one that is stored."""
    return unicodedata.normalize("NFKC", name).strip().lower()


def known_roles(roles: Iterable[str], known: Iterable[str]) -> frozenset[str]:
    """Return the roles if the application knows them all.

    Raises:
        MalformedError: `account.roles`.
    """
    found = frozenset(roles)
    if not found or not found <= frozenset(known):
        raise MalformedError("account.roles", "give at least one of the application's roles")
    return found
