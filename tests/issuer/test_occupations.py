# SPDX-License-Identifier: Apache-2.0
"""What a word of a roster means, on the day of evaluation."""

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credential.catalogue import Catalogue, Occupation
from credential.number_rule import DEFAULT_RULES
from issuer.cells import CellError
from issuer.occupations import Occupations

END, NEXT = "2026-03-31", "2026-04-01"


def occupation(number: int, name: str, **members: object) -> Occupation:
    made = Occupation(f"lyg2020:{number}", name, (), (), ())
    return made._replace(**members)  # type: ignore[arg-type]  # members of Occupation


ENTRIES: Final = (
    occupation(82, "泥塑工", last_day=END, equivalent=(("lyg2020:98", "broader"),)),
    occupation(98, "古建筑传统瓦工", trades=("泥塑工",)),
    occupation(39, "砌筑工", aliases=("瓦工",), last_day=END),
    occupation(182, "建筑砌筑工", aliases=("瓦工",), first_day=NEXT),
    occupation(60, "焊工", aliases=("电焊工",)),
    occupation(61, "气焊工", aliases=("电焊工",)),
    occupation(62, "钢结构焊工", aliases=("电焊工",), last_day=END),
    occupation(70, "测量员", aliases=("测工",), last_day="2020-12-31"),
    occupation(71, "放线工", aliases=("测工",), first_day="2027-01-01",
               equivalent=(("lyg2020:98", "same"), ("lyg2020:82", "same"))),
    occupation(90, "电工", last_day=END),
)  # fmt: skip
CATALOGUE: Final = Catalogue(
    "https://jy.sh310.example", "310000", 1, 0, 9, "lyg2020", ENTRIES, tuple(DEFAULT_RULES)
)


def found(text: str, day: str | None, catalogues: tuple[Catalogue, ...] = (CATALOGUE,)) -> object:
    """Give code and trade, or the code of the refusal."""
    try:
        one = Occupations(catalogues).find(text, day)
    except CellError as error:
        return error.code
    return (one.code, one.trade)


@pytest.mark.parametrize(
    ("text", "day", "expected"),
    [
        # A name that ended, and a trade of what took its place.
        ("泥塑工", END, "occupation.ambiguous"),
        ("泥塑工", NEXT, ("lyg2020:98", "泥塑工")),
        ("泥塑工", None, "occupation.ambiguous"),  # the day cannot be read: nothing is left out
        # One ends, the next begins: no day has both, no day has none.
        ("瓦工", END, ("lyg2020:39", None)),
        ("瓦工", NEXT, ("lyg2020:182", None)),
        ("瓦工", None, "occupation.ambiguous"),
        # Two are left on every day.
        ("电焊工", END, "occupation.ambiguous"),
        ("电焊工", NEXT, "occupation.ambiguous"),
        # None is in force.
        ("测工", NEXT, "occupation.not_in_force"),
        ("测工", "2020-12-31", ("lyg2020:70", None)),
        # One meaning, and a code: the same on every day; the rules of admission say the rest.
        ("电工", NEXT, ("lyg2020:90", None)),
        ("lyg2020:82", NEXT, ("lyg2020:82", None)),
        ("lyg2020:182", END, ("lyg2020:182", None)),
        ("古建筑传统瓦工", NEXT, ("lyg2020:98", None)),
        ("火箭工", NEXT, "occupation.unknown"),
    ],
)
def test_a_word_means_what_is_in_force(text: str, day: str | None, expected: object) -> None:
    assert found(text, day) == expected


def test_a_word_may_pass_from_one_dictionary_to_the_next() -> None:
    later = CATALOGUE._replace(
        scheme="sh2026",
        occupations=(Occupation("sh2026:1", "泥塑工", (), (), (), first_day=NEXT),),
    )
    old = CATALOGUE._replace(occupations=ENTRIES[:1])
    assert found("泥塑工", END, (old, later)) == ("lyg2020:82", None)
    assert found("泥塑工", NEXT, (old, later)) == ("sh2026:1", None)


def refusal(text: str, day: str | None) -> CellError:
    with pytest.raises(CellError) as caught:
        Occupations([CATALOGUE]).find(text, day)
    return caught.value


def test_an_ambiguity_names_what_is_left_with_its_days() -> None:
    error = refusal("电焊工", NEXT)
    assert error.message == (
        "电焊工 means more than one occupation: lyg2020:60 焊工 (also called 电焊工); "
        "lyg2020:61 气焊工 (also called 电焊工)"
    )
    assert "lyg2020:62 钢结构焊工 (also called 电焊工, to 2026-03-31)" in (
        refusal("电焊工", END).message
    )
    assert "lyg2020:60" in error.suggestion


def test_a_word_of_nothing_in_force_names_what_took_the_place() -> None:
    error = refusal("测工", NEXT)
    assert error.message == (
        "测工 means lyg2020:70 测量员 (also called 测工, to 2020-12-31); "
        "lyg2020:71 放线工 (also called 测工, from 2027-01-01): "
        "none is certified for evaluations of 2026-04-01"
    )
    assert error.suggestion == "write lyg2020:98 (古建筑传统瓦工)"


def test_one_desk_is_asked_about_many_days() -> None:
    """What a word came to is kept for its day, not for every day."""
    known = Occupations([CATALOGUE])
    for day, code in ((END, 39), (NEXT, 182), (END, 39), ("2020-01-01", 39)):
        assert known.find("瓦工", day).code == f"lyg2020:{code}"


_DAYS = st.none() | st.sampled_from(("2026-01-01", END, NEXT, "2026-12-31"))


@given(st.lists(st.tuples(_DAYS, _DAYS), min_size=1, max_size=4), _DAYS)
def test_nothing_is_read_that_a_narrower_look_would_not_read(
    windows: list[tuple[str | None, str | None]], day: str | None
) -> None:
    """A word that resolves is the only meaning on that day, or the only meaning at all."""
    entries = tuple(
        occupation(number, f"职业{number}", aliases=("瓦工",), first_day=first, last_day=last)
        for number, (first, last) in enumerate(windows)
    )
    meant = found("瓦工", day, (CATALOGUE._replace(occupations=entries),))
    held = [one.code for one in entries if day is None or one.is_in_force(day)]
    if len(entries) == 1:
        assert meant == (entries[0].code, None)
    elif len(held) == 1:
        assert meant == (held[0], None)
    else:
        expected = "ambiguous" if held else "not_in_force"
        assert meant == f"occupation.{expected}"
