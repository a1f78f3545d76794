# SPDX-License-Identifier: Apache-2.0
"""A roster from workbook to printed pages, beside the way in which one would write it in a day.

The usual way: openpyxl reads, PyJWT makes a token of each row, qrcode draws `https://…#token` at
its defaults, reportlab sets a page, in a loop; one signature, no registry, no rules, nothing
remembered and nothing read back. Ours does all of that. Neither makes holder tags.
"""

import io
import json
import tempfile
import time
from pathlib import Path
from typing import Final

import jwt
import openpyxl
import qrcode
from openpyxl.worksheet.worksheet import Worksheet
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen import canvas

from bench import desk_world, population, registering
from bench.report import Row
from credential.certificate import Claims

ALL: Final = 1_000
FEW: Final = 30  # of the usual way, where minutes are too long
_FONT: Final = "STSong-Light"


def _usual(roster: Path, out: Path) -> int:
    """Issue and print a roster in the usual way; gives how many."""
    key = population.BODY.private
    pdfmetrics.registerFont(UnicodeCIDFont(_FONT))
    sample: Claims = next(population.claims(population.host_of(25)))
    claims = json.loads(sample.to_bytes())
    page = openpyxl.load_workbook(roster).active
    if not isinstance(page, Worksheet):
        raise TypeError("the workbook has a sheet")
    done = 0
    for cells in page.iter_rows(min_row=2, values_only=True):
        number = f"S000031000101263{done:06}"
        said = claims | {"name": str(cells[0]), "certificate_number": number}
        token = jwt.encode(said, key, algorithm="ES256")
        picture = io.BytesIO()
        qrcode.make(f"https://{sample.host}/v#{token}").save(picture)
        sheet = canvas.Canvas(str(out / f"{number}.pdf"), pagesize=A4)
        sheet.setFont(_FONT, 14)
        for line, text in enumerate((number, *cells)):
            sheet.drawString(100, 700 - 24 * line, str(text))
        sheet.drawImage(ImageReader(picture), 60, 60, 160, 160)
        sheet.save()
        done += 1
    return done


def rows(usual: int = FEW) -> list[Row]:
    """Measure.

    Args:
        usual: Rows of the usual way, which all cost the same; ours are always a thousand.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        peer = folder / "usual"
        peer.mkdir()
        roster = desk_world.workbook(folder / "usual.xlsx", usual)
        start = time.perf_counter()
        if _usual(roster, peer) != usual:
            raise AssertionError("every row is issued")
        theirs = (time.perf_counter() - start) / usual
        ours = registering.run(folder, ALL, "--print", tags="none")["all"] / ALL
    times = theirs / ours
    return [
        Row(
            f"{ALL:,} rows: read, judged, filed, signed, registered, codes, printed, read back",
            f"{ours * 1000:,.1f} ms each, {times:.1f} × as fast",
            f"openpyxl, PyJWT, qrcode, reportlab, a loop ({usual:,} rows): {theirs * 1000:,.0f} ms",
            "≥ 5 ×",
            times >= 5,
        )
    ]
