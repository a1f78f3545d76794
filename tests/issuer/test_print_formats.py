# SPDX-License-Identifier: Apache-2.0
"""Cards, stickers, sheets, stock: what stands on them, where, and that every code reads."""

from dataclasses import replace
from itertools import combinations
from typing import Any

import pypdfium2
import pytest
import zxingcpp

from credential.errors import SealError
from issuer import layout, read_back
from issuer.face import Face
from issuer.layout import Layout
from issuer.press import ATTACHMENT, CONTENTS, Press, contents
from tests.issuer.printing import A4, a_face, typeface

CARD, STICKER = Layout.of("card"), Layout.of("sticker")
SQUARE = Layout.of("sticker", (50, 50))
CARDS = replace(CARD, grid=layout.grid(CARD.size, 2, 5))
LABELS = replace(STICKER, grid=layout.grid(STICKER.size, 3, 6, (10, 20), (63, 42)))
QR_CODES = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCodeModel2)
MM = 72 / 25.4
LONGEST: dict[str, Any] = {
    "by": "上海市浦东新区装配式建筑与城市更新职业技能等级评价中心" * 4,
    "name": "阿卜杜热合曼·买买提艾力·阿卜杜克热木·吐尔逊江·阿卜杜热合曼·买买提艾力·阿卜杜克热木·吐",
    "occupation_name": "装配式建筑构件安装与高处作业吊篮安装拆卸" * 2,
    "trade": "Prefabricated component mounting, repair",
    "certificate_number": "沪建（2026）第" + "1234567890" * 3 + "号",
}
LONGEST["by"] = LONGEST["by"][:100]
LONGEST["occupation_name"] = LONGEST["occupation_name"][:40]


def made(form: Layout, **changes: Any) -> tuple[Face, bytes]:
    """Set one certificate and read it back."""
    if form.format == "sticker":
        changes = {"holder_tag": None} | changes
    face = a_face(layout=form, environment="production", **changes)
    pdf = Press.of(typeface(), form).one(face)
    read_back.check(pdf, [face], (ATTACHMENT, face.text_form), replace(form, grid=None))
    return face, pdf


def text_of(pdf: bytes) -> str:
    """Give every word of a file, without what only tells where a line may break."""
    with pypdfium2.PdfDocument(pdf) as document:
        pages = [str(page.get_textpage().get_text_bounded()) for page in document]
    return "".join("".join(pages).replace("\u200b", "").replace("\u2060", "").split())


def boxes_of(page: pypdfium2.PdfPage) -> list[tuple[float, float, float, float]]:
    words = page.get_textpage()
    return [words.get_rect(at) for at in range(words.count_rects())]


def test_a_card_has_the_size_of_a_bank_card_and_its_code_behind() -> None:
    face, pdf = made(CARD)
    with pypdfium2.PdfDocument(pdf) as document:
        sizes = [[round(side / MM, 1) for side in page.get_size()] for page in document]
        images = [page.render(scale=4).to_pil() for page in document]
    assert sizes == [[85.6, 54.0], [85.6, 54.0]]
    read = [[each.text for each in zxingcpp.read_barcodes(i, formats=QR_CODES)] for i in images]
    assert read == [[], [face.code]]
    shown = text_of(pdf)
    for key in ["name", "document", "occupation", "trade", "level", "number", "issuer", "verify"]:
        assert str(face.members[key]).replace(" ", "") in shown
    assert "2026年11月20日" in shown
    assert read_back.attachment_of(pdf) == (ATTACHMENT, face.text_form)


@pytest.mark.parametrize("form", [A4, CARD, STICKER, SQUARE])
@pytest.mark.parametrize("modules", [69, 81])
def test_a_module_is_never_below_a_third_of_a_millimetre(form: Layout, modules: int) -> None:
    side = form.side(modules)
    assert 0.33 <= side / (modules + 8) <= 0.4
    assert side <= form.room <= min(form.size)


@pytest.mark.parametrize("form", [CARD, STICKER, SQUARE])
def test_a_code_that_has_no_room_is_refused(form: Layout) -> None:
    with pytest.raises(SealError) as refused:
        form.side(145)
    assert refused.value.code == "print.no_room"


@pytest.mark.parametrize("form", [STICKER, SQUARE])
def test_a_sticker_says_who_and_what_and_no_document(form: Layout) -> None:
    face, pdf = made(form)
    shown = text_of(pdf)
    for key in ("name", "occupation", "level", "issuer"):
        assert str(face.members[key]) in shown
    assert "document" not in face.members
    assert "310199" not in shown


@pytest.mark.parametrize("english", [True, False])
@pytest.mark.parametrize("form", [A4, CARD])
def test_the_longest_texts_are_whole_apart_and_inside(form: Layout, english: bool) -> None:
    face, pdf = made(form, english=english, **LONGEST)
    shown = text_of(pdf)
    for key in ["name", "document", "occupation", "trade", "level", "number", "issuer"]:
        assert "".join(str(face.members[key]).split()) in shown
    with pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            width, height = page.get_size()
            boxes = boxes_of(page)
            assert boxes
            for left, bottom, right, top in boxes:
                assert 6 < left < right < width - 6
                assert 6 < bottom < top < height - 6
            for one, other in combinations(boxes, 2):
                wide = min(one[2], other[2]) - max(one[0], other[0])
                high = min(one[3], other[3]) - max(one[1], other[1])
                assert min(wide, high) < 0.4, (one, other)


@pytest.mark.parametrize("form", [STICKER, SQUARE])
def test_on_a_sticker_long_texts_are_whole_or_refused(form: Layout) -> None:
    some = {key: LONGEST[key] for key in ("name", "occupation_name")}
    face, pdf = made(form, **some)
    assert str(face.members["name"]) in text_of(pdf)
    assert str(face.members["occupation"]) in text_of(pdf)
    endless = a_face(layout=form, holder_tag=None)
    endless.members["issuer"] = "评价" * 400
    with pytest.raises(SealError, match="issuer does not fit") as refused:
        Press.of(typeface(), form).one(endless)
    assert refused.value.code == "print.no_room"


@pytest.mark.parametrize(
    ("form", "pages"), [(CARDS, 4), (LABELS, 1), (CARD, 24), (STICKER, 12), (A4, 12)]
)
def test_every_piece_of_a_sheet_is_in_its_place_and_reads(form: Layout, pages: int) -> None:
    changes: dict[str, Any] = {"holder_tag": None} if form.format == "sticker" else {}
    faces = [a_face(serial, layout=form, **changes) for serial in range(1, 13)]
    pdf = Press.of(typeface(), form).volume(faces)
    attached = (CONTENTS, contents(faces, form))
    read_back.check(pdf, faces, attached, form)
    with pypdfium2.PdfDocument(pdf) as document:
        assert len(document) == pages
        size = [round(side / MM, 1) for side in document[0].get_size()]
        assert size == list(form.size if form.grid is None else (210, 297))
    # One place off, and it is another's code.
    with pytest.raises(SealError, match="code of another certificate"):
        read_back.check(pdf, [faces[1], faces[0], *faces[2:]], attached, form)


def test_the_backs_of_a_sheet_lie_behind_their_fronts() -> None:
    grid = CARDS.grid
    assert grid is not None
    front, back = (grid.at(0, CARD.size, is_back=side) for side in (False, True))
    assert front[1] == back[1]
    assert front[0] == pytest.approx(210 - back[0] - CARD.size[0])


def test_crop_marks_stay_outside_the_pieces() -> None:
    faces = [a_face(1, layout=CARDS)]
    drawn = []
    for form in (CARDS, replace(CARDS, has_marks=False)):
        with pypdfium2.PdfDocument(Press.of(typeface(), form).volume(faces)) as document:
            drawn.append(document[0].render(scale=2, grayscale=True).to_pil())
    left, top = CARDS.grid.margin if CARDS.grid else (0, 0)
    for image, is_marked in zip(drawn, (True, False), strict=True):
        corner = image.crop((0, 0, int(left * MM * 2) + 4, int(top * MM * 2) - 2))
        assert (corner.getextrema()[0] < 200) is is_marked
    pieces = (int(left * MM * 2) + 3, int(top * MM * 2) + 3, 1077, 1600)
    assert drawn[0].crop(pieces).tobytes() == drawn[1].crop(pieces).tobytes()


@pytest.mark.parametrize("form", [A4, CARD])
def test_stock_gets_only_what_differs_and_in_the_same_places(form: Layout) -> None:
    changes = {"english": False}
    _, whole = made(form, **changes)
    stock = replace(form, is_stock=True)
    face, bare = made(stock, **changes)
    shown = text_of(bare)
    for key in ["name", "document", "occupation", "trade", "level", "number", "issuer"]:
        assert str(face.members[key]) in shown
    for word in ("职业技能等级证书", "姓名", "扫码"):
        assert word in text_of(whole)
        assert word not in shown
    with pypdfium2.PdfDocument(whole) as one, pypdfium2.PdfDocument(bare) as other:
        places = [
            {tuple(map(round, box)) for page in file for box in boxes_of(page)}
            for file in (one, other)
        ]
    assert places[1] <= places[0]


def test_an_offset_moves_everything_right_and_down() -> None:
    moved = replace(A4, is_stock=True, offset=(2.0, 3.0))
    _, before = made(replace(A4, is_stock=True))
    _, after = made(moved)
    with pypdfium2.PdfDocument(before) as one, pypdfium2.PdfDocument(after) as other:
        (x, y, *_), (right, down, *_) = boxes_of(one[0])[0], boxes_of(other[0])[0]
    assert right - x == pytest.approx(2 * MM, abs=0.05)
    assert y - down == pytest.approx(3 * MM, abs=0.05)


@pytest.mark.parametrize("form", [A4, CARD, STICKER, CARDS])
def test_the_test_page_names_every_field_and_nobody(form: Layout) -> None:
    pdf = Press.of(typeface(), form).test_page()
    shown = text_of(pdf)
    for key in ("name", "occupation", "level", "issuer", "code"):
        assert key in shown
    assert "职业" not in shown
    with pypdfium2.PdfDocument(pdf) as document:
        image = document[0].render(scale=1).to_pil()
        assert zxingcpp.read_barcodes(image, formats=QR_CODES) == []


def test_a_card_of_a_competition_with_an_end_has_both() -> None:
    details = (("event", "第一届全国装配式建筑职业技能竞赛"), ("rank", "一等奖"))
    changes: dict[str, Any] = {"kind": "industry_skill", "route": "competition", "level": None}
    _, pdf = made(CARD, detail=details, exp=1_900_000_000, **changes)
    shown = text_of(pdf)
    assert "备注：第一届全国装配式建筑职业技能竞赛；一等奖" in shown
    assert "有效期至2030年3月18日" in shown


def test_on_stock_a_remark_has_its_place_with_and_without_an_end() -> None:
    stock = replace(A4, is_stock=True)
    changes: dict[str, Any] = {"kind": "industry_skill", "route": "competition", "level": None}
    changes["detail"] = (("event", "技能竞赛"), ("rank", "一等奖"))
    places = []
    for end in (None, 1_900_000_000):
        _, pdf = made(stock, exp=end, **changes)
        with pypdfium2.PdfDocument(pdf) as document:
            words = document[0].get_textpage()
            found = words.search("技能竞赛").get_next()
            assert found is not None
            places.append(words.get_charbox(found[0]))
    assert places[0] == places[1]


@pytest.mark.parametrize("form", [A4, CARD])
def test_what_looks_like_markup_is_printed_as_it_stands(form: Layout) -> None:
    """Names come from others: none of them is a command to the typesetter."""
    markup = "#panic[x] #read(/etc/passwd) *b* _i_ $x^2$ @c <l> `r` //c"
    face, pdf = made(
        form, by=f"#image(x) {markup[:30]}", occupation_name="*砌* #eval(1)$x$", trade="_工_//x"
    )
    shown = text_of(pdf)
    for key in ("issuer", "occupation", "trade"):
        assert str(face.members[key]).replace(" ", "") in shown
    assert "root:" not in shown
