# SPDX-License-Identifier: Apache-2.0
"""The unified social credit code of an organisation (GB 32100-2015), 18 characters.

Registering authority, kind, six digits of region, nine characters of organisation code (GB 11714)
and a check character modulo 31; the letters I, O, S, V and Z do not occur.
"""

import re
from typing import Final

from credential.errors import MalformedError

_CHARACTERS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VALUE: Final = {character: value for value, character in enumerate(_CHARACTERS)}
_FORM: Final = re.compile(f"[{_CHARACTERS}]{{2}}[0-9]{{6}}[{_CHARACTERS}]{{10}}")
_WEIGHTS: Final = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def check(code: str) -> None:
    """Refuse what cannot be a unified social credit code.

    Raises:
        MalformedError: `credit_code.malformed`.
    """
    if _FORM.fullmatch(code) is None:
        raise MalformedError(
            "credit_code.malformed",
            "a unified social credit code has 18 characters: digits and capital letters without"
            " I, O, S, V, Z; the third to the eighth are digits",
        )
    if code[17] != check_character(code[:17]):
        raise MalformedError(
            "credit_code.malformed",
            "the check character of the unified social credit code is wrong: compare it with the"
            " licence",
        )


def check_character(first: str) -> str:
    """Compute the last character of a code from its first 17."""
    total = sum(_VALUE[each] * weight for each, weight in zip(first, _WEIGHTS, strict=True))
    return _CHARACTERS[-total % 31]
