# SPDX-License-Identifier: Apache-2.0
"""Names: what is admitted, what looks alike, what is a test."""

import hashlib
import json
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credential import name
from credential.errors import MalformedError
from tools import folding_table

ASSIGNED_HAN = [
    *range(0x3400, 0x4DC0),
    *range(0x4E00, 0xA000),
    *range(0x20000, 0x2A6E0),
    *range(0x2A700, 0x2B739),
    *range(0x2B740, 0x2B81E),
    *range(0x2B820, 0x2CEA2),
    *range(0x2CEB0, 0x2EBE1),
    *range(0x30000, 0x3134B),
]
STABLE_COMPATIBILITY = "﨎﨏﨑﨓﨔﨟﨡﨣﨤﨧﨨﨩"
COMPATIBILITY = [*range(0xF900, 0xFA6E), *range(0xFA70, 0xFADA), *range(0x2F800, 0x2FA1E)]
RADICALS = [*range(0x2E80, 0x2E9A), *range(0x2E9B, 0x2EF4), *range(0x2F00, 0x2FD6)]
DOTS = "•‧・･∙⋅．"

letters = st.characters(
    codec="utf-8", categories=["Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Co", "Cf", "Zs", "Pd", "Po"]
)


def code_of(text: str) -> str:
    with pytest.raises(MalformedError) as caught:
        name.clean(text)
    assert "\n" not in str(caught.value)
    assert str(caught.value).isprintable()
    return caught.value.code


@pytest.mark.parametrize(
    "text",
    [
        "赵一",
        "欧阳震华",
        "阿卜杜拉·买买提",
        "䶮",
        "㛃㑇㝊",
        "𠮷𬱖𫖯𬀩𫍽𬍛",
        "〇",
        STABLE_COMPATIBILITY,
        "Anna Müller",
        "Seán O'Brien-Nuñez",
        "Łukasz Żółć",
        "陈 Tom",
        "一" * 50,
    ],
)
def test_names_that_people_have(text: str) -> None:
    assert name.clean(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "·",
        " 赵一",
        "赵一 ",
        "赵  一",
        "·赵一",
        "赵一·",
        "赵·-一",
        "赵· 一",
        "-Anna",
        "Anna'",
        "一" * 51,
        "赵1",
        "赵一\n",
        "赵\t一",
        "赵\u3000一",
        "赵\u00a0一",
        "<script>",
        "{{7*7}}",
        "\x1b[31m赵",
        "赵\r\n一",
        "赵.一",
        "赵（一）",
        "赵😀",
        "Иван",
        "Ωmega",
        "あき",
        "김",
        "Å\u0301",
        "e\u0301",
        "ﬁ",
        "ĳ",
        "赵\ufe00",
        "赵\U000e0100",
        "\ud800",
        "Anna’s",
        "×",
        "÷",
        "ª",
    ],
)
def test_other_texts_are_refused(text: str) -> None:
    assert code_of(text) == "name.malformed"


def test_every_control_format_and_private_character_is_refused() -> None:
    # Bidi overrides, zero-width and tag characters among them.
    refused = 0
    for point in range(sys.maxunicode + 1):
        if unicodedata.category(chr(point)) in {
            "Cc",
            "Cf",
            "Co",
            "Cs",
            "Mn",
            "Mc",
            "Me",
            "Zl",
            "Zp",
        }:
            if point >= 0xF0000 and point % 997:
                continue  # the two private planes are one range: a sample will do
            assert code_of(f"赵{chr(point)}一") == "name.malformed", hex(point)
            refused += 1
    assert refused > 9000


def test_every_admitted_character_is_nfc_and_stays_so_beside_others() -> None:
    admitted = 0
    for point in range(sys.maxunicode + 1):
        character = chr(point)
        if name._is_clean(character):
            admitted += 1
            assert unicodedata.is_normalized("NFC", character)
            assert unicodedata.combining(character) == 0
            if unicodedata.category(character) != "Cn":  # assigned after this Python's Unicode
                assert unicodedata.category(character) in {"Lo", "Ll", "Lu", "Nl"}, hex(point)
    assert admitted > 97_000


def test_all_unified_ideographs_are_admitted() -> None:
    for point in ASSIGNED_HAN:
        assert name.clean(chr(point)) == chr(point)


def test_every_compatibility_ideograph_is_refused_and_folds_to_the_unified_one() -> None:
    # 1,014 of them, 12 of which are unified ideographs in the wrong place.
    assert len(COMPATIBILITY) == 1014
    for point in COMPATIBILITY:
        character = chr(point)
        if character in STABLE_COMPATIBILITY:
            assert name.clean(character) == name.fold(character) == character
        else:
            assert code_of(character) == "name.malformed"
            assert name.fold(character) == unicodedata.normalize("NFC", character) != character


def test_every_radical_is_refused_and_folds_to_an_ideograph() -> None:
    # 329 of them; U+2E80 (two strokes) alone stands for no ideograph.
    assert len(RADICALS) == 329
    for point in RADICALS:
        assert code_of(chr(point)) == "name.malformed"
        if point != 0x2E80:
            folded = name.fold(chr(point))
            assert name.clean(folded) == folded
            compatible = unicodedata.normalize("NFKC", chr(point))
            assert compatible in {chr(point), folded}


@pytest.mark.parametrize("dot", DOTS)
def test_every_other_dot_is_refused_and_folds_away(dot: str) -> None:
    assert code_of(f"阿卜杜拉{dot}买买提") == "name.malformed"
    assert name.fold(f"阿卜杜拉{dot}买买提") == name.fold("阿卜杜拉·买买提") == "阿卜杜拉买买提"


def test_private_use_characters_of_older_systems() -> None:
    assert code_of("\ue863") == "name.malformed"
    assert name.fold("\ue863") == "䶮"
    for point in range(0xE815, 0xE865):
        folded = name.fold(chr(point))
        assert name.clean(folded) == folded, hex(point)


def test_private_use_agrees_with_the_codec_of_gb_18030() -> None:
    trails = [*range(0x50, 0x7F), *range(0x80, 0xA1)]
    agreed = 0
    for point, trail in zip(range(0xE815, 0xE865), trails, strict=True):
        decoded = bytes([0xFE, trail]).decode("gb18030")
        if decoded != chr(point):  # the codec leaves the additions of 2005 in private use
            assert name.fold(chr(point)) == name.fold(decoded), hex(point)
            agreed += 1
    assert agreed >= 66


@pytest.mark.parametrize(
    ("raw", "folded"),
    [
        ("Anna Müller", "ANNAMULLER"),
        ("ＡＮＮＡ　ＭＵＬＬＥＲ", "ANNAMULLER"),
        ("Anna Mu\u0308ller", "ANNAMULLER"),
        ("Strauß", "STRAUSS"),
        ("O’Brien-Nuñez", "OBRIENNUNEZ"),
        ("Łukasz Żółć", "LUKASZZOLC"),
        ("Ægir Þór", "AEGIRTHOR"),
        ("Lǚ Xún", "LUXUN"),
        ("ﬁ", "FI"),
        ("赵 一", "赵一"),
        ("赵\u200b一\ufeff", "赵一"),
        ("葛\U000e0100", "葛"),
        ("○", "〇"),
        ("", ""),
        (" ·-'", ""),
        ("٣😀", "٣😀"),
    ],
)
def test_folding(raw: str, folded: str) -> None:
    assert name.fold(raw) == folded


def test_folding_is_idempotent_for_every_character() -> None:
    for point in range(sys.maxunicode + 1):
        once = name.fold(chr(point))
        assert name.fold(once) == once, hex(point)


@given(st.text(letters))
def test_folding_is_idempotent_and_character_by_character(text: str) -> None:
    folded = name.fold(text)
    assert name.fold(folded) == folded
    assert folded == "".join(map(name.fold, text))


@given(st.text(letters))
def test_canonical_forms_of_a_name_fold_alike(text: str) -> None:
    latin = "".join(character for character in text if ord(character) < 0x250)
    assert name.fold(unicodedata.normalize("NFD", latin)) == name.fold(latin)


@given(st.text(max_size=60))
def test_any_text_is_a_name_or_refused(text: str) -> None:
    try:
        found = name.clean(text)
    except MalformedError as error:
        found = error.code
        message = str(error)
    else:
        message = "fine"
        assert unicodedata.is_normalized("NFC", text)
        assert name.fold(text)
    assert found in {text, "name.malformed"}
    assert message.isprintable()


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("赵\uf9b5", r"U\+F9B5 is another form of 例 \(U\+4F8B\)"),
        ("⼀", r"U\+2F00 is another form of 一 \(U\+4E00\)"),
        ("\ue863", r"U\+E863 is another form of 䶮 \(U\+4DAE\)"),
        ("阿•买", r"U\+2022 does not stand in a name: between its parts write · \(U\+00B7\)"),
        ("e\u0301", r"U\+0301 is a separate accent"),
        ("赵\u202e一", r"U\+202E does not stand in a name: Chinese"),
        ("赵7", r"U\+0037 does not stand in a name"),
        ("赵  一", "stands alone and between two letters"),
        ("", "1 to 50 characters"),
        ("一" * 51, "1 to 50 characters"),
    ],
)
def test_the_error_says_what_to_write_instead(text: str, advice: str) -> None:
    with pytest.raises(MalformedError, match=advice):
        name.clean(text)


@pytest.mark.parametrize(
    "text",
    ["张三", "李四", "测试", "test", "TEST", "ｔｅｓｔ", "Test-Name", "张 三", "某某某", "null"],
)
def test_words_of_people_who_try_a_system_out(text: str) -> None:
    assert name.is_test_name(text)


@pytest.mark.parametrize("text", ["张三丰", "李四光", "赵一", "Testa", "Anna Test", ""])
def test_names_that_contain_such_a_word_are_names(text: str) -> None:
    assert not name.is_test_name(text)


def test_the_table_is_the_frozen_one_and_is_generated() -> None:
    data = folding_table.TABLE.read_bytes()
    assert hashlib.sha256(data).hexdigest() == name._TABLE_SHA256
    assert folding_table.render().encode() == data


def test_the_table_is_plain_enough_for_another_language() -> None:
    table = json.loads(folding_table.TABLE.read_bytes())
    assert list(table) == ["version", "remove", "map"]
    assert table["version"] == 1
    points = [int(point, 16) for point in table["map"]]
    assert points == sorted(set(points))
    assert all(f"{point:x}" == key for point, key in zip(points, table["map"], strict=True))
    removed = folding_table.removed()
    assert removed.isdisjoint(points)
    for folded in table["map"].values():
        assert not any(ord(part) in removed or f"{ord(part):x}" in table["map"] for part in folded)


def test_another_table_is_not_loaded() -> None:
    data = folding_table.TABLE.read_bytes()
    with pytest.raises(RuntimeError, match="not the frozen table"):
        name._translation(data.replace(b'"version":1', b'"version":2'))


def test_the_generator_writes_the_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = tmp_path / "folding.json"
    monkeypatch.setattr(folding_table, "TABLE", written)
    assert folding_table.main() == 0
    assert hashlib.sha256(written.read_bytes()).hexdigest() == name._TABLE_SHA256


def test_the_generator_refuses_an_older_unicode(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(unicodedata, "unidata_version", "13.0.0")
    assert folding_table.main() == 2
    assert "use Python 3.11 or newer" in capsys.readouterr().err
