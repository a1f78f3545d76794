# SPDX-License-Identifier: Apache-2.0
"""`skillseal trust`: anchors are taken exactly as given, or not at all."""

from pathlib import Path

import pytest

from credential.errors import UnavailableError
from skillseal import home
from skillseal.main import main

SHANGHAI = "310000:" + "a" * 64
JIANGSU = "320000:" + "b" * 64


def test_anchors_are_set_and_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trust"]) == 0
    assert capsys.readouterr().out == ""
    assert main(["trust", SHANGHAI, JIANGSU]) == 0
    assert home.anchors() == [SHANGHAI, JIANGSU]
    assert main(["trust"]) == 0
    assert capsys.readouterr().out.splitlines()[-2:] == [SHANGHAI, JIANGSU]


def test_new_anchors_replace_the_old_ones() -> None:
    main(["trust", SHANGHAI])
    main(["trust", JIANGSU])
    assert home.anchors() == [JIANGSU]


@pytest.mark.parametrize(
    "anchors",
    [
        [SHANGHAI.upper()],
        [SHANGHAI[:-1]],
        [SHANGHAI + "a"],
        [SHANGHAI + "\n"],
        ["010000:" + "a" * 64],
        ["a" * 64],
        ["３10000:" + "a" * 64],
        [SHANGHAI, "310000:" + "c" * 64],
    ],
)
def test_what_is_no_anchor_changes_nothing(
    anchors: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    main(["trust", JIANGSU])
    assert main(["trust", *anchors]) == 2
    assert "[trust.anchor]" in capsys.readouterr().err
    assert home.anchors() == [JIANGSU]


def test_a_folder_in_the_way_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    home.folder().parent.mkdir(parents=True)
    home.folder().write_text("a file")
    assert main(["trust", SHANGHAI]) == 2
    assert "[file.unwritable]" in capsys.readouterr().err
    assert main(["trust"]) == 2
    assert "[trust.unreadable]" in capsys.readouterr().err


def test_a_file_is_replaced_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "snapshot.json"
    home.write_whole(path, b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(UnavailableError, match="No space") as refusal:
        home.write_whole(path, b"new")
    assert refusal.value.code == "file.unwritable"
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("base", ["", "relative/folder"])
def test_without_a_folder_for_data_it_is_that_of_the_user(
    base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", base)
    monkeypatch.setenv("HOME", "/nobody")
    assert home.folder() == Path("/nobody/.local/share/skillseal")


def test_a_file_larger_than_allowed_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    assert home.read_bounded(tmp_path / "a", 5) == b"12345"
    with pytest.raises(UnavailableError, match="larger than") as refusal:
        home.read_bounded(tmp_path / "a", 4)
    assert refusal.value.code == "file.unreadable"
