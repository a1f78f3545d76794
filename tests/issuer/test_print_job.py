# SPDX-License-Identifier: Apache-2.0
"""Printing: a page for everyone registered, read back from its pixels; nothing else is written."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import zxingcpp

from credential import carrier
from credential.errors import SealError
from issuer import desk, press, print_job, read_back, results, symbol
from issuer import typeface as typefaces
from issuer.ledger import Ledger
from issuer.ledger_jobs import Print
from issuer.photo import Photos
from issuer.press import Press
from issuer.print_job import Printed, Sheet
from issuer.submit import Registry
from tests.issuer import world
from tests.issuer.printing import A4, a_face, picture, portrait, typeface
from tests.issuer.sheets import csv_file, number, row, rows

SALT = bytes(16)


class Office:
    """A desk that issued three certificates, or those of the given table."""

    at = world.AT

    def __init__(
        self, folder: Path, table: list[list[Any]] | None = None, tags: str = "none"
    ) -> None:
        self.folder = folder
        self.out = folder / "out"
        self.roster = csv_file(folder / "r.csv", table or rows(3))
        registry = Registry("http://x", lambda _: None, world.FakeRegistry().post)
        order = world.order(self.roster, given=world.filing(tags))
        with self.ledger() as ledger:
            desk.file(order, ledger, registry, world.STATEMENT_KEY, world.means(), "B1")
            keys = (world.CERTIFICATE_KEY, world.SUBMIT_KEY)
            done = desk.issue_roster(order, ledger, registry, keys, folder / "codes", world.means())
        self.numbers = [str(item.number) for item in done.registered]

    def ledger(self) -> Ledger:
        return Ledger.open(self.folder / "ledger.sqlite", world.BODY, lambda n: SALT[:n])

    def print(self, **given: Any) -> Printed:
        filing = world.filing()
        cores = given.pop("cores", 1)
        read = print_job.read(self.roster, "skill_level", filing)
        with self.ledger() as ledger:
            sheet = Sheet(typeface(), **given)
            return print_job.run(read, ledger, filing, self.out, sheet, cores=cores, at=self.at)

    def prints(self, form: str = "a4") -> list[Print]:
        with self.ledger() as ledger:
            return [each for each in ledger.prints("B1") if each.form == form]

    def files(self) -> list[str]:
        return sorted(path.name for path in self.out.iterdir())


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


QR_CODES = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCodeModel2)


def codes_of(pdf: Path) -> list[str]:
    """Read the codes of a file's pages as a scanner does."""
    with pypdfium2.PdfDocument(pdf) as document:
        images = [page.render(scale=3).to_pil() for page in document]
    return [
        each.text for image in images for each in zxingcpp.read_barcodes(image, formats=QR_CODES)
    ]


def text_of(pdf: Path) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return str(document[0].get_textpage().get_text_bounded())


def test_one_file_for_everyone_with_its_code_and_attachment(office: Office) -> None:
    assert office.print() == Printed(3, 0, 0, 0, 0, ())
    assert office.files() == sorted(f"{each}.pdf" for each in office.numbers)
    for serial, each in enumerate(office.numbers):
        path = office.out / f"{each}.pdf"
        (code,) = codes_of(path)
        carried = carrier.decode(code)
        assert carried.claims.certificate_number == each
        text = carrier.text_form(carried.certificate, carried.receipt)
        assert read_back.attachment_of(path.read_bytes()) == ("certificate.skillseal.txt", text)
        shown = text_of(path)
        for words in (carried.claims.name, number(serial), each, "三级/高级工", "--"):
            assert words in shown


def test_the_document_number_stays_out_of_the_ledger(office: Office) -> None:
    office.print()
    assert number(0).encode() in office.roster.read_bytes()
    assert number(0).encode() not in (office.folder / "ledger.sqlite").read_bytes()


def test_a_page_is_a4_and_the_file_is_pdf_a_3b(office: Office) -> None:
    office.print()
    path = office.out / f"{office.numbers[0]}.pdf"
    with pypdfium2.PdfDocument(path) as document:
        size = [round(points / 72 * 25.4, 1) for points in document[0].get_size()]
    assert size == [210.0, 297.0]
    content = path.read_bytes()
    assert b"<pdfaid:part>3</pdfaid:part>" in content
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in content


def test_everything_stays_inside_the_margins_and_english_fits_too(tmp_path: Path) -> None:
    long: dict[str, Any] = {
        "name": "阿卜杜热合曼·买买提艾力·阿卜杜克热木·吐尔逊江",
        "occupation_name": "装配式建筑构件安装与高处作业吊篮安装拆卸综合施工检测维修人员",
        "trade": "Prefabricated component mounting",
        "certificate_number": "沪建（2026）第123456789012345678901234567890号",
    }
    machine = Press.of(typeface(), A4)
    for english in (True, False):
        made = a_face(1, english=english, environment="production", **long)
        with pypdfium2.PdfDocument(machine.one(made)) as document:
            assert len(document) == 1
            image = document[0].render(scale=1, grayscale=True).to_pil()
            page = document[0].get_textpage()
            boxes = [page.get_rect(at) for at in range(page.count_rects())]
            read_back._check_piece([document[0]], made, A4, 0)
        assert image.getpixel((2, 2)) == 255
        for left, bottom, right, top in boxes:
            assert 42 < left < right < 595.3 - 42
            assert 42 < bottom < top < 841.9 - 42


def test_a_run_over_a_finished_folder_prints_only_what_is_missing(office: Office) -> None:
    office.print()
    before = {path.name: path.stat().st_mtime_ns for path in office.out.iterdir()}
    gone, damaged = (office.out / f"{each}.pdf" for each in office.numbers[:2])
    gone.unlink()
    damaged.write_bytes(damaged.read_bytes()[:3000])
    assert office.print() == Printed(2, 1, 0, 0, 0, ())
    after = {path.name: path.stat().st_mtime_ns for path in office.out.iterdir()}
    assert before.keys() == after.keys()
    kept = f"{office.numbers[2]}.pdf"
    assert before[kept] == after[kept]
    assert office.print(again=True).made == 3


FIRST = [(2, False), (3, False), (4, False)]


def test_what_was_read_back_is_recorded_once(office: Office) -> None:
    for _ in range(2):
        office.print(volumes=True)
        office.at += 60
    volume = (office.out / "volume-001.pdf").read_bytes()
    assert {each.file for each in office.prints("volume")} == {hashlib.sha256(volume).digest()}
    made = office.prints()
    assert [(each.line, each.again) for each in made] == FIRST
    for each, number_ in zip(made, office.numbers, strict=True):
        content = (office.out / f"{number_}.pdf").read_bytes()
        assert each.file == hashlib.sha256(content).digest()
        assert each.at == world.AT
    office.print(again=True)
    assert [each.again for each in office.prints()] == [False] * 3 + [True] * 3


def test_a_file_that_nobody_recorded_is_read_back_before_it_counts(office: Office) -> None:
    """A file with the right attachment over another page is printed anew."""
    office.print()
    with office.ledger() as ledger, ledger.transaction():
        ledger._connection.execute("DELETE FROM print")
    good, other = (office.out / f"{each}.pdf" for each in office.numbers[:2])
    blank = pypdfium2.PdfDocument.new()
    blank.new_page(595, 842)
    with pypdfium2.PdfDocument(other) as document:
        kept = document.get_attachment(0)
        attachment = blank.new_attachment(kept.get_name())
        attachment.set_data(kept.get_data())
    blank.save(other)
    before = good.read_bytes()
    assert read_back.attachment_of(other.read_bytes()) is not None
    assert office.print() == Printed(1, 2, 0, 0, 0, ())
    assert good.read_bytes() == before
    assert len(codes_of(other)) == 1
    assert [(each.line, each.again) for each in office.prints()] == [(3, False), *FIRST[::2]]


class KilledError(BaseException):
    pass


@pytest.mark.parametrize("at", [0, 1, 2, 3])
def test_a_killed_run_is_continued(
    office: Office, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    whole: Callable[[Path, bytes], None] = results.write
    written: list[Path] = []

    def write(path: Path, content: bytes) -> None:
        if len(written) == at:
            path.with_name(f"{path.name}.part").write_bytes(content[:99])
            raise KilledError
        written.append(path)
        whole(path, content)

    with monkeypatch.context() as patch:
        patch.setattr(results, "write", write)
        with pytest.raises(KilledError):
            office.print(volumes=True)
    done = office.print(volumes=True)
    assert (done.made, done.kept, done.volumes) == (3 - at, at, 1)
    for form in ("a4", "volume"):
        assert [(each.line, each.again) for each in office.prints(form)] == FIRST
    assert office.files() == sorted([*(f"{n}.pdf" for n in office.numbers), "volume-001.pdf"])


def test_printed_again_it_is_the_same_file(office: Office) -> None:
    def digests() -> list[str]:
        paths = sorted(office.out.iterdir())
        return [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths]

    office.print(volumes=True)
    first = digests()
    office.print(volumes=True, again=True)
    assert digests() == first


def test_volumes_have_the_order_of_the_roster(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(print_job, "MAX_PAGES", 2)
    assert office.print(volumes=True).volumes == 2
    bound = [codes_of(office.out / f"volume-00{which}.pdf") for which in (1, 2)]
    shown = [[carrier.decode(code).claims.certificate_number for code in each] for each in bound]
    assert shown == [office.numbers[:2], office.numbers[2:]]
    before = (office.out / "volume-001.pdf").stat().st_mtime_ns
    assert office.print(volumes=True).volumes == 2
    assert (office.out / "volume-001.pdf").stat().st_mtime_ns == before


def test_several_cores_print_the_same(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(print_job, "FEW", 1)
    assert office.print(cores=2).made == 3
    assert office.print(cores=1) == Printed(0, 3, 0, 0, 0, ())


def test_photos_are_found_by_document_number(office: Office) -> None:
    folder = office.folder / "photos"
    folder.mkdir()
    picture(folder / f"{number(1)}.jpg", portrait("#00c000"))
    assert office.print(photos=folder).without_photo == 2
    with pypdfium2.PdfDocument(office.out / f"{office.numbers[1]}.pdf") as document:
        image = document[0].render(scale=1).to_pil().convert("RGB")
    colours = image.getcolors(1 << 20)
    assert colours is not None
    assert sum(n for n, c in colours if isinstance(c, tuple) and c[1] > 150 > c[0] + 100) > 5000


def test_a_photo_that_is_none_stops_the_job_without_naming_the_document(office: Office) -> None:
    folder = office.folder / "photos"
    folder.mkdir()
    picture(folder / f"{number(1)}.jpg", b"no picture")
    with pytest.raises(SealError, match="row 3: not a whole PNG or JPEG") as refused:
        office.print(photos=folder)
    assert refused.value.code == "photo.malformed"
    assert number(1) not in str(refused.value)
    assert Photos.of(folder).find(number(1)) is not None


def test_a_character_without_a_glyph_names_person_and_character(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        # It was issued on a machine without the typeface.
        patch.setattr(typefaces, "_HOME", tmp_path)
        office = Office(tmp_path, [row(0), row(1, 姓名="张𠮷"), row(2)])
    done = office.print(volumes=True)
    (refusal,) = done.refusals
    assert (refusal.row, refusal.column, refusal.code) == (3, "姓名", "print.glyph")
    assert "张𠮷" in refusal.message
    assert "𠮷 (U+20BB7)" in refusal.message
    assert done.made == 2
    assert f"{office.numbers[1]}.pdf" not in office.files()


def test_another_roster_prints_nothing(office: Office) -> None:
    csv_file(office.roster, rows(4))
    with pytest.raises(SealError) as refused:
        office.print()
    assert refused.value.code == "batch.not_filed"


def test_what_is_not_registered_waits(office: Office) -> None:
    with office.ledger() as ledger:
        items = ledger.items("B1")
        ledger.keep_answers([replace(items[0], receipt=None)])
    done = office.print()
    assert (done.made, done.waiting) == (2, 1)


CODE = "code(at, 25mm - quiet, 259.5mm - side + quiet, side)"


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (CODE, "none", "shows 0 codes"),
        (CODE, "code(at, 25mm, 240mm, 6mm)", "shows 0 codes"),
        ("#show: setting", "#set document(title: given.title)", "does not carry its attachment"),
        ("#lay(certificate)", "#lay(certificate, certificate)", "takes 2 pages for 1"),
    ],
)
def test_a_template_that_spoils_the_page_writes_nothing(
    office: Office, old: str, new: str, what: str
) -> None:
    text = (press.TEMPLATES / "a4.typ").read_text("utf-8")
    assert text.count(old) == 1
    changed = text.replace(old, new)
    template = office.folder / "a.typ"
    template.write_text(changed, "utf-8")
    with pytest.raises(SealError, match=what) as refused:
        office.print(template=template)
    assert refused.value.code == "print.unread"
    assert office.files() == []


def test_a_page_with_anothers_code_is_not_written(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = Press.one
    other = a_face(9)
    monkeypatch.setattr(
        Press, "one", lambda self, face: honest(self, replace(face, symbol=other.symbol))
    )
    with pytest.raises(SealError, match="code of another certificate") as refused:
        office.print()
    assert refused.value.code == "print.unread"
    assert office.files() == []


def test_a_template_that_does_not_set_is_refused(office: Office) -> None:
    template = office.folder / "a.typ"
    for content in (b"#panic()", b"\xff"):
        template.write_bytes(content)
        with pytest.raises(SealError) as refused:
            office.print(template=template)
        assert refused.value.code == "template.malformed"
        print_job._presses.clear()
    with pytest.raises(SealError) as refused:
        office.print(template=office.folder / "absent.typ")
    assert refused.value.code == "template.unreadable"


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ('#read("secret.txt")', "not found"),
        ('#read("../secret.txt")', "escape"),
        ('#import "@preview/cetz:0.3.4": *', "imports a package"),
    ],
)
def test_a_template_reaches_no_other_file_and_no_network(
    office: Office, monkeypatch: pytest.MonkeyPatch, line: str, what: str
) -> None:
    monkeypatch.chdir(office.folder)
    (office.folder / "secret.txt").write_text("secret", "utf-8")
    template = office.folder / "a.typ"
    template.write_text(line, "utf-8")
    with pytest.raises(SealError, match=what) as refused:
        office.print(template=template)
    assert refused.value.code == "template.malformed"


def test_a_folder_that_cannot_be_made_is_said(office: Office) -> None:
    office.out.write_bytes(b"")
    with pytest.raises(SealError) as refused:
        office.print()
    assert refused.value.code == "output.unwritable"


def test_a_module_is_large_enough_and_the_margin_is_white(office: Office) -> None:
    office.print()
    dots = 600
    with pypdfium2.PdfDocument(office.out / f"{office.numbers[0]}.pdf") as document:
        image = document[0].render(scale=dots / 72, grayscale=True).to_pil()
    (code,) = zxingcpp.read_barcodes(image, formats=QR_CODES)
    corners = code.position
    wide = corners.top_right.x - corners.top_left.x
    modules = len(symbol.draw(code.text).rows)
    module = wide / modules
    assert module / dots * 25.4 >= 0.33
    left, top = corners.top_left.x, corners.top_left.y
    quiet = int(4 * module) - 3
    around = (left - quiet, top - quiet, left + wide + quiet, top + wide + quiet)
    framed = image.crop(around)
    framed.paste(255, (quiet - 3, quiet - 3, framed.width - quiet + 3, framed.height - quiet + 3))
    assert framed.getextrema() == (255, 255)


@pytest.mark.parametrize(("environment", "shown"), [("demo", True), ("production", False)])
def test_what_is_not_production_says_so_across_the_page(environment: str, shown: bool) -> None:
    made = Press.of(typeface(), A4).one(a_face(environment=environment))
    with pypdfium2.PdfDocument(made) as document:
        text = str(document[0].get_textpage().get_text_bounded())
    assert ("演示样张" in text) == shown


def test_a_row_that_is_not_its_certificate_is_refused(office: Office) -> None:
    with office.ledger() as ledger:
        first, second, _ = ledger.items("B1")
        ledger._connection.execute(
            "UPDATE item SET token = ? WHERE line = ?", (second.token, first.line)
        )
    (refusal,) = office.print().refusals
    assert (refusal.row, refusal.code) == (first.line, "roster.mismatch")
