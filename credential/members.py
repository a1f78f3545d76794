# SPDX-License-Identifier: Apache-2.0
"""Reading the members of an object against its profile (docs/format.md §1.1).

Every reader returns the value with its type or refuses with `malformed.profile` and says where. The
character tables are written as ranges, and not as Unicode properties, so that Python and JavaScript
cannot disagree between versions.
"""

import re
from collections.abc import Iterable
from datetime import date
from functools import cache, lru_cache
from itertools import product
from typing import Final, NoReturn, Self

from credential.errors import MalformedError

MAX_TIME: Final = 2**32 - 1  # seconds since 1970: the carrier gives a time four bytes
MAX_HOST: Final = 100  # characters
MAX_TEXT: Final = 40  # code points, where a format does not say otherwise
LIST_ENTRIES: Final = 2**20  # entries of a status list

_CHARACTERS: Final = (
    r" !#-\[\]-~·—‘’“”…、。〇-】〔〕\u3400-\u4dbf\u4e00-\u9fff！-～"
    "\U00020000-\U0002a6df\U0002a700-\U0002ebe0\U00030000-\U000323af"
)
_PLAIN: Final = re.compile(f"[{_CHARACTERS}]+")
_LABEL: Final = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_PORT: Final = "[1-9][0-9]{0,4}"
_HOST: Final = re.compile(rf"({_LABEL}(?:\.{_LABEL})*)(?::({_PORT}))?")
_BODY: Final = re.compile(r"https://([a-z0-9.:-]+)/bodies/([0-9A-HJ-NPQRTUWXY]{18})")
_STATUS: Final = re.compile(r"https://([a-z0-9.:-]+)/status/([a-z0-9-]{1,32})")
_OCCUPATION: Final = re.compile("([a-z][a-z0-9]{1,15}):([0-9A-Za-z.-]{1,24})")
_REGION: Final = re.compile("[1-9][0-9]{5}")
_DATE: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_HEX: Final = re.compile("[0-9a-f]{64}")
_DIGEST: Final = re.compile("[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")


def refuse(where: str, what: str) -> NoReturn:
    """Refuse a value that breaks its profile."""
    raise MalformedError("malformed.profile", f"{where}: {what}")


def is_plain(text: object, maximum: int = MAX_TEXT) -> bool:
    """Tell whether a value is plain text of 1 to `maximum` code points, trimmed."""
    return (
        isinstance(text, str)
        and 0 < len(text) <= maximum
        and _PLAIN.fullmatch(text) is not None
        and text[0] != " " != text[-1]
    )


def is_region(text: object) -> bool:
    """Tell whether a value is a region code, six digits."""
    return isinstance(text, str) and _REGION.fullmatch(text) is not None


def inside(region: str, outer: str) -> bool:
    """Tell whether a region code lies inside another: 310115 in 310000, and 310000 in itself."""
    if region == outer:
        return True
    if outer[2:] == "0000":
        return region[:2] == outer[:2]
    return outer[4:] == "00" and region[:4] == outer[:4]


def is_host(text: object) -> bool:
    """Tell whether a value is `host` or `host:port` exactly as in a code's URL."""
    return isinstance(text, str) and len(text) <= MAX_HOST and _is_host(text)


@lru_cache(maxsize=256)  # a verifier meets few hosts, and each of them in every code
def _is_host(text: str) -> bool:
    match = _HOST.fullmatch(text)
    if match is None:
        return False
    port = match[2]
    return port is None or (int(port) <= 65535 and port != "443")


def is_civil_date(text: object) -> bool:
    """Tell whether a value is a real day as YYYY-MM-DD."""
    return isinstance(text, str) and len(text) == 10 and _is_civil_date(text)


@lru_cache(maxsize=4096)  # ten years of days: many certificates are of the same one
def _is_civil_date(text: str) -> bool:
    if not _DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _identifier(pattern: re.Pattern[str], value: object, where: str) -> tuple[str, str]:
    match = pattern.fullmatch(value) if isinstance(value, str) else None
    if match is None or not is_host(match[1]):
        refuse(where, "not an identifier under a host of the registry")
    return match[1], match[2]


def body_id(value: object, where: str = "iss") -> tuple[str, str]:
    """Split `https://HOST/bodies/<code>` into host and unified social credit code."""
    return _identifier(_BODY, value, where)


def status_uri(value: object, where: str = "uri") -> tuple[str, str]:
    """Split `https://HOST/status/<list>` into host and list name."""
    return _identifier(_STATUS, value, where)


def is_occupation_code(value: object) -> bool:
    """Tell whether a value is `<scheme>:<code>`."""
    return isinstance(value, str) and _OCCUPATION.fullmatch(value) is not None


def registry_host(value: object, where: str = "iss") -> str:
    """Read the HOST out of `https://HOST`."""
    if isinstance(value, str) and value.startswith("https://") and is_host(value[8:]):
        return value[8:]
    refuse(where, "not https://HOST of a registry")


@cache
def _orders(names: str) -> frozenset[tuple[str, ...]]:
    """List the orders of members that a profile allows, one for each choice of optional ones."""
    choices = [("", name[:-1]) if name.endswith("?") else (name,) for name in names.split()]
    return frozenset(tuple(filter(None, choice)) for choice in product(*choices))


class MisorderedError(MalformedError):
    """An object has exactly the members that it should have, in another order."""

    def __init__(self, message: str, members: dict[str, object], order: tuple[str, ...]) -> None:
        super().__init__("malformed.profile", message)
        self.members = members
        """The object."""
        self.order = order
        """Names of its members as they must stand."""


class Members:
    """One JSON object whose members are being read; `where` is its place in the document."""

    __slots__ = ("_members", "where")

    def __init__(self, members: dict[str, object], where: str) -> None:
        self._members = members
        self.where = where

    @classmethod
    def of(cls, value: object, where: str, names: str) -> Self:
        """Take a value as an object with exactly these members in this order.

        Args:
            value: What was parsed.
            where: The place, for the error.
            names: Member names separated by spaces; a `?` at the end of one says that it may be
            absent.
        """
        if not isinstance(value, dict):
            refuse(where, "not an object")
        if tuple(value) not in _orders(names):
            message = f"{where}: members must be exactly, in this order: {names}"
            same = [order for order in _orders(names) if set(order) == value.keys()]
            if same:
                raise MisorderedError(message, value, same[0])
            raise MalformedError("malformed.profile", message)
        return cls(value, where)

    def __contains__(self, name: str) -> bool:
        """Tell whether an optional member is there."""
        return name in self._members

    def at(self, name: str) -> str:
        """Name the place of a member."""
        return f"{self.where}.{name}"

    def raw(self, name: str) -> object:
        """Give a member for a reader of its own."""
        return self._members[name]

    def text(self, name: str, maximum: int = MAX_TEXT) -> str:
        """Read plain text."""
        value = self._members[name]
        if not is_plain(value, maximum):
            refuse(self.at(name), f"not plain text of 1 to {maximum} characters")
        return str(value)

    def match(self, name: str, pattern: re.Pattern[str]) -> str:
        """Read a string that a pattern matches as a whole."""
        value = self._members[name]
        if not isinstance(value, str) or not pattern.fullmatch(value):
            refuse(self.at(name), "not of the form that the format gives")
        return value

    def choice(self, name: str, allowed: Iterable[str]) -> str:
        """Read one of a closed set of words."""
        value = self._members[name]
        if not isinstance(value, str) or value not in allowed:
            refuse(self.at(name), "not a word that the format knows")
        return value

    def integer(self, name: str, low: int, high: int) -> int:
        """Read an integer, `low` and `high` included. A boolean is not one."""
        value = self._members[name]
        if type(value) is not int or not low <= value <= high:
            refuse(self.at(name), f"not an integer from {low} to {high}")
        return value

    def time(self, name: str) -> int:
        """Read a time, seconds since 1970."""
        return self.integer(name, 0, MAX_TIME)

    def end(self, name: str) -> int | None:
        """Read the end of an interval; None where it is open."""
        return None if self._members[name] is None else self.time(name)

    def flag(self, name: str) -> bool:
        """Read a boolean."""
        value = self._members[name]
        if not isinstance(value, bool):
            refuse(self.at(name), "not true or false")
        return value

    def mark(self, name: str) -> bool:
        """Read an optional mark: true, or absent."""
        if name not in self._members:
            return False
        if self._members[name] is not True:
            refuse(self.at(name), "only true may stand here")
        return True

    def items(self, name: str, low: int, high: int) -> list[object]:
        """Read an array of `low` to `high` items."""
        value = self._members[name]
        if not isinstance(value, list) or not low <= len(value) <= high:
            refuse(self.at(name), f"not an array of {low} to {high} items")
        return value

    def region(self, name: str) -> str:
        """Read a region code."""
        return self.match(name, _REGION)

    def civil_date(self, name: str) -> str:
        """Read a civil date."""
        value = self._members[name]
        if not is_civil_date(value):
            refuse(self.at(name), "not a day as YYYY-MM-DD")
        return str(value)

    def hex_digest(self, name: str) -> str:
        """Read a SHA-256 as 64 lower-case hex digits."""
        return self.match(name, _HEX)

    def digest(self, name: str) -> str:
        """Read a SHA-256 as 43 characters of canonical base64url."""
        return self.match(name, _DIGEST)

    def occupation_code(self, name: str) -> str:
        """Read `<scheme>:<code>`."""
        return self.match(name, _OCCUPATION)
