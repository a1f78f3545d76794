# SPDX-License-Identifier: Apache-2.0
"""Names of people: which may stand in a certificate, and when two are the same (docs/format.md §8).

`clean` admits a name by an allow-list, so that what cannot be seen (bidi controls, zero-width and
tag characters, combining marks), what belongs to one machine only (private use), and what looks
like another character (compatibility ideographs, Kangxi radicals, other dots) never enters. Every
admitted character is its own NFC form and does not combine, so an admitted name is NFC.

`fold` gives the key for comparing and for holder tags. It is a table of our own, frozen with the
certificate's type, and never the platform's normalisation, which differs between versions: Python
and the browser read the same file. Folding a folded name changes nothing.
"""

import hashlib
import json
import pkgutil
import re
from functools import cache
from typing import Final

from credential.errors import MalformedError

MAX_NAME: Final = 50  # characters

_LATIN: Final = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u0131\u0134-\u013e\u0141-\u0148\u014a-\u017e"
)
_HAN: Final = (
    "\u3007\u3400-\u4dbf\u4e00-\u9fff"
    # ideographs that stand among the compatibility ones but are unified (Unicode core spec §18.1)
    "\ufa0e\ufa0f\ufa11\ufa13\ufa14\ufa1f\ufa21\ufa23\ufa24\ufa27-\ufa29"
    # extensions B to H
    "\U00020000-\U0002a6df\U0002a700-\U0002b739\U0002b740-\U0002b81d\U0002b820-\U0002cea1"
    "\U0002ceb0-\U0002ebe0\U00030000-\U0003134a\U00031350-\U000323af"
)
_SEPARATORS: Final = " ·'-"
_ALLOWED: Final = re.compile(f"[{_LATIN}{_HAN}{_SEPARATORS}]+")
_TOGETHER: Final = re.compile(f"[{_SEPARATORS}]{{2}}")

_TABLE_SHA256: Final = "142df6ce54b068da9c8d0721aaf2fa5583fc79b9a738348448ec275ef16c0c74"


@cache
def _folding() -> dict[int, str]:
    return _translation(pkgutil.get_data("credential", "tables/folding.json") or b"")


def _translation(data: bytes) -> dict[int, str]:
    """Read the folding table; any other table would silently give other holder tags."""
    if hashlib.sha256(data).hexdigest() != _TABLE_SHA256:
        raise RuntimeError("credential/tables/folding.json is not the frozen table: reinstall")
    table = json.loads(data)
    translation = {int(point, 16): text for point, text in table["map"].items()}
    for item in table["remove"]:
        first, _, last = item.partition("-")
        for point in range(int(first, 16), int(last or first, 16) + 1):
            translation[point] = ""
    return translation


def clean(name: str) -> str:
    """Admit a name exactly as it is, or refuse it.

    Returns:
        The name, unchanged.

    Raises:
        MalformedError: `name.malformed`; the message names the first character that does not
            belong, by its code point, and what to write instead where the folding table knows it.
    """
    if _is_clean(name):
        return name
    if not name or len(name) > MAX_NAME:
        raise MalformedError("name.malformed", f"a name has 1 to {MAX_NAME} characters")
    known = _ALLOWED.match(name)
    end = 0 if known is None else known.end()
    if end == len(name):
        raise MalformedError(
            "name.malformed",
            "a space, ·, - or ' stands alone and between two letters, not at an end of a name",
        )
    raise MalformedError("name.malformed", _advice(name[end]))


def _is_clean(name: str) -> bool:
    return (
        len(name) <= MAX_NAME
        and _ALLOWED.fullmatch(name) is not None
        and name[0] not in _SEPARATORS
        and name[-1] not in _SEPARATORS
        and _TOGETHER.search(name) is None
    )


def fold(name: str) -> str:
    """Give what a name is compared by: the same for every spelling of it.

    Compatibility ideographs, radicals, strokes and known private-use characters become the unified
    ideograph; full-width letters become ASCII; Latin letters lose case and diacritics; spaces,
    dots, hyphens, apostrophes and invisible characters go. Total: any text folds.
    """
    return name.translate(_folding())


_TEST_WORDS: Final = (
    "张三 李四 王五 赵六 测试 测试员 测试人员 测试用户 测试姓名 测试数据 考生测试"
    " 姓名 某某 某某某 张某 张某某 李某 李某某 王某 王某某 无 无名 未知 样本 样例 示例"
    " test tester testing testuser test-name demo example sample dummy foo bar foobar"
    " name null none nil undefined admin user abc xx xxx asdf qwerty john-doe jane-doe"
)


@cache
def _test_names() -> frozenset[str]:
    return frozenset(map(fold, _TEST_WORDS.split()))


def is_test_name(name: str) -> bool:
    """Tell whether a whole name is a word that people type to try a system out.

    For a warning at the desk and a refusal where certificates count: such a row is left over from a
    test far more often than it is a person.
    """
    return fold(name) in _test_names()


def _advice(character: str) -> str:
    point = f"U+{ord(character):04X}"
    folded = fold(character)
    if folded and folded != character and _is_clean(folded):
        points = " ".join(f"U+{ord(part):04X}" for part in folded)
        return f"{point} is another form of {folded} ({points}): write that"
    if "\u0300" <= character <= "\u036f":
        return f"{point} is a separate accent: write letter and accent as one character (NFC)"
    if character.isprintable() and not folded:
        return f"{point} does not stand in a name: between its parts write · (U+00B7)"
    return f"{point} does not stand in a name: Chinese characters, Latin letters, space, · - ' do"
