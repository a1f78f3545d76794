# SPDX-License-Identifier: Apache-2.0
"""Names, document numbers and holder tags (docs/format.md §8)."""

from collections.abc import Iterator

from tests.vectors.case import Case, Members

_NAME = {"code": "name.malformed"}
_HOLDER = {"code": "holder.malformed"}


def cases() -> Iterator[Case]:
    """Give the cases of this layer."""
    yield from _clean()
    yield from _fold()
    yield from _numbers()
    yield from _tags()


def _clean() -> Iterator[Case]:
    def case(name: str, text: str, comment: str, *, stands: bool = False) -> Case:
        expect: Members = {"text": text} if stands else _NAME
        source = "docs/format.md §8"
        return Case(f"name/{name}", comment, source, "clean", {"text": text}, expect)

    for name, text in (
        ("han", "欧阳青禾"),
        ("dot", "阿卜杜拉·买买提"),
        ("latin", "Anna Müller"),
        ("apostrophe", "O'Neil-Zoë"),
        ("extension-b", "𠮷田"),
        ("zero-han", "〇一"),
        ("unified-among-compatibility", "\ufa0e"),
        ("fifty", "甲" * 50),
        ("fifty-of-four-bytes", "𠀀" * 50),
        ("last-of-h", "\U000323af"),
    ):
        yield case(name, text, "a name as it is", stands=True)
    for name, text, comment in (
        ("empty", "", "one letter at least"),
        ("fifty-one", "甲" * 51, "more than 50 code points"),
        ("space-in-front", " 欧", "a separator stands between letters"),
        ("space-behind", "欧 ", "a separator stands between letters"),
        ("two-dots", "阿··卜", "a separator stands alone"),
        ("dot-and-space", "阿· 卜", "a separator stands alone"),
        ("middle-dot-katakana", "阿\u30fb卜", "only U+00B7 is the dot of a name"),
        ("bullet", "阿\u2022卜", "only U+00B7 is the dot of a name"),
        ("hyphenation-point", "阿\u2027卜", "only U+00B7 is the dot of a name"),
        ("dot-operator", "阿\u22c5卜", "only U+00B7 is the dot of a name"),
        ("full-width-space", "欧\u3000阳", "only U+0020 is a space"),
        ("full-width-letter", "Ａnna", "a full-width letter"),
        ("compatibility", "\uf900", "a compatibility ideograph that NFC would change"),
        ("compatibility-supplement", "\U0002f800", "a compatibility ideograph"),
        ("radical", "\u2f00", "a Kangxi radical that looks like 一"),
        ("radical-supplement", "\u2e80", "a radical"),
        ("stroke", "\u31c0", "a stroke"),
        ("private-use", "\ue863", "䶮 as some machines write it"),
        ("combining", "Zoe\u0308", "letter and accent apart"),
        ("bidi-override", "欧\u202e阳", "turns what follows around"),
        ("bidi-isolate", "欧\u2066阳", "turns what follows around"),
        ("zero-width-space", "欧\u200b阳", "cannot be seen"),
        ("zero-width-joiner", "欧\u200d阳", "cannot be seen"),
        ("bom", "\ufeff欧", "cannot be seen"),
        ("soft-hyphen", "欧\u00ad阳", "cannot be seen"),
        ("tag-character", "欧\U000e0041", "cannot be seen"),
        ("variation-selector", "欧\ufe00", "cannot be seen"),
        ("digit", "欧1", "no letter"),
        ("cyrillic", "Аnna", "a Cyrillic А"),
        ("kana", "さくら", "not in the table"),
        ("hangul", "김", "not in the table"),
        ("emoji", "欧\U0001f600", "no letter"),
        ("markup", "<b>", "no letters"),
        ("line-end", "欧\n", "a pattern that ends with $ lets it through"),
        ("nul", "欧\x00", "a control character"),
        ("unassigned", "\U0002a6e0", "behind extension B"),
        ("multiplication-sign", "A×B", "among the Latin letters, and none"),
    ):
        yield case(name, text, comment)


def _fold() -> Iterator[Case]:
    for name, text, folded in (
        ("kangxi", "\u2f00", "一"),
        ("compatibility", "\uf900", "豈"),
        ("private-use", "\ue863", "䶮"),
        ("full-width", "Ａｎｎａ", "ANNA"),
        ("accents", "Anna Müller", "ANNAMULLER"),
        ("sharp-s", "Weiß", "WEISS"),
        ("ligature", "Ægir Øre", "AEGIRORE"),
        ("combining", "Zoe\u0308", "ZOE"),
        ("dots", "阿·卜•杜・拉‧", "阿卜杜拉"),
        ("invisible", "欧\u200b阳\u202e\ufeff", "欧阳"),
        ("hyphen-apostrophe", "O'Neil-Zoë", "ONEILZOE"),
        ("nothing-left", "· -", ""),
        ("kana-stays", "さくら", "さくら"),
    ):
        yield Case(
            f"fold/{name}",
            "what is compared, however it was written",
            "docs/format.md §8",
            "fold",
            {"text": text},
            {"text": folded},
        )


def _numbers() -> Iterator[Case]:
    def case(name: str, text: str, comment: str, expect: Members = _HOLDER) -> Case:
        source = "docs/format.md §8"
        return Case(f"document/{name}", comment, source, "identity_number", {"text": text}, expect)

    def card(number: str, kind: int = 1) -> Members:
        return {"type": kind, "number": number}

    good = "310199199001010018"
    yield case("id-card", good, "a card's number", card(good))
    yield case("id-card-typed", f"1:{good}", "with its type", card(good))
    full = "３１０１９９１９９００１０１００１８"
    yield case("id-card-full-width", full, "full-width digits", card(good))
    spaced = "310199 19900101 0018"
    yield case("id-card-spaces", spaced, "spaces are removed", card(good))
    x = "11010519491231002X"
    yield case("id-card-small-x", x.lower(), "the check digit X in lower case", card(x))
    comment = "15 digits become 18"
    yield case("id-card-15", "310199900101001", comment, card(good))
    yield case("passport", "2:usa:e12345678", "a passport", card("USA:E12345678", 2))
    yield case("permit", "3:H12345678", "type 3", card("H12345678", 3))
    yield case("permit-4", "4:12345678", "type 4", card("12345678", 4))
    for name, text, comment in (
        ("id-check-digit", "310199199001010014", "a digit was mistyped"),
        ("id-province", "000199199001010015", "no such province"),
        ("id-day", "310199199002300017", "30 February"),
        ("id-year", "310199210001010012", "nobody was born in 2100"),
        ("id-17", "31019919900101001", "a digit is missing"),
        ("id-x-inside", "3101991990010X0018", "X stands at the end alone"),
        ("id-arabic-indic", "٣" * 18, "digits of ASCII or full width only"),
        ("id-float", "3.10199199001010e17", "a sheet made a number of it"),
        ("type-5", "5:12345678", "no such type"),
        ("passport-no-country", "2:E12345678", "the country is missing"),
        ("passport-short", "2:USA:E123", "too short"),
        ("permit-letter", "3:A12345678", "H or M"),
        ("empty", "", "nothing"),
        ("long", "1" * 65, "longer than anything is"),
    ):
        yield case(name, text, comment)


def _tags() -> Iterator[Case]:
    def case(name: str, kind: int, number: str, who: str, expect: Members) -> Case:
        inputs = {"type": kind, "number": number, "name": who}
        comment = "a person's tag"
        return Case(f"tag/{name}", comment, "docs/format.md §8", "tag", inputs, expect)

    for name, kind, number, who, tag in (
        ("card", 1, "11010519491231002X", "赵一", "Vhcr"),
        ("card-dot", 1, "440524188001010014", "阿卜杜拉·买买提", "Ym2a"),
        ("card-other-dot", 1, "440524188001010014", "阿卜杜拉•买买提", "Ym2a"),
        ("passport", 2, "USA:E12345678", "Anna Müller", "gAeK"),
        ("passport-folded", 2, "usa:e12345678", "ＡＮＮＡ　MULLER", "gAeK"),
        ("permit", 3, "H12345678", "陈大文", "lHIH"),
        ("permit-4", 4, "12345678", "䶮", "5cIt"),
        ("permit-4-private-use", 4, "12345678", "\ue863", "5cIt"),
    ):
        yield case(name, kind, number, who, {"tag": tag})
    yield case("number", 1, "11010519491231002Y", "赵一", _HOLDER)
    yield case("type", 5, "12345678", "赵一", _HOLDER)
    yield case("no-name", 1, "11010519491231002X", "· -", _NAME)
