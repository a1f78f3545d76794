# SPDX-License-Identifier: Apache-2.0
r"""Canonical JSON: the one text that a value has (docs/format.md §1.2).

    {"alg":"ES256","kid":"…","typ":"receipt+jwt"}

- UTF-8 without a byte-order mark, no white space, members in the order of their format;
- strings escape only `"`, `\\` and U+0000 to U+001F, as both `json.dumps` and `JSON.stringify` do;
- integers within ±(2⁵³ − 1), so that every engine reads the same number; no fractions, no
  exponents.

Python's reader keeps the last of two equal names and takes `NaN`, floats and lone surrogates (RFC
8259 §4 and §8.2 leave them open), so it is given hooks that refuse, and what it read is written
again and compared.
"""

import json
from typing import Final, NoReturn

from credential.errors import MalformedError

MAX_INTEGER: Final = 2**53 - 1
MAX_DEPTH: Final = 8  # objects and arrays inside each other, the outermost counted
_MAX_DIGITS: Final = 17  # of an integer with its sign: enough for MAX_INTEGER


def _refuse(what: str) -> NoReturn:
    raise MalformedError("malformed.token", f"not strict JSON: {what}")


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        _refuse("a name stands twice in one object")
    return members


def _integer(digits: str) -> int:
    if len(digits) > _MAX_DIGITS or not -MAX_INTEGER <= (number := int(digits)) <= MAX_INTEGER:
        _refuse("an integer beyond 2^53 - 1")
    return number


def _fraction(_: str) -> NoReturn:
    _refuse("a number with fraction or exponent")


_STRICT: Final = json.JSONDecoder(
    object_pairs_hook=_unique,
    parse_int=_integer,
    parse_float=_fraction,
    parse_constant=_fraction,
)
_ENCODER: Final = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, allow_nan=False, separators=(",", ":")
)


def encode(value: object) -> bytes:
    """Write a value of dicts, lists, strings, integers, booleans and None; a dict keeps its order.

    Raises:
        UnicodeEncodeError: A string holds a lone surrogate.
    """
    return _ENCODER.encode(value).encode()


def parse(data: bytes, *, canonical: bool = True) -> object:
    """Read JSON strictly.

    Args:
        data: The bytes; the caller has bounded their length.
        canonical: Also demand that the bytes are the canonical form of what they say.

    Raises:
        MalformedError: `malformed.token` when this is not strict JSON, `malformed.profile` when it
        is, but not canonical.
    """
    try:
        value = _STRICT.decode(data.decode())
        again = encode(value)
    except (ValueError, RecursionError):
        # UnicodeDecodeError, JSONDecodeError and the UnicodeEncodeError of a lone surrogate are
        # ValueErrors.
        raise MalformedError("malformed.token", "not strict JSON in UTF-8") from None
    _bound_depth(value, MAX_DEPTH)
    if canonical and again != data:
        message = "JSON that is not in canonical form: white space, escapes or the order of members"
        raise MalformedError("malformed.profile", message)
    return value


def _bound_depth(value: object, left: int) -> None:
    if isinstance(value, dict):
        inner: list[object] = list(value.values())
    elif isinstance(value, list):
        inner = value
    else:
        return
    if left == 0:
        _refuse(f"nested deeper than {MAX_DEPTH}")
    for item in inner:
        if isinstance(item, dict | list):
            _bound_depth(item, left - 1)
