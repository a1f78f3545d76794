# SPDX-License-Identifier: Apache-2.0
"""Codes in pictures: all of them, and only from pictures of bounded size."""

import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from credential.errors import MalformedError, UnavailableError
from tests.verifier.pictures import page, symbol
from verifier import picture
from verifier.picture import read_codes

CODE = "https://sh.registry.example/v#" + "0123456789" * 20


@pytest.mark.parametrize("name", ["a.png", "a.jpg"])
def test_a_code_is_read(tmp_path: Path, name: str) -> None:
    assert read_codes(page(tmp_path / name, CODE)) == [CODE]


def test_every_code_of_a_picture_is_given_from_the_top(tmp_path: Path) -> None:
    path = page(tmp_path / "a.png", "weixin://second", CODE, "weixin://first")
    assert read_codes(path) == ["weixin://second", CODE, "weixin://first"]


def test_the_same_code_twice_is_one(tmp_path: Path) -> None:
    assert read_codes(page(tmp_path / "a.png", CODE, CODE)) == [CODE]


def test_bytes_that_are_no_text_are_still_given(tmp_path: Path) -> None:
    assert read_codes(page(tmp_path / "a.png", "证书\x00")) == ["证书\x00"]


def test_a_picture_without_a_code_is_refused(tmp_path: Path) -> None:
    Image.new("L", (200, 200), 255).save(tmp_path / "a.png")
    with pytest.raises(MalformedError) as refusal:
        read_codes(tmp_path / "a.png")
    assert refusal.value.code == "picture.no_code"


def test_more_codes_than_can_be_looked_at_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picture, "MAX_CODES", 1)
    with pytest.raises(MalformedError, match="more than 1 codes") as refusal:
        read_codes(page(tmp_path / "a.png", CODE, "another"))
    assert refusal.value.code == "picture.malformed"


def _png(width: int, height: int) -> bytes:
    """Write the head of a PNG that claims a size, with hardly any data behind it."""

    def chunk(name: bytes, data: bytes) -> bytes:
        checksum = zlib.crc32(name + data)
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", checksum)

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(1 << 20)))
        + chunk(b"IEND", b"")
    )


def _truncated() -> bytes:
    from io import BytesIO

    file = BytesIO()
    symbol(CODE).save(file, "JPEG")
    return file.getvalue()[:-2000]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a picture",
        b"\x89PNG\r\n\x1a\n",
        b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
        _png(30_000, 30_000),
        _png(9_000, 9_000),
        _truncated(),
    ],
    ids=["empty", "text", "head", "svg", "gif", "bomb", "large", "truncated"],
)
def test_what_is_no_whole_small_picture_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.png").write_bytes(data)
    with pytest.raises(MalformedError) as refusal:
        read_codes(tmp_path / "a.png")
    assert refusal.value.code == "picture.malformed"


def test_a_file_that_is_too_large_is_not_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picture, "MAX_FILE", 100)
    with pytest.raises(UnavailableError, match="larger than") as refusal:
        read_codes(page(tmp_path / "a.png", CODE))
    assert refusal.value.code == "picture.unreadable"


def test_a_file_that_is_not_there_is_named_by_its_code(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError) as refusal:
        read_codes(tmp_path / "absent.png")
    assert refusal.value.code == "picture.unreadable"
