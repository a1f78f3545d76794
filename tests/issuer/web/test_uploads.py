# SPDX-License-Identifier: Apache-2.0
"""What is uploaded is bounded and private, and goes when its time has come."""

import io
import stat
import zipfile
from pathlib import Path

from issuer.web.settings import DAY
from issuer.web.uploads import Uploads
from tests.issuer import world
from tests.issuer.printing import portrait
from tests.issuer.refusals import code_of
from tests.issuer.sheets import csv_file, rows
from tests.issuer.web.visitor import visiting


def archive(**files: bytes) -> io.BytesIO:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        for name, data in files.items():
            made.writestr(name.replace("__", "/").replace("_dot_", "."), data)
    target.seek(0)
    return target


def test_photos_are_kept_by_their_own_names(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path)
    sent = {"..__..__a_dot_jpg": portrait(), "in__b_dot_png": b"x", "c_dot_txt": b"x"}
    assert uploads.unpack_photos("job", archive(**sent)) == 2
    folder = uploads.photos("job")
    assert folder is not None
    assert sorted(path.name for path in folder.iterdir()) == ["a.jpg", "b.png"]
    assert stat.S_IMODE((folder / "a.jpg").stat().st_mode) == 0o600
    assert not (tmp_path / "a.jpg").exists()


def test_what_is_no_archive_of_photos(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path)
    for content in (b"x", archive(c_dot_txt=b"x").getvalue()):
        sent = io.BytesIO(content)
        assert code_of(lambda: uploads.unpack_photos("job", sent)) == "desk.photos"  # noqa: B023  # called at once


def test_an_upload_is_whole_or_not_there(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path)
    uploads.keep("job", "roster", io.BytesIO(b"first"))
    for content in (b"", b"too long"):
        sent = io.BytesIO(content)
        assert code_of(lambda: uploads.keep("job", "roster", sent, 5)) == "desk.upload"  # noqa: B023  # called at once
    assert uploads.roster("job").read_bytes() == b"first"
    assert [path.name for path in uploads.of("job").iterdir()] == ["roster"]
    uploads.clear("job")
    assert code_of(lambda: uploads.roster("job")) == "desk.cleared"


def test_files_go_some_days_after_printing(tmp_path: Path) -> None:
    with visiting(tmp_path) as visitor:
        visitor.upload(csv_file(tmp_path / "r.csv", rows(1)))
        site, job = visitor.site, visitor.job
        site.jobs.change(job, printed_at=world.AT - 30 * DAY + 1)
        assert site.job(job).cleared_at is None
        site.jobs.change(job, printed_at=world.AT - 30 * DAY)
        assert site.job(job).cleared_at == world.AT
        assert not site.uploads.of(job, "roster").exists()
        assert "已于" in visitor.get(visitor.at).text
