# SPDX-License-Identifier: Apache-2.0
"""Read the certificates that a PDF carries or shows.

    certificate.skillseal.txt     an attachment with the text form (docs/format.md §4.5)
    the pages                     rendered to pixels, their codes read as from a photograph

A PDF comes from a stranger and its format is a large one, so a process of its own reads it, with
limits on memory and time (`verifier.pdf_reader`); what that gives are texts, judged like any other.
The visible words of a PDF prove nothing and are not looked at. Where a certificate is attached and
the pages show the code of another one, that is said and nothing is judged: whoever looks at the
page would take the verdict for that of the page.
"""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from credential import carrier
from credential.errors import MalformedError, UnavailableError, UntrustedError

SUFFIXES: Final = (".pdf",)
MAX_FILE: Final = 32 << 20  # bytes
SECONDS: Final = 90  # of the clock; the reader's own limit is one of computing
_MODULES: Final = ("pypdfium2", "zxingcpp")


def read_texts(path: Path) -> list[str]:
    """Return the text of every certificate that is attached, else of every code on the pages.

    Raises:
        UnavailableError: `pdf.unavailable` where the optional extra is not installed,
            `pdf.unreadable` where the file cannot be read or is too large.
        MalformedError: `pdf.malformed`, `pdf.too_long`, `pdf.no_code`.
        UntrustedError: `pdf.disagreement`.
    """
    if not all(map(find_spec, _MODULES)):
        message = "reading a PDF needs the optional extra: install skillseal[pdf]"
        raise UnavailableError("pdf.unavailable", message)
    attached, shown = _told(_read(path))
    if not attached:
        if not shown:
            raise MalformedError("pdf.no_code", "no certificate is attached, no page shows a code")
        return shown
    codes = {_key(text) for text in shown if _is_code(text)}
    if codes and codes != {_key(text) for text in attached}:
        message = "a certificate is attached, and the pages show the code of another: neither holds"
        raise UntrustedError("pdf.disagreement", message)
    return attached


def _is_code(text: str) -> bool:
    """Tell whether a symbol on a page claims to be a certificate's, and not a shop's address."""
    return text.startswith("https://") and "/v#" in text


def _key(text: str) -> tuple[str, str | None]:
    """Give what two texts of the same certificate have in common; a damaged one has only itself."""
    try:
        carried = carrier.decode(text)
    except MalformedError:
        return text, None
    return carried.certificate, carried.receipt


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE + 1)
    except OSError as error:
        raise UnavailableError("pdf.unreadable", error.strerror or "cannot be read") from None
    if len(data) > MAX_FILE:
        raise UnavailableError("pdf.unreadable", f"larger than {MAX_FILE >> 20} MiB")
    return data


def _told(data: bytes) -> tuple[list[str], list[str]]:
    """Have the reader look at a file; gives what is attached and what is shown."""
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-m", "verifier.pdf_reader"],
            input=data,
            capture_output=True,
            check=False,
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise _malformed("takes too long to read") from None
    try:
        answer = json.loads(done.stdout)
    except ValueError:  # it was ended by a limit, or by the file
        raise _malformed("cannot be read within the limits") from None
    if "code" in answer:
        raise MalformedError(str(answer["code"]), str(answer["message"]))
    return list(map(str, answer["attached"])), list(map(str, answer["shown"]))


def _malformed(what: str) -> MalformedError:
    return MalformedError("pdf.malformed", f"the file {what}")
