# SPDX-License-Identifier: Apache-2.0
"""What was uploaded and what was made of it, a folder for each job, readable by the desk alone.

    FOLDER/jobs/<id>/roster         the workbook as it came, 0600
    FOLDER/jobs/<id>/sheet.json     its wrong rows, as the page shows them
    FOLDER/jobs/<id>/seal           picture of the seal
    FOLDER/jobs/<id>/basis          list of evidence of a recognition without examination
    FOLDER/jobs/<id>/offers.json    which pickers the full gate takes; nobody is in it
    FOLDER/jobs/<id>/photos/        from the uploaded archive
    FOLDER/jobs/<id>/codes/         codes and results.csv: no document number is in them
    FOLDER/jobs/<id>/print/         PDFs: document numbers are on them

Workbook, photos, evidence and PDFs hold document numbers, so they are deleted by an act of a person
or some days after printing; the ledger keeps what is needed to tell what was issued.
"""

import io
import os
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Final

from credential.errors import ConflictError, MalformedError, UnavailableError
from issuer import photo, sheet

MAX_PHOTOS: Final = 512 << 20  # bytes of an archive
_PIECE: Final = 1 << 20


class Uploads:
    """The folders of all jobs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "jobs"
        self._folder.mkdir(mode=0o700, exist_ok=True)

    def of(self, job: str, *parts: str) -> Path:
        """Name a place of a job."""
        return self._folder.joinpath(job, *parts)

    def roster(self, job: str) -> Path:
        """Name a job's workbook.

        Raises:
            ConflictError: `desk.cleared`, it was deleted.
        """
        path = self.of(job, "roster")
        if not path.exists():
            message = "the uploaded files of this job were deleted: upload the same workbook again"
            raise ConflictError("desk.cleared", message)
        return path

    def keep(self, job: str, name: str, source: BinaryIO, most: int = sheet.MAX_FILE) -> Path:
        """Store an uploaded file: whole, or not at all.

        Raises:
            MalformedError: `desk.upload`, it is empty or too large.
            UnavailableError: `output.unwritable`.
        """
        path = self.of(job, name)
        part = path.with_name(f"{name}.part")
        size = 0
        try:
            path.parent.mkdir(mode=0o700, exist_ok=True)
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as to:
                while piece := source.read(_PIECE):
                    size += len(piece)
                    if size > most:
                        break
                    to.write(piece)
                to.flush()
                os.fsync(to.fileno())
            if 0 < size <= most:
                # A crash before this line leaves the file that was there before.
                part.replace(path)
        except OSError as error:
            message = f"cannot store the upload: {error.strerror}"
            raise UnavailableError("output.unwritable", message) from None
        finally:
            part.unlink(missing_ok=True)
        if not size:
            raise MalformedError("desk.upload", "no file was chosen, or it is empty")
        if size > most:
            raise MalformedError("desk.upload", f"the file is larger than {most >> 20} MiB")
        return path

    def unpack_photos(self, job: str, source: BinaryIO) -> int:
        """Store the photos of an uploaded archive, by their own names; tells how many.

        Raises:
            MalformedError: `desk.photos`.
            UnavailableError: `output.unwritable`.
        """
        archive = self.keep(job, "photos.zip", source, MAX_PHOTOS)
        folder = self.of(job, "photos")
        try:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(mode=0o700)
            with zipfile.ZipFile(archive) as opened:
                count = sum(_keep(folder, name, data) for name, data in _pictures(opened))
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError):
            message = "not a whole .zip archive without a password"
            raise MalformedError("desk.photos", message) from None
        except OSError as error:
            message = f"cannot store the photos: {error.strerror}"
            raise UnavailableError("output.unwritable", message) from None
        finally:
            archive.unlink(missing_ok=True)
        if not count:
            raise MalformedError("desk.photos", "the archive has no .jpg or .png picture")
        return count

    def photos(self, job: str) -> Path | None:
        """Name the folder of photos; None where none were uploaded."""
        folder = self.of(job, "photos")
        return folder if folder.is_dir() else None

    def printed(self, job: str) -> list[Path]:
        """List the PDF files of a job, by name."""
        return sorted(self.of(job, "print").glob("*.pdf"))

    def clear(self, job: str) -> None:
        """Delete whatever has document numbers in it; the codes stay."""
        folder = self.of(job)
        for name in ("roster", "sheet.json", "photos.zip", "seal", "basis"):
            (folder / name).unlink(missing_ok=True)
        for name in ("photos", "print"):
            shutil.rmtree(folder / name, ignore_errors=True)

    def remove(self, job: str) -> None:
        """Delete everything of a job."""
        shutil.rmtree(self.of(job), ignore_errors=True)


def bundle(files: list[Path]) -> io.BytesIO:
    """Put files into one archive; PDFs and pictures are packed already."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for path in files:
            archive.write(path, path.name)
    target.seek(0)
    return target


def _pictures(archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    """Read the pictures, each of bounded size; folders inside the archive do not matter."""
    members = archive.infolist()
    if len(members) > photo.MAX_FILES:
        raise MalformedError("desk.photos", f"more than {photo.MAX_FILES:,} files in the archive")
    for member in members:
        name = PurePosixPath(member.filename.replace("\\", "/")).name
        if not name.lower().endswith(photo.SUFFIXES) or name.startswith("."):
            continue
        with archive.open(member) as file:
            data = file.read(photo.MAX_FILE + 1)
        if len(data) > photo.MAX_FILE:
            message = f"a picture in the archive is larger than {photo.MAX_FILE >> 20} MiB"
            raise MalformedError("desk.photos", message)
        yield name, data


def _keep(folder: Path, name: str, data: bytes) -> int:
    path = folder / name
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
    return 1
