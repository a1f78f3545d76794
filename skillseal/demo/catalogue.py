# SPDX-License-Identifier: Apache-2.0
"""The catalogue of the demonstration: the 181 occupations that 连云港 published in 2020.

`occupations_lianyungang.csv` is that publication as it stands, oddities and all:

- names are kept letter by letter, also 沥青混凝土推铺机操作工 (摊铺机), which a national
  dictionary has copied, and 施工升降机物料提升机 without its comma: a roster that quotes the
  publication must match;
- codes are `lyg2020:<serial>`; the publication has no codes of its own;
- an alias that is only a part of the occupation is a trade: 抹灰工 is one kind of 装饰装修工, and a
  certificate for the part does not prove the whole;
- `mohurd2017` is the dictionary of 建办人〔2017〕76号; an equivalence is given only where one
  entry of each side corresponds to one of the other.

Ten names belong to more than one entry (泥塑工 is 82, and a trade of 98): whoever means one
writes its code.

The story of the demonstration adjusts it, which the publication did not: an entry 182 that begins
later, and version 2, in which 82 has ended and 98 stands for it (`announcing`, `merging`).
"""

import csv
import io
from collections import Counter
from importlib import resources
from typing import Final

from credential.catalogue import Catalogue, Occupation
from credential.certificate_number import DEFAULT_RULES

SCHEME: Final = "lyg2020"
DICTIONARY: Final = "mohurd2017"
OCCUPATIONS: Final = 181
ENDED: Final = f"{SCHEME}:82"
SUCCESSOR: Final = f"{SCHEME}:98"
"""Which has the trade that 82 was."""
NEW: Final = f"{SCHEME}:182"

# Aliases that are synonyms, in the entries whose other aliases are narrower trades.
_WITH_TRADES: Final[dict[int, frozenset[str]]] = {
    40: frozenset(),
    42: frozenset({"建筑架子工"}),
    77: frozenset(),
    79: frozenset(),
    81: frozenset(),
    97: frozenset(),
    98: frozenset({"古建瓦工"}),
    99: frozenset(),
    100: frozenset(),
    101: frozenset({"古建油漆"}),
}

# Serial to code of the national dictionary; by exact name, or by the name that the publication
# prints.
_MOHURD: Final = """
21:723 22:724 23:722 24:719 26:720 27:721 31:270 33:080 35:413 36:414 37:230 41:020 43:803 45:170
46:416 49:180 50:180 51:033 59:151 68:050 69:060 70:070 71:080 72:090 73:100 74:110 75:120 76:140
77:190 78:200 79:210 80:220 81:240 82:330 83:280 84:290 85:300 86:310 87:320 88:330 89:340 90:350
91:360 92:330 93:380 94:196 95:250 96:305 97:320 98:330 99:340 100:350 101:360 102:401 103:404
104:405 105:406 106:407 107:408 108:409 109:410 110:411 111:412 112:415 113:418 114:419 115:420
116:422 118:424 119:426 120:427 121:428 122:429 123:430 124:431 125:432 126:433 127:434 128:435
129:436 130:437 131:438 132:439 133:440 134:501 135:502 136:503 137:506 138:505 139:504 140:507
141:508 142:601 143:602 144:603 145:604 146:605 147:606 148:607 149:608 150:609 151:610 152:815
153:816 154:817 155:818 156:819 157:820 158:821 159:822 160:823 161:812 162:813 163:814 164:804
165:805 166:806 167:807 168:808 169:809 178:901 179:824 180:810 181:811
"""
# 416 also covers gantry and bridge cranes; the entry is the tower crane alone.
_RELATIONS: Final = {46: "broader"}


def build(
    *,
    iss: str = "https://catalogue.example",
    region: str = "320000",
    version: int = 1,
    iat: int = 1_767_225_600,
    exp: int = 1_798_761_600,
) -> Catalogue:
    """Build the catalogue.

    Args:
        iss: `https://HOST` of the registry that will sign it.
        region: Of that registry's root.
        version: Rises with every change.
        iat: Seconds since 1970.
        exp: At most 366 days later.
    """
    return Catalogue(
        iss=iss,
        region=region,
        version=version,
        iat=iat,
        exp=exp,
        scheme=SCHEME,
        occupations=tuple(map(_occupation, rows())),
        numbers=DEFAULT_RULES,
    )


def announcing(published: Catalogue, first_day: str) -> Catalogue:
    """Add an occupation that is certified for evaluations from a later day on.

    Args:
        published: As `build` gives it.
        first_day: YYYY-MM-DD.
    """
    entry = Occupation(NEW, "建筑机器人操作员", ("建筑机器人工",), (), (), first_day=first_day)
    return published._replace(occupations=(*published.occupations, entry))


def merging(before: Catalogue, last_day: str) -> Catalogue:
    """Make the next version, in which 82 is merged into 98.

    Args:
        before: The version before.
        last_day: Of evaluation for the one that ends, YYYY-MM-DD.
    """
    ended = before.by_code[ENDED]._replace(equivalent=((SUCCESSOR, "broader"),), last_day=last_day)
    entries = tuple(ended if each.code == ENDED else each for each in before.occupations)
    return before._replace(version=before.version + 1, occupations=entries)


def rows() -> list[dict[str, str]]:
    """Read the publication: serial, category, occupation, aliases, mohurd_names, subsidy_cny."""
    text = resources.files(__package__).joinpath("occupations_lianyungang.csv").read_text("utf-8")
    return list(csv.DictReader(io.StringIO(text)))


def _equivalences() -> dict[int, str]:
    pairs = [pair.split(":") for pair in _MOHURD.split()]
    entries = Counter(code for _, code in pairs)
    return {int(serial): code for serial, code in pairs if entries[code] == 1}


_EQUIVALENT: Final = _equivalences()


def _occupation(row: dict[str, str]) -> Occupation:
    serial = int(row["serial"])
    words = tuple(filter(None, row["aliases"].split(";")))
    synonyms = _WITH_TRADES.get(serial, frozenset(words))
    code = _EQUIVALENT.get(serial)
    relation = _RELATIONS.get(serial, "same")
    return Occupation(
        code=f"{SCHEME}:{serial}",
        name=row["occupation"],
        aliases=tuple(word for word in words if word in synonyms),
        trades=tuple(word for word in words if word not in synonyms),
        equivalent=((f"{DICTIONARY}:{code}", relation),) if code else (),
    )
