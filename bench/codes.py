# SPDX-License-Identifier: Apache-2.0
"""How large the symbols are, over 181 occupations × 24 names, and what the carrier's text costs."""

from collections import Counter
from typing import Final

import zxingcpp

from bench import population
from bench.clock import rate
from bench.report import Row
from credential import carrier

ORIGIN: Final = 25  # characters of `https://` and host
LONGEST_ORIGIN: Final = 28
_TEXTS: Final = 300  # for the rate


def _version(text: str) -> int:
    symbol = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    side = symbol.to_image(scale=1, add_quiet_zones=False).shape[0]
    return (int(side) - 17) // 4


def _share(versions: Counter[int], limit: int) -> float:
    return sum(count for version, count in versions.items() if version <= limit) / versions.total()


def _versions(origin: int) -> tuple[Counter[int], Counter[int], list[int]]:
    codes: Counter[int] = Counter()
    plain: Counter[int] = Counter()
    lengths = []
    for number, claims in enumerate(population.claims(population.host_of(origin))):
        token, stamp = population.signed(claims)
        text = carrier.encode(token, stamp)
        codes[_version(text)] += 1
        lengths.append(len(text))
        if number % 24 == 0:  # the plain text hardly varies: one name of each occupation
            plain[_version(f"https://{claims.host}/v#{token}.{stamp}")] += 1
    return codes, plain, lengths


def rows() -> list[Row]:
    """Measure."""
    codes, plain, lengths = _versions(ORIGIN)
    longest, _, _ = _versions(LONGEST_ORIGIN)
    share = _share(codes, 13)
    spread = ", ".join(f"v{version} {count}" for version, count in sorted(codes.items()))
    claims = list(population.claims(population.host_of(ORIGIN)))[:_TEXTS]
    pairs = [population.signed(one) for one in claims]

    def encode() -> None:
        for token, stamp in pairs:
            carrier.encode(token, stamp)

    beside = ", ".join(f"v{version} {count}" for version, count in sorted(plain.items()))
    return [
        Row(
            f"QR version at M, both signatures, origin of {ORIGIN} characters ({codes.total()})",
            f"13 or less: {share:.1%} ({spread}); text {min(lengths)}–{max(lengths)} characters",
            f"the same two tokens as plain text: {beside}",
            "13 for ≥ 95 %",
            share >= 0.95,
        ),
        Row(
            f"the same at an origin of {LONGEST_ORIGIN} characters",
            f"largest version {max(longest)}",
            "–",
            "14 at most",
            max(longest) <= 14,
        ),
        Row(
            "carrier text (compress, decode again, compare)",
            f"{rate(encode, each=_TEXTS):,.0f} /s",
            "on its own line: not part of issuing",
        ),
    ]
