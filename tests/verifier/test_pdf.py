# SPDX-License-Identifier: Apache-2.0
"""A PDF gives what is attached, else what its pages show; never one where they disagree."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from credential import carrier
from credential.errors import SealError
from tests.verifier.pdfs import NAME, pdf
from tests.verifier.world import shanghai
from verifier import pdf as reading
from verifier import pdf_reader
from verifier.pdf import read_texts

HOME = shanghai()
ONE, OTHER = HOME.issue(1), HOME.issue(2)
SHOP = "https://shop.example/v?x=1"


def refused(path: Path) -> str:
    with pytest.raises(SealError) as error:
        read_texts(path)
    return error.value.code


def test_what_is_attached_is_read_and_the_page_agrees(tmp_path: Path) -> None:
    path = pdf(tmp_path / "a.pdf", [ONE.code], attached=[(NAME, ONE.text.encode())])
    assert read_texts(path) == [ONE.text]


def test_a_page_without_a_code_needs_none(tmp_path: Path) -> None:
    path = pdf(tmp_path / "a.pdf", [], attached=[(NAME, ONE.text.encode())])
    assert read_texts(path) == [ONE.text]


def test_without_an_attachment_every_code_of_every_page_is_read(tmp_path: Path) -> None:
    path = pdf(tmp_path / "a.pdf", [ONE.code], [OTHER.code, SHOP])
    assert read_texts(path)[0] == ONE.code
    assert set(read_texts(path)) == {ONE.code, OTHER.code, SHOP}


def test_other_attachments_are_not_looked_at(tmp_path: Path) -> None:
    attached = [("invoice.xml", b"<a/>"), ("x" + NAME, ONE.text.encode())]
    assert read_texts(pdf(tmp_path / "a.pdf", [OTHER.code], attached=attached)) == [OTHER.code]
    assert refused(pdf(tmp_path / "b.pdf", [], attached=attached)) == "pdf.no_code"


@pytest.mark.parametrize("shown", [[OTHER.code], [ONE.code, OTHER.code], [ONE.code[:-5] + "00000"]])
def test_a_page_that_shows_another_certificate_is_never_judged(
    tmp_path: Path, shown: list[str]
) -> None:
    path = pdf(tmp_path / "a.pdf", shown, attached=[(NAME, ONE.text.encode())])
    assert refused(path) == "pdf.disagreement"


def test_two_attached_and_one_shown_disagree(tmp_path: Path) -> None:
    # Two attachments of one name: a reader that took the first would be told what to see.
    names = [(NAME, ONE.text.encode()), ("certificate.skillseal.tx2", OTHER.text.encode())]
    path = pdf(tmp_path / "a.pdf", [ONE.code], attached=names)
    content = path.read_bytes()
    changed = content.replace(b"certificate.skillseal.tx2", NAME.encode())
    assert changed != content
    path.write_bytes(changed)
    assert refused(path) == "pdf.disagreement"


def test_an_attachment_with_another_receipt_than_the_page_disagrees(tmp_path: Path) -> None:
    carried = carrier.decode(ONE.code)
    bare = carrier.text_form(carried.certificate, None)
    path = pdf(tmp_path / "a.pdf", [ONE.code], attached=[(NAME, bare.encode())])
    assert refused(path) == "pdf.disagreement"


def test_the_code_of_a_shop_beside_it_is_nothing(tmp_path: Path) -> None:
    path = pdf(tmp_path / "a.pdf", [SHOP], attached=[(NAME, ONE.text.encode())])
    assert read_texts(path) == [ONE.text]


def test_a_damaged_attachment_is_given_to_be_refused(tmp_path: Path) -> None:
    path = pdf(tmp_path / "a.pdf", [], attached=[(NAME, "何 nothing".encode())])
    assert read_texts(path) == ["何 nothing"]


def test_a_code_on_a_huge_page_is_read_within_bounds(tmp_path: Path) -> None:
    path = pdf(tmp_path / "a.pdf", [], size="5000mm")
    assert refused(path) == "pdf.no_code"


def test_what_is_too_much_is_refused(tmp_path: Path) -> None:
    many: list[list[str]] = [[] for _ in range(pdf_reader.MAX_PAGES + 1)]
    assert refused(pdf(tmp_path / "a.pdf", *many)) == "pdf.too_long"
    large = [(NAME, b"x" * (pdf_reader.MAX_ATTACHED + 1))]
    assert refused(pdf(tmp_path / "b.pdf", [], attached=large)) == "pdf.malformed"
    crowd = [(f"{at}.txt", b"x") for at in range(pdf_reader.MAX_ATTACHMENTS + 1)]
    assert refused(pdf(tmp_path / "c.pdf", [], attached=crowd)) == "pdf.malformed"


@pytest.mark.parametrize(
    "content", [b"", b"no PDF", b"%PDF-1.7\n%%EOF", b"%PDF-1.7\n" + b"[" * 9999]
)
def test_what_is_no_pdf_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(content)
    assert refused(path) == "pdf.malformed"


def test_a_file_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused(tmp_path / "absent.pdf") == "pdf.unreadable"
    monkeypatch.setattr(reading, "MAX_FILE", 10)
    assert refused(pdf(tmp_path / "a.pdf", [])) == "pdf.unreadable"


def test_a_reader_that_dies_or_hangs_ends_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = pdf(tmp_path / "a.pdf", [])
    with monkeypatch.context() as patch:
        patch.setattr(reading, "SECONDS", 0.001)
        assert refused(path) == "pdf.malformed"
    monkeypatch.setattr(sys, "executable", "/bin/false")
    assert refused(path) == "pdf.malformed"


def test_without_the_extra_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = pdf(tmp_path / "a.pdf", [])
    monkeypatch.setattr(reading, "_MODULES", ("a_module_that_is_not",))
    assert refused(path) == "pdf.unavailable"


@pytest.mark.parametrize(
    ("act", "error"),
    [
        ("bytearray(3 << 30)", "MemoryError"),
        ("open('grown', 'wb', 0).write(b'x')", "OSError"),
        ("[open('/dev/null') for _ in range(99)]", "OSError"),
    ],
)
def test_the_reader_is_held_by_the_kernel(tmp_path: Path, act: str, error: str) -> None:
    program = f"from verifier import pdf_reader; pdf_reader.limit(); {act}"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode != 0
    assert error in done.stderr or done.returncode == -25  # SIGXFSZ


def test_what_the_reader_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limited: list[bool] = []
    monkeypatch.setattr(pdf_reader, "limit", lambda: limited.append(True))
    path = pdf(tmp_path / "a.pdf", [ONE.code], [], attached=[(NAME, OTHER.text.encode())])
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(path.read_bytes())))
    said = io.StringIO()
    monkeypatch.setattr(sys, "stdout", said)
    pdf_reader.main()
    assert limited == [True]
    assert json.loads(said.getvalue()) == {"attached": [OTHER.text], "shown": [ONE.code]}


def test_what_the_reader_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = pdf(tmp_path / "a.pdf", [ONE.code, OTHER.code], [], attached=[(NAME, b"x" * 99)])
    data = path.read_bytes()
    for name, code in (
        ("MAX_PAGES", "pdf.too_long"),
        ("MAX_ATTACHMENTS", "pdf.malformed"),
        ("MAX_ATTACHED", "pdf.malformed"),
        ("MAX_SHOWN", "pdf.malformed"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(pdf_reader, name, 0)
            assert pdf_reader.look(data)["code"] == code
    assert pdf_reader.look(b"no PDF")["code"] == "pdf.malformed"
    assert pdf_reader.look(data)["attached"] == ["x" * 99]
