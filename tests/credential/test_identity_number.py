# SPDX-License-Identifier: Apache-2.0
"""Document numbers: one normal form, slips caught, and never the number in an error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credential import identity_number
from credential.errors import MalformedError

# The examples of GB 11643 itself; all others below have county codes that were never assigned.
STANDARD = ["11010519491231002X", "440524188001010014"]


def numbered(first: str) -> str:
    return first + identity_number.check_digit(first)


FICTIONAL = [numbered("31019919900307123"), numbered("32079919851130456")]


def code_of(document_type: int, number: str) -> str:
    with pytest.raises(MalformedError) as caught:
        identity_number.normalise(document_type, number)
    if len(number) > 3:
        assert number not in str(caught.value)
        assert number not in repr(caught.value)
    return caught.value.code


@pytest.mark.parametrize("number", STANDARD + FICTIONAL)
def test_right_numbers_stay_as_they_are(number: str) -> None:
    assert identity_number.normalise(1, number) == number


@pytest.mark.parametrize("number", STANDARD + FICTIONAL)
def test_every_slip_of_one_digit_is_caught(number: str) -> None:
    for at in range(18):
        for digit in "0123456789X" if at == 17 else "0123456789":
            if digit != number[at]:
                assert code_of(1, number[:at] + digit + number[at + 1 :]) == "holder.malformed"


@pytest.mark.parametrize("number", STANDARD + FICTIONAL)
def test_swapped_neighbours_are_caught(number: str) -> None:
    for at in range(16):
        one, other = number[at], number[at + 1]
        if one != other:
            assert code_of(1, number[:at] + other + one + number[at + 2 :]) == "holder.malformed"


@pytest.mark.parametrize(
    "typed",
    [
        "11010519491231002x",
        "110105 19491231 002X",
        "　11010519491231002X ",
        "１１０１０５１９４９１２３１００２Ｘ",
        "11010519491231002ｘ",
        "110105\u00a019491231002X",
    ],
)
def test_case_spaces_and_full_width_do_not_matter(typed: str) -> None:
    assert identity_number.normalise(1, typed) == "11010519491231002X"


def test_fifteen_digits_become_eighteen() -> None:
    assert identity_number.normalise(1, "110105491231002") == "11010519491231002X"


def test_fifteen_digits_with_an_impossible_day_are_refused() -> None:
    assert code_of(1, "110105491331002") == "holder.malformed"


@pytest.mark.parametrize(
    "first",
    ["81000019900307123", "82000019900307123", "83000019900307123", "91100019900307123"],
    ids=["Hong Kong", "Macao", "Taiwan", "foreign permanent resident"],
)
def test_residence_cards_of_eighteen_digits_are_type_1(first: str) -> None:
    assert identity_number.normalise(1, numbered(first)) == numbered(first)


@pytest.mark.parametrize("province", ["00", "10", "16", "20", "38", "47", "55", "70", "80", "84"])
def test_an_unknown_province_is_refused_even_with_a_right_check_digit(province: str) -> None:
    assert code_of(1, numbered(f"{province}019919900307123")) == "holder.malformed"


@pytest.mark.parametrize(
    "day", ["19901332", "19900230", "19000229", "00000101", "17000101", "21000101"]
)
def test_an_impossible_day_is_refused_even_with_a_right_check_digit(day: str) -> None:
    assert code_of(1, numbered(f"310199{day}123")) == "holder.malformed"


@pytest.mark.parametrize(
    "number",
    [
        "",
        "1",
        "11010519491231002",
        "11010519491231002XX",
        "X1010519491231002X",
        "1101051949123100XX",
        "11010519491231002Ⅹ",
        "١١٠١٠٥١٩٤٩١٢٣١٠٠٢X",
        "11010519491231002X\n",
        "11010519491231002-X",
        "11010519491231002X" + "\u200b",
        "+1010519491231002X",
        "1" * 65,
        " " * 65,
    ],
)
def test_other_texts_are_refused(number: str) -> None:
    assert code_of(1, number) == "holder.malformed"


@pytest.mark.parametrize(
    ("document_type", "typed", "normal"),
    [
        (2, "usa:e1234 5678", "USA:E12345678"),
        (2, "ＤＥＵ：c01x00t47", "DEU:C01X00T47"),
        (3, "h12345678", "H12345678"),
        (3, "M1234567801", "M1234567801"),
        (4, "12345678", "12345678"),
        (4, "0123456789b", "0123456789B"),
    ],
)
def test_other_documents(document_type: int, typed: str, normal: str) -> None:
    assert identity_number.normalise(document_type, typed) == normal


@pytest.mark.parametrize(
    ("document_type", "number"),
    [
        (2, "E12345678"),
        (2, "US:E12345678"),
        (2, "USA:"),
        (2, "USA:E-1234567"),
        (2, "USA:E1234:567"),
        (3, "12345678"),
        (3, "A12345678"),
        (3, "H123"),
        (4, "1234567"),
        (4, "1234567890123"),
        (0, "11010519491231002X"),
        (5, "12345678"),
        (-1, "12345678"),
    ],
)
def test_other_documents_malformed(document_type: int, number: str) -> None:
    assert code_of(document_type, number) == "holder.malformed"


@pytest.mark.parametrize(
    ("text", "document_type", "number"),
    [
        ("11010519491231002x", 1, "11010519491231002X"),
        ("1:11010519491231002X\n", 1, "11010519491231002X"),
        ("2:USA:E12345678", 2, "USA:E12345678"),
        ("２：ＵＳＡ：Ｅ12345678", 2, "USA:E12345678"),
        ("3: H12345678", 3, "H12345678"),
        ("4:12345678", 4, "12345678"),
    ],
)
def test_parse(text: str, document_type: int, number: str) -> None:
    assert identity_number.parse(text) == (document_type, number)


@pytest.mark.parametrize("text", ["", ":", "USA:E12345678", "5:12345678", "1:", "1:1:1", "x:1"])
def test_parse_refuses(text: str) -> None:
    with pytest.raises(MalformedError) as caught:
        identity_number.parse(text)
    assert caught.value.code == "holder.malformed"


def test_a_parsed_number_does_not_show_itself() -> None:
    parsed = identity_number.parse(FICTIONAL[0])
    assert f"{parsed} {parsed!r} {[parsed]}".count("document_type=1") == 3
    assert FICTIONAL[0] not in f"{parsed} {parsed!r} {[parsed]}"


@given(st.integers(-1, 6), st.text(max_size=70))
def test_any_text_has_a_stable_normal_form_or_is_refused(document_type: int, text: str) -> None:
    try:
        normal = identity_number.normalise(document_type, text)
    except MalformedError as error:
        normal, message, code = "", str(error), error.code
    else:
        message, code = "", "holder.malformed"
        assert identity_number.normalise(document_type, normal) == normal
    assert normal.isascii()
    assert code == "holder.malformed"
    assert len(text) < 4 or text not in message


@given(
    st.from_regex(
        r"\A(?:31|32)[0-9]{4}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|1[0-9]|2[0-8])[0-9]{3}\Z"
    )
)
def test_every_possible_number_passes(first: str) -> None:
    assert identity_number.normalise(1, numbered(first).lower()) == numbered(first)
