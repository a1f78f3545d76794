# SPDX-License-Identifier: Apache-2.0
"""The catalogue of the demonstration: 181 occupations as they were published, oddities kept."""

from credential.catalogue import Catalogue, satisfies
from skillseal.demo import catalogue

BUILT = catalogue.build()


def test_181_occupations_with_serials_as_codes() -> None:
    assert [each.code for each in BUILT.occupations] == [f"lyg2020:{n}" for n in range(1, 182)]
    assert len({each.name for each in BUILT.occupations}) == 181
    assert len(catalogue.rows()) == catalogue.OCCUPATIONS


def test_it_is_read_as_it_was_written() -> None:
    assert Catalogue.from_bytes(BUILT.to_bytes()) == BUILT
    assert BUILT.exp - BUILT.iat <= 366 * 86_400
    other = catalogue.build(
        iss="https://jy.sh310.example", region="310000", version=3, iat=1, exp=2
    )
    assert (other.iss, other.region, other.version, other.iat, other.exp) == (
        "https://jy.sh310.example",
        "310000",
        3,
        1,
        2,
    )


def test_oddities_are_kept_letter_by_letter() -> None:
    assert BUILT.by_code["lyg2020:103"].name == "沥青混凝土推铺机操作工"
    assert BUILT.by_code["lyg2020:63"].name == "建筑施工现场场内沥青混凝土摊铺机司机"
    assert BUILT.by_code["lyg2020:50"].name.endswith("（施工升降机物料提升机）")


def test_narrower_trades_are_no_synonyms() -> None:
    assert BUILT.by_code["lyg2020:77"].trades == (
        "抹灰工",
        "油漆工",
        "镶贴工",
        "涂裱工",
        "装饰装修木工",
    )
    assert BUILT.by_code["lyg2020:77"].aliases == ()
    assert BUILT.by_code["lyg2020:42"].aliases == ("建筑架子工",)
    assert BUILT.by_code["lyg2020:98"].aliases == ("古建瓦工",)
    assert BUILT.by_code["lyg2020:39"].aliases == ("建筑瓦工", "窑炉修筑工", "瓦工")
    with_trades = [int(each.code[8:]) for each in BUILT.occupations if each.trades]
    assert with_trades == [40, 42, 77, 79, 81, 97, 98, 99, 100, 101]


def test_every_word_of_the_publication_is_found() -> None:
    for row in catalogue.rows():
        for word in (row["occupation"], *filter(None, row["aliases"].split(";"))):
            assert all(match.by != "near" for match in BUILT.find(word)), word
            assert f"lyg2020:{row['serial']}" in {m.occupation.code for m in BUILT.find(word)} or (
                BUILT.find(word)[0].by == "name"
            )


def test_equivalences_are_one_to_one() -> None:
    codes = [code for each in BUILT.occupations for code, _ in each.equivalent]
    assert len(codes) == len(set(codes)) > 100
    assert all(code.startswith("mohurd2017:") for code in codes)
    assert satisfies([BUILT], "mohurd2017:020", "lyg2020:41")
    assert satisfies([BUILT], "lyg2020:41", "mohurd2017:020")
    # A general crane driver can drive the tower crane; not the other way round.
    assert satisfies([BUILT], "mohurd2017:416", "lyg2020:46")
    assert not satisfies([BUILT], "lyg2020:46", "mohurd2017:416")
    # 080 corresponds to two entries, so to neither.
    assert not satisfies([BUILT], "mohurd2017:080", "lyg2020:71")
