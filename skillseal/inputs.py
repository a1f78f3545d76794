# SPDX-License-Identifier: Apache-2.0
"""What `skillseal verify` was pointed at, as texts one by one.

- a text that begins like a code or a token is never taken for the name of a file, so that nothing
  that was scanned can make this machine open one;
- a picture, a PDF or a text file may hold several codes, a folder several files: all are given,
  sorted;
- what cannot be read is given as the error that it is, in its place, so that nothing is left out.

A hand scanner types a line for each code and ends it with CR, LF or both. The text form has two
lines: `<certificate>~`, then the receipt.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple

from credential.carrier import MAX_TEXT_FORM
from credential.errors import MalformedError, SealError, UnavailableError
from skillseal import home

if TYPE_CHECKING:
    from pathlib import Path

PICTURES: Final = (".jpeg", ".jpg", ".png")
PDFS: Final = (".pdf",)
TEXTS: Final = (".txt",)
FILES: Final = (*PICTURES, *PDFS, *TEXTS)
MAX_TEXT_FILE: Final = 16 << 20  # bytes
MAX_LINE: Final = MAX_TEXT_FORM + 2  # bytes; a longer line is cut, and refused for its length
_A_CODE: Final = re.compile(r"https?://|eyJ|[0-9]{40}")
_TYPED: Final = re.compile("([1-4]):(.*)", re.DOTALL)

Item = str | SealError


class Inputs(NamedTuple):
    """The texts, and whether there can be more than one."""

    items: Iterable[Item]
    is_one: bool


def of(argument: str, scanner: BinaryIO) -> Inputs:
    """Find out what the argument names.

    Args:
        argument: A text, a file, a folder, or `-` for the lines of a scanner.
        scanner: Standard input, read only for `-`.
    """
    if argument == "-":
        return Inputs(_or_empty(_lines(scanner), "standard input"), is_one=False)
    if not argument or _A_CODE.match(argument):
        return Inputs([_unwrapped(argument)], is_one=True)
    from pathlib import Path  # not for a text: it would cost a tenth of the whole

    path = Path(argument)
    try:
        is_folder, is_file = path.is_dir(), path.exists()
    except (OSError, ValueError):  # too long for a name, or NUL inside
        is_folder = is_file = False
    if is_folder:
        return Inputs(_or_empty(_folder(path), argument), is_one=False)
    if is_file or path.suffix.lower() in FILES:
        items = list(_file(path))
        return Inputs(items, is_one=len(items) == 1)
    return Inputs([_unwrapped(argument)], is_one=True)


def holder() -> tuple[int, str]:
    """Ask for an ID number on the terminal, or read one line of standard input.

    Returns:
        Type and number of the document; not checked here.

    Raises:
        MalformedError: `holder.missing`.
    """
    if sys.stdin.isatty():
        from getpass import getpass  # loads the terminal's modules: not for every scan

        text = getpass("证件号码 ID number: ")
    else:
        text = sys.stdin.buffer.readline(MAX_LINE).decode("utf-8", "replace")
    text = text.strip()
    if not text:
        raise MalformedError("holder.missing", "no ID number was given on standard input")
    typed = _TYPED.fullmatch(text)
    return (int(typed[1]), typed[2]) if typed else (1, text)


def _unwrapped(text: str) -> str:
    """Take away the line end that a copy brought along; the text form keeps its own."""
    return _line_ends(text) if text.startswith("eyJ") else text.rstrip("\r\n")


def _line_ends(text: str) -> str:
    return text.replace("\r\n", "\n").rstrip("\n") + "\n"


def _or_empty(items: Iterator[Item], name: str) -> Iterator[Item]:
    is_empty = True
    for item in items:
        is_empty = False
        yield item
    if is_empty:
        yield UnavailableError("input.empty", f"nothing to verify in {name}")


def _folder(path: "Path") -> Iterator[Item]:
    try:
        entries = sorted(path.iterdir())
    except OSError as error:
        yield UnavailableError("file.unreadable", f"cannot read {path}: {error.strerror}")
        return
    for entry in entries:
        if entry.suffix.lower() in FILES:
            yield from _file(entry)


def _file(path: "Path") -> Iterator[Item]:
    try:
        if path.suffix.lower() in PICTURES:
            from verifier.picture import read_codes

            yield from read_codes(path)
        elif path.suffix.lower() in PDFS:
            from verifier.pdf import read_texts

            yield from read_texts(path)
        else:
            text = home.read_bounded(path, MAX_TEXT_FILE).decode("utf-8", "replace")
            yield from _or_empty(_texts(re.split(r"\r\n|[\r\n]", text)), str(path))
    except SealError as error:
        yield type(error)(error.code, f"{path}: {error}")


def _lines(scanner: BinaryIO) -> Iterator[Item]:
    return _texts(_cut(scanner))


def _cut(scanner: BinaryIO) -> Iterator[str]:
    """Yield lines as they arrive; of one that is too long only so much that it is refused."""
    is_inside = False
    while line := scanner.readline(MAX_LINE):
        if not is_inside:
            yield from line.decode("utf-8", "replace").rstrip("\n").split("\r")
        is_inside = not line.endswith(b"\n")


def _texts(lines: Iterable[str]) -> Iterator[str]:
    """Join the two lines of a text form; every other line is a text."""
    certificate = ""
    for line in lines:
        if certificate:
            if line.startswith("eyJ") and not line.endswith("~"):
                yield f"{certificate}\n{line}\n"
                certificate = ""
                continue
            yield f"{certificate}\n"
            certificate = ""
        if line.startswith("eyJ") and line.endswith("~"):
            certificate = line
        elif line.strip():
            yield line
    if certificate:
        yield f"{certificate}\n"
