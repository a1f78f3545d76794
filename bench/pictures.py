# SPDX-License-Identifier: Apache-2.0
"""How often a printed code is read from a bad picture, beside the same two tokens as plain text."""

import random
from typing import Final

import zxingcpp
from PIL import Image

from bench import population
from bench.report import Row
from credential import carrier
from tests.web.pictures import blurred, dim, frame, symbol, tilted, turned

SIZES: Final = (240, 210, 180, 160)  # pixels across, quiet zone included
_CODES: Final = 60


def _taken(text: str, across: int, random_: random.Random) -> Image.Image:
    """Take a picture: tilted, turned, out of focus, and grainy, each by chance."""
    scene = frame(symbol(text, across), size=(640, 480))
    scene = turned(tilted(scene, random_.uniform(0, 0.06)), random_.uniform(-20, 20))
    scene = blurred(scene, random_.uniform(0.2, 0.8))
    return dim(scene, random_.uniform(0.5, 1.0), random_.randrange(2**32))


def _rate(texts: list[str], across: int) -> float:
    source = random.Random(across)
    read = sum(
        any(found.text == text for found in zxingcpp.read_barcodes(_taken(text, across, source)))
        for text in texts
    )
    return read / len(texts)


def rows() -> list[Row]:
    """Measure."""
    host = population.host_of(25)
    every = list(population.claims(host))
    pairs = [population.signed(one) for one in random.Random(1).sample(every, _CODES)]
    ours = [carrier.encode(token, stamp) for token, stamp in pairs]
    plain = [f"https://{host}/v#{token}.{stamp}" for token, stamp in pairs]
    return [
        Row(
            f"read from a picture, {across} px across: tilted, turned, blurred, grainy ({_CODES})",
            f"{_rate(ours, across):.0%}",
            f"the same tokens as plain text: {_rate(plain, across):.0%}",
        )
        for across in SIZES
    ]
