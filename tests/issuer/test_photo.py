# SPDX-License-Identifier: Apache-2.0
"""Photos: found by document number, bounded, and written anew without what the camera added."""

import io
from pathlib import Path

import pytest
from PIL import Image

from credential.errors import SealError
from issuer import photo
from issuer.photo import SIZE, Photos
from tests.issuer.printing import picture, portrait


def test_found_by_document_number(tmp_path: Path) -> None:
    for name in ("31019919900101000x.JPG", "E12345678.png", "notes.txt"):
        picture(tmp_path / name, portrait())
    photos = Photos.of(tmp_path)
    assert photos.find("31019919900101000X") == tmp_path / "31019919900101000x.JPG"
    assert photos.find("USA:E12345678") == tmp_path / "E12345678.png"
    assert photos.find("310199199001010018") is None
    assert Photos.of(None).find("E12345678") is None


def test_the_middle_in_the_shape_of_the_frame_and_nothing_else(tmp_path: Path) -> None:
    image = Image.new("RGB", (900, 420), "red")
    image.paste("blue", (300, 0, 600, 420))
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif)
    made = photo.photo(picture(tmp_path / "a.jpg", out.getvalue()))
    assert b"taken at home" in out.getvalue()
    assert b"taken at home" not in made
    with Image.open(io.BytesIO(made)) as printed:
        assert (printed.format, printed.size) == ("JPEG", SIZE)
        corner = printed.convert("RGB").getpixel((3, 3))
    assert isinstance(corner, tuple)
    assert (corner[2] > 200, corner[0] < 50) == (True, True)


def test_a_transparent_picture_stands_on_white(tmp_path: Path) -> None:
    Image.new("RGBA", (300, 420), (0, 0, 0, 0)).save(tmp_path / "a.png")
    with Image.open(io.BytesIO(photo.photo(tmp_path / "a.png"))) as printed:
        assert printed.convert("RGB").getpixel((100, 100)) == (255, 255, 255)


def test_a_seal_is_made_smaller_and_stays_transparent(tmp_path: Path) -> None:
    Image.new("RGBA", (1200, 900), (200, 0, 0, 90)).save(tmp_path / "a.png")
    with Image.open(io.BytesIO(photo.seal(tmp_path / "a.png"))) as printed:
        assert (printed.mode, printed.size) == ("RGBA", (600, 450))


def test_what_is_no_picture_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.jpg"
    gif = io.BytesIO()
    Image.new("P", (9, 9)).save(gif, "GIF")
    for content in (b"", b"no picture", portrait()[:-200], gif.getvalue()):
        with pytest.raises(SealError) as refused:
            photo.photo(picture(path, content))
        assert refused.value.code == "photo.malformed"
    picture(path, portrait())
    for limit in ("MAX_FILE", "MAX_PIXELS"):
        with monkeypatch.context() as patch:
            patch.setattr(photo, limit, 100)
            with pytest.raises(SealError) as refused:
                photo.photo(path)
            assert refused.value.code == "photo.malformed"
    with pytest.raises(SealError) as refused:
        photo.photo(tmp_path / "absent.jpg")
    assert refused.value.code == "photo.unreadable"


def test_a_folder_that_cannot_be_read_or_holds_too_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SealError) as refused:
        Photos.of(tmp_path / "absent")
    assert refused.value.code == "photo.unreadable"
    picture(tmp_path / "a.jpg", portrait())
    monkeypatch.setattr(photo, "MAX_FILES", 0)
    with pytest.raises(SealError) as refused:
        Photos.of(tmp_path)
    assert refused.value.code == "photo.malformed"
