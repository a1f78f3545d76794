# SPDX-License-Identifier: Apache-2.0
"""Write credential/tables/folding.json: `python -m tools.folding_table`.

The table decides what counts as the same name and goes into every holder tag, so version 1 is
frozen. It is kept reproducible: made from the decompositions of Unicode 14, which its stability
policy keeps for ever, and from the literals below. Only code points that Unicode 14 assigns are
looked at, so that a newer Python writes the same file.

Sources: Unicode 14.0.0 UnicodeData.txt (through `unicodedata`) and EquivalentUnifiedIdeograph.txt;
for the private use area, the Chinese national standard GB 18030, two-byte codes FE50 to FEA0, whose
characters older systems placed at U+E815 to U+E864.
"""

import json
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Final

TABLE: Final = Path(__file__).resolve().parent.parent / "credential" / "tables" / "folding.json"

# EquivalentUnifiedIdeograph.txt: CJK Radicals Supplement and CJK Strokes. The Kangxi radicals have
# a decomposition that says the same.
RADICALS: Final = """
2e81:5382 2e82:4e5b 2e83:4e5a 2e84:4e59 2e85:4ebb 2e86:5182 2e87:20628 2e88:5200 2e89:5202
2e8a:535c 2e8b:353e 2e8c:5c0f 2e8d:5c0f 2e8e:5140 2e8f:5c23 2e90:5c22 2e91:21bc2 2e92:5df3
2e93:5e7a 2e94:5f51 2e95:5f50 2e96:5fc4 2e97:5fc3 2e98:624c 2e99:6535 2e9b:65e1 2e9c:65e5 2e9d:6708
2e9e:6b7a 2e9f:6bcd 2ea0:6c11 2ea1:6c35 2ea2:6c3a 2ea3:706c 2ea4:722b 2ea5:722b 2ea6:4e2c 2ea7:725b
2ea8:72ad 2ea9:738b 2eaa:24d14 2eab:76ee 2eac:793a 2ead:793b 2eae:25ad7 2eaf:7cf9 2eb0:7e9f
2eb1:7f53 2eb2:7f52 2eb3:34c1 2eb4:5197 2eb5:2626b 2eb6:7f8a 2eb7:2634c 2eb8:2634b 2eb9:8002
2eba:8080 2ebb:807f 2ebc:8089 2ebd:26951 2ebe:8279 2ebf:8279 2ec0:8279 2ec1:864e 2ec2:8864
2ec3:8980 2ec4:897f 2ec5:89c1 2ec6:89d2 2ec7:278b2 2ec8:8ba0 2ec9:8d1d 2eca:27fb7 2ecb:8f66
2ecc:8fb6 2ecd:8fb6 2ece:8fb6 2ecf:9091 2ed0:9485 2ed1:9577 2ed2:9578 2ed3:957f 2ed4:95e8
2ed5:28e0f 2ed6:961d 2ed7:96e8 2ed8:9752 2ed9:97e6 2eda:9875 2edb:98ce 2edc:98de 2edd:98df
2ede:2967f 2edf:98e0 2ee0:9963 2ee1:29810 2ee2:9a6c 2ee3:9aa8 2ee4:9b3c 2ee5:9c7c 2ee6:9e1f
2ee7:5364 2ee8:9ea6 2ee9:9ec4 2eea:9efe 2eeb:6589 2eec:9f50 2eed:6b6f 2eee:9f7f 2eef:7adc 2ef0:9f99
2ef1:9f9c 2ef2:4e80 2ef3:9f9f 31c6:200cc 31cf:4e40 31d0:4e00 31d1:4e28 31d2:4e3f 31d3:4e3f
31d4:4e36 31d5:200cd 31d6:4e5b 31d7:200ca 31d8:200ce 31d9:2010c 31da:4e85 31db:21fe8 31dc:200cb
31dd:4e40 31de:200d1 31df:4e5a 31e0:4e59 31e1:2010e
"""

# U+E815 onwards, in order.
PRIVATE_USE: Final = (
    "\u2e81𠂇𠂉𠃌\u2e84㑳㑇\u2e88\u2e8b龴㖞㘚㘎\u2e8c\u2e97㥮㤘龵㧏㧟"
    "㩳㧐龶龷㭎㱮㳠\u2ea7𡗗龸\u2eaa䁖䅟\u2eae䌷\u2eb3\u2eb6\u2eb7𢦏䎱"
    "䎬\u2ebb䏝䓖䙡䙌龹䜣䜩䝼䞍\u2eca䥇䥺䥽䦂䦃䦅䦆䦟"
    "䦛䦷䦶龺𤇾䲣䲟䲠䲡䱷䲢䴓䴔䴕䴖䴗䴘䴙䶮龻"
)
PRIVATE_USE_FIRST: Final = 0xE815

# Letters without a decomposition, as passports write them (ICAO 9303-3 §6, first choice).
LETTERS: Final = {
    "ß": "SS", "ẞ": "SS", "Æ": "AE", "Œ": "OE", "Ø": "O", "Đ": "D", "Ð": "D", "Þ": "TH", "Ł": "L",
    "Ħ": "H", "Ŧ": "T", "Ŋ": "N", "ı": "I", "ĸ": "K", "Ĳ": "IJ", "Ŀ": "L", "ŉ": "N", "ſ": "S",
    "○": "〇", "◯": "〇",
}  # fmt: skip

# Ranges whose decompositions are followed; every code point in them is assigned in Unicode 14.
LATIN: Final = ((0x41, 0x24F), (0x1E00, 0x1EFF), (0xFB00, 0xFB06))
IDEOGRAPHS: Final = ((0x2F00, 0x2FD5), (0xF900, 0xFA6D), (0xFA70, 0xFAD9), (0x2F800, 0x2FA1D))
FULL_WIDTH: Final = (0xFF01, 0xFF5E)

# What separates the parts of a name, or cannot be seen: ranges.
REMOVED: Final = (
    # white space and invisible characters
    "9-d 20 85 a0 ad 34f 61c 1680 180b-180f 2000-200f 2028-202f 205f-206f 3000 fe00-fe0f feff "
    "e0001 e0020-e007f e0100-e01ef "
    # combining marks, of letters that came decomposed
    "300-36f "
    # dots between the parts of a name
    "2e b7 387 1427 16eb 2022 2024 2027 2219 22c5 25cf 2e31 2e33 30fb 318d a78f fe52 ff0e ff65 "
    # hyphens
    "2d 58a 1806 2010-2015 2043 2212 fe58 fe63 ff0d "
    # apostrophes
    "27 60 b4 2b9 2bb 2bc 2bd 2c8 2018 2019 201b 2032 ff07 ff40"
)
UNICODE: Final = (14, 0, 0)


def removed() -> set[int]:
    """Spell the removed ranges out."""
    ranges = (item.split("-") for item in REMOVED.split())
    return {point for ends in ranges for point in range(int(ends[0], 16), int(ends[-1], 16) + 1)}


def points(*ranges: tuple[int, int]) -> Iterator[str]:
    """Give the characters of some ranges."""
    for first, last in ranges:
        yield from map(chr, range(first, last + 1))


def direct() -> dict[str, str]:
    """Map each character once, without following what it becomes."""
    table: dict[str, str] = {}
    for character in points(*IDEOGRAPHS, FULL_WIDTH):
        folded = unicodedata.normalize("NFKC", character)
        if folded != character:
            table[character] = folded
    for pair in RADICALS.split():
        source, target = (chr(int(point, 16)) for point in pair.split(":"))
        table[source] = target
    for offset, character in enumerate(PRIVATE_USE):
        table[chr(PRIVATE_USE_FIRST + offset)] = character
    for character in points(*LATIN):
        bare = "".join(
            LETTERS.get(part, LETTERS.get(part.upper(), part.upper()))
            for part in unicodedata.normalize("NFKD", character)
            if not unicodedata.combining(part)
        )
        if bare != character and bare.isascii() and bare.isalpha():
            table[character] = bare
    table.update(LETTERS)
    return table


def closed() -> dict[str, str]:
    """Follow every mapping to its end, so that folding twice changes nothing more."""
    table, gone = direct(), removed()
    for character in [character for character in table if ord(character) in gone]:
        del table[character]

    def end(text: str) -> str:
        folded = "".join(table.get(part, part) for part in text if ord(part) not in gone)
        return folded if folded == text else end(folded)

    return {character: end(folded) for character, folded in sorted(table.items())}


def render() -> str:
    """Write the table as JSON, one line for each 256 code points."""
    rows: dict[int, list[str]] = {}
    for character, folded in closed().items():
        text = json.dumps(folded, ensure_ascii=False)
        rows.setdefault(ord(character) >> 8, []).append(f'"{ord(character):x}":{text}')
    mapped = ",\n".join(",".join(row) for row in rows.values())
    gone = ",".join(f'"{item}"' for item in REMOVED.split())
    return f'{{"version":1,\n"remove":[{gone}],\n"map":{{\n{mapped}\n}}}}\n'


def main() -> int:
    """Write the file."""
    version = tuple(int(part) for part in unicodedata.unidata_version.split("."))
    if version < UNICODE:
        print("this Python knows less than Unicode 14: use Python 3.11 or newer", file=sys.stderr)
        return 2
    TABLE.write_text(render(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
