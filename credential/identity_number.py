# SPDX-License-Identifier: Apache-2.0
"""Numbers of identity documents in one normal form (docs/format.md §8).

| type | document | normal form |
|---|---|---|
| 1 | every 18-digit card, also that of 港澳台 and foreign residents | 17 digits and `0-9X` |
| 2 | passport | `<ISO 3166 alpha-3>:<number>` |
| 3 | 港澳居民来往内地通行证 | `H` or `M` and 8 to 10 of `0-9A-Z` |
| 4 | 台湾居民来往大陆通行证 | 8 to 12 of `0-9A-Z` |

The number of type 1 (GB 11643) must be possible: province, day of birth, check digit (MOD 11-2).
A county that is not known passes, since counties are abolished and cards are not; numbers of 15
digits become 18 first. No error here ever contains the number.
"""

import re
from datetime import date
from typing import Final, NamedTuple

from credential.errors import MalformedError

CARD: Final = 1
PASSPORT: Final = 2
HONG_KONG_MACAO: Final = 3
TAIWAN: Final = 4
TYPES: Final = {
    CARD: "居民身份证（18 位证件）",
    PASSPORT: "护照",
    HONG_KONG_MACAO: "港澳居民来往内地通行证",
    TAIWAN: "台湾居民来往大陆通行证",
}

MAX_TEXT: Final = 64  # characters, before anything is removed

_OTHER_FORMS: Final = {
    PASSPORT: re.compile("[A-Z]{3}:[0-9A-Z]{5,20}"),
    HONG_KONG_MACAO: re.compile("[HM][0-9A-Z]{8,10}"),
    TAIWAN: re.compile("[0-9A-Z]{8,12}"),
}
_CARD: Final = re.compile("[0-9]{17}[0-9X]")
_OLD_CARD: Final = re.compile("[0-9]{15}")
_PROVINCE: Final = re.compile("1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-6]|71|8[1-3]|9[0-9]")
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS: Final = "10X98765432"

# ASCII and full-width forms alone: other digits of Unicode are refused, not guessed at.
_ASCII: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz:"
_NORMAL: Final = {
    **{ord(character): character.upper() for character in _ASCII},
    **{ord(character) - 0x20 + 0xFF00: character.upper() for character in _ASCII},
    **dict.fromkeys(map(ord, " \u00a0\u3000"), ""),
}


class IdentityNumber(NamedTuple):
    """A document's type and its number in the normal form. Never printed or logged."""

    document_type: int
    number: str

    def __repr__(self) -> str:
        """Keep the number out of logs and tracebacks."""
        return f"IdentityNumber(document_type={self.document_type})"


def normalise(document_type: int, number: str) -> str:
    """Bring a number into the normal form of its type.

    Args:
        document_type: 1 to 4.
        number: As typed or read; spaces, case and full-width forms do not matter.

    Raises:
        MalformedError: `holder.malformed`; the message does not contain the number.
    """
    if len(number) > MAX_TEXT:
        raise _refusal("the number is too long")
    text = number.translate(_NORMAL)
    if document_type == CARD:
        return _card(text)
    form = _OTHER_FORMS.get(document_type)
    if form is None:
        raise _refusal("the type of the document is 1, 2, 3 or 4")
    if form.fullmatch(text) is None:
        raise _refusal(f"not a number of type {document_type} ({TYPES[document_type]})")
    return text


def parse(text: str) -> IdentityNumber:
    """Read `<number>`, which is of type 1, or `<type>:<number>`.

    Raises:
        MalformedError: `holder.malformed`; the message does not contain the number.
    """
    before, colon, after = text.strip().translate({0xFF1A: ":"}).partition(":")
    kind = before.strip().translate(_NORMAL)
    if colon and kind in {"1", "2", "3", "4"}:
        return IdentityNumber(int(kind), normalise(int(kind), after))
    return IdentityNumber(CARD, normalise(CARD, text.strip()))


def check_digit(digits: str) -> str:
    """Compute the last character of an 18-digit card from its first 17 digits."""
    total = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True))
    return _CHECK_DIGITS[total % 11]


def _card(text: str) -> str:
    if _OLD_CARD.fullmatch(text):
        text = f"{text[:6]}19{text[6:]}"
        text += check_digit(text)
    if _CARD.fullmatch(text) is None:
        raise _refusal("an identity card has 18 digits, the last may be X")
    if text[17] != check_digit(text[:17]):
        raise _refusal("the check digit is wrong: a digit was mistyped")
    if _PROVINCE.match(text) is None:
        raise _refusal("no province has the first two digits of this number")
    try:
        date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        raise _refusal("digits 7 to 14 are not a day") from None
    if not "1850" <= text[6:10] < "2100":
        raise _refusal("digits 7 to 14 are not the day of anybody's birth")
    return text


def _refusal(message: str) -> MalformedError:
    return MalformedError("holder.malformed", message)
