# SPDX-License-Identifier: Apache-2.0
"""The table of results runs nothing in a spreadsheet; files appear whole or not at all."""

import csv
import io
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from credential.errors import UnavailableError
from issuer import results

# What a spreadsheet would take for a formula.
DANGEROUS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "\0=1",
    "＝1",
    "＋1",
    "－1",
    "＠A1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://evil.example")',
    "|x",
    "%0A=1",
    "=",
    "-2+3",
    "+A1",
    "@",
]


@pytest.mark.parametrize("cell", DANGEROUS)
def test_a_cell_that_looks_like_a_formula_is_text(cell: str) -> None:
    table = results.table([("1", cell, "", "", "", "", "", "")])
    assert table.startswith(b"\xef\xbb\xbf")
    (_, read) = csv.reader(io.StringIO(table.decode("utf-8-sig"), newline=""))
    assert read[1] == "'" + cell.replace("\0", "")


def test_a_spreadsheet_program_finds_no_formula() -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append([results.safe(cell) for cell in DANGEROUS if cell.isprintable()])
    assert {cell.data_type for line in page.iter_rows() for cell in line} == {"s"}


def test_other_cells_stay_as_they_are() -> None:
    for cell in ("", "王青禾", "Y000031000101263000001", "a=b", "1"):
        assert results.safe(cell) == cell


def test_a_file_replaces_the_old_one_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    results.write(path, b"old")
    results.write(path, b"new")
    assert path.read_bytes() == b"new"
    assert [each.name for each in tmp_path.iterdir()] == ["a.txt"]


def test_a_file_is_its_owners_alone_and_goes_through_no_link(tmp_path: Path) -> None:
    victim, path = tmp_path / "victim", tmp_path / "a.txt"
    victim.write_bytes(b"mine")
    for laid in (path, path.with_name("a.txt.part")):
        laid.symlink_to(victim)
    before = os.umask(0)
    try:
        results.write(path, b"new")
    finally:
        os.umask(before)
    assert (victim.read_bytes(), path.read_bytes()) == (b"mine", b"new")
    assert not path.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_remnant_of_a_crash_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "a.txt.part").write_bytes(b"half")
    results.write(tmp_path / "a.txt", b"whole")
    assert [each.read_bytes() for each in tmp_path.iterdir()] == [b"whole"]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError) as caught:
        results.write(tmp_path / "absent" / "a.txt", b"x")
    assert caught.value.code == "output.unwritable"


_FULL = """
import sys
from pathlib import Path
from issuer import results
try:
    results.write(Path(sys.argv[1]), bytes(100_000))
except Exception as error:
    print(error.code)
"""


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")
    done = subprocess.run(
        [sys.executable, "-c", _FULL, str(path)],
        check=True,
        capture_output=True,
        text=True,
        preexec_fn=_small_files,
    )
    assert done.stdout == "output.unwritable\n"
    assert path.read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == ["a.txt"]


def _small_files() -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
