# SPDX-License-Identifier: Apache-2.0
"""What `verify` was pointed at: every text of it, and nothing left out silently."""

import io
import sys
from pathlib import Path

import pytest

from credential.errors import SealError
from skillseal import inputs
from skillseal.inputs import MAX_LINE, of
from tests.verifier.pictures import page

CODE = "https://sh.registry.example/v#0123"
OTHER = "https://js.registry.example/v#4567"
CERTIFICATE, RECEIPT = "eyJhIjox.e30.AA~", "eyJyIjox.e30.AA"
NOBODY = io.BytesIO()


def texts(argument: str, scanned: bytes = b"") -> list[str]:
    """Return the texts, or the codes of the errors in their places."""
    items = of(argument, io.BytesIO(scanned)).items
    return [item.code if isinstance(item, SealError) else item for item in items]


@pytest.mark.parametrize(
    "text", [CODE, "weixin://dl/business", "javascript:alert(1)", "0" * 400, "", "x" * 5000, "a\0b"]
)
def test_a_text_is_taken_as_it_is(text: str) -> None:
    assert texts(text) == [text]
    assert of(text, NOBODY).is_one


def test_the_line_end_of_a_copied_text_goes_away() -> None:
    assert texts(f"{CODE}\r\n") == [CODE]


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_the_text_form_keeps_its_line_ends(end: str) -> None:
    assert texts(f"{CERTIFICATE}\r\n{RECEIPT}{end}") == [f"{CERTIFICATE}\n{RECEIPT}\n"]


def test_a_scanned_text_never_opens_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("https:", "eyJ.png", "0" * 60):
        (tmp_path / name).mkdir()
    (tmp_path / "https:" / "a.txt").write_text("from a file")
    for text in ("https://a.txt", "eyJ.png", "0" * 60):
        assert texts(text)[0].rstrip("\n") == text


@pytest.mark.parametrize(
    ("scanned", "expected"),
    [
        (f"{CODE}\r\n{OTHER}\n", [CODE, OTHER]),
        (f"{CODE}\r{OTHER}\r", [CODE, OTHER]),
        (f"{CODE}\n\n  \n{OTHER}", [CODE, OTHER]),
        (f"{CERTIFICATE}\n{RECEIPT}\n{CODE}\n", [f"{CERTIFICATE}\n{RECEIPT}\n", CODE]),
        (f"{CERTIFICATE}\n{CODE}\n", [f"{CERTIFICATE}\n", CODE]),
        (f"{CERTIFICATE}\n{CERTIFICATE}\n", [f"{CERTIFICATE}\n"] * 2),
        (f"{RECEIPT}\n", [RECEIPT]),
        ("", ["input.empty"]),
        ("\n\r\n", ["input.empty"]),
    ],
)
def test_a_scanner_types_lines(scanned: str, expected: list[str]) -> None:
    assert texts("-", scanned.encode()) == expected
    assert not of("-", NOBODY).is_one


def test_a_line_without_end_is_cut_and_the_next_one_is_read() -> None:
    first, second = texts("-", b"x" * (3 * MAX_LINE) + b"\n" + CODE.encode() + b"\n")
    assert first == "x" * MAX_LINE
    assert second == CODE


def test_bytes_that_are_no_text_do_not_stop_the_scanner() -> None:
    assert texts("-", b"\xff\xfe\n" + CODE.encode() + b"\n")[1] == CODE


def test_a_verdict_does_not_wait_for_the_next_scan() -> None:
    scanner = io.BytesIO(f"{CODE}\n{OTHER}\n".encode())
    items = iter(of("-", scanner).items)
    assert next(items) == CODE
    assert scanner.tell() == len(CODE) + 1


def test_a_file_may_hold_several_codes(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(f"{CODE}\n\n{OTHER}\n")
    page(tmp_path / "b.png", CODE, OTHER)
    assert texts(str(tmp_path / "a.txt")) == [CODE, OTHER]
    assert texts(str(tmp_path / "b.png")) == [CODE, OTHER]
    assert not of(str(tmp_path / "b.png"), NOBODY).is_one
    (tmp_path / "c.txt").write_text(CODE)
    assert of(str(tmp_path / "c.txt"), NOBODY).is_one


def test_a_folder_is_read_in_order_and_nothing_is_left_out(tmp_path: Path) -> None:
    page(tmp_path / "b.PNG", OTHER)
    (tmp_path / "a.txt").write_text(CODE)
    (tmp_path / "c.txt").write_text("")
    (tmp_path / "d.jpg").write_text("no picture")
    (tmp_path / "e.svg").write_text("<svg/>")
    assert texts(str(tmp_path)) == [CODE, OTHER, "input.empty", "picture.malformed"]
    error = list(of(str(tmp_path), NOBODY).items)[-1]
    assert str(tmp_path / "d.jpg") in str(error)


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    assert texts(str(tmp_path)) == ["input.empty"]


@pytest.mark.parametrize(
    ("name", "code"), [("a.png", "picture.unreadable"), ("a.txt", "file.unreadable")]
)
def test_a_file_that_is_not_there_is_an_error(tmp_path: Path, name: str, code: str) -> None:
    assert texts(str(tmp_path / name)) == [code]


def test_a_folder_that_cannot_be_read_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    assert texts(str(tmp_path)) == ["file.unreadable"]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (b"31019919900307123X\n", (1, "31019919900307123X")),
        (b" 310199 \r\nnext", (1, "310199")),
        (b"2:CHN:E12345678\n", (2, "CHN:E12345678")),
        (b"5:x\n", (1, "5:x")),
    ],
)
def test_an_id_number_comes_from_standard_input(
    typed: bytes, expected: tuple[int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed)))
    assert inputs.holder() == expected


def test_an_id_number_is_typed_without_being_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("getpass.getpass", lambda _: "310199")
    assert inputs.holder() == (1, "310199")


def test_no_id_number_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\n")))
    with pytest.raises(SealError) as refusal:
        inputs.holder()
    assert refusal.value.code == "holder.missing"
