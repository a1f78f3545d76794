# SPDX-License-Identifier: Apache-2.0
"""What the page's print form asks for: format, sheets, stock, offset; and the test page.

    format  a4 · card · sticker (size 60x40)      stock  on pre-printed paper
    sheet   2x5, with margin and pitch             offset 1.5,-0.8 (mm to the right and down)

Empty fields stand for what `skillseal issuer print` takes without the option.
"""

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from console.forms import Form, posted
from console.visit import signed_in
from issuer import layout, print_job
from issuer.layout import Grid, Layout, Pair
from issuer.typeface import Typeface
from issuer.web.fields import plain
from issuer.web.site import site_of
from issuer.web.uploads import MAX_PHOTOS

MAX_UPLOAD: Final = MAX_PHOTOS + (16 << 20)  # bytes of a form with photos and a seal

Uploaded = Annotated[Form, Depends(posted(max_bytes=MAX_UPLOAD, max_files=3))]

router: Final = APIRouter()


def layout_of(form: Mapping[str, str]) -> Layout:
    """Put together where things go.

    Raises:
        MalformedError: `layout.malformed`.
    """
    name = form.get("format", "") or "a4"
    size = _said(form, "size").replace("×", "x").replace(" ", "")
    made = Layout.of(name, layout.pair(size, "x") if size and name == "sticker" else None)
    offset = _said(form, "offset")
    return replace(
        made,
        is_stock="stock" in form,
        offset=layout.offset(offset) if offset else (0.0, 0.0),
        grid=_grid(form, made.size) if name != "a4" else None,
        has_marks="no_marks" not in form,
    )


@router.post("/test-page.pdf", dependencies=[Depends(signed_in)])
def test_page(request: Request, form: Uploaded) -> Response:
    """Give a page with a ruler and the fields' boxes, to measure a printer's offset with.

    Raises:
        SealError: `layout.malformed`, `template.…`, `typeface.…`.
    """
    site = site_of(request)
    chosen = layout_of(plain(form))
    typeface = Typeface.of(site.settings.fonts)
    with tempfile.TemporaryDirectory() as folder:
        path = print_job.ruler_page(Path(folder), chosen, typeface, site.settings.template)
        content = path.read_bytes()
    headers = {"Content-Disposition": f'attachment; filename="{path.name}"'}
    return Response(content, media_type="application/pdf", headers=headers)


def _grid(form: Mapping[str, str], size: Pair) -> Grid | None:
    sheet = _said(form, "sheet").replace("×", "x").replace(" ", "")
    if not sheet:
        return None
    margin, pitch = _said(form, "margin"), _said(form, "pitch")
    return layout.grid(
        size,
        *layout.count(sheet),
        layout.pair(margin) if margin else None,
        layout.pair(pitch) if pitch else None,
    )


def _said(form: Mapping[str, str], name: str) -> str:
    """Read a field; a comma or sign of a Chinese keyboard is one too."""
    return form.get(name, "").strip().replace("，", ",").replace("－", "-")
