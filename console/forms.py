# SPDX-License-Identifier: Apache-2.0
"""Forms: read within bounds while they arrive, in strict UTF-8, and only from our own pages.

A form carries `csrf`, which is HMAC-SHA-256 under the cookie's token: no other site knows it, and
nothing has to be stored. Beside it a browser says where a request comes from: `Sec-Fetch-Site`, and
`Origin`, which is `null` here as pages send no referrer.
"""

import hashlib
import hmac
import unicodedata
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, Final
from urllib.parse import parse_qsl

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from credential import base64url
from credential.errors import MalformedError, UntrustedError

MAX_BYTES: Final = 1 << 20  # of a form without a file
MAX_FIELDS: Final = 100
MAX_TEXT: Final = 200  # characters, unless the caller says otherwise


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a form; it is gone when the request has been answered."""

    name: str
    """As the browser named it, without folders; never a path to write to."""
    file: BinaryIO
    size: int


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form."""

    fields: Mapping[str, tuple[str, ...]] = field(repr=False)
    files: Mapping[str, Upload]

    def text(self, name: str, *, most: int = MAX_TEXT, needed: bool = False) -> str:
        """Return a field in NFC without blanks around it; "" where there is none.

        Raises:
            MalformedError: `form.field`, it is too long, has control characters, or is missing.
        """
        text = unicodedata.normalize("NFC", self.secret(name)).replace("\r\n", "\n").strip()
        odd = any(unicodedata.category(each) == "Cc" and each not in "\n\t" for each in text)
        if len(text) > most or odd or (needed and not text):
            message = f"{name}: fill it in, with at most {most} usual characters"
            raise MalformedError("form.field", message)
        return text

    def secret(self, name: str) -> str:
        """Return a field exactly as it came, such as a password."""
        return self.fields.get(name, ("",))[0]

    def close(self) -> None:
        """Throw its files away."""
        for upload in self.files.values():
            upload.file.close()

    def many(self, name: str) -> tuple[str, ...]:
        """Return all values of a field, such as ticked boxes."""
        return self.fields.get(name, ())


def csrf(token: str) -> str:
    """Compute what stands in the forms of whoever has this cookie."""
    mac = hmac.new(token.encode("utf-8", "surrogateescape"), b"form", hashlib.sha256)
    return base64url.encode(mac.digest())


def demand_origin(request: Request) -> None:
    """Return unless a browser says that a page of another site sends this; before it is read.

    Raises:
        UntrustedError: `form.origin`.
    """
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin", "null")
    ours = f"{request.url.scheme}://{request.headers.get('Host', '')}"
    if site not in {None, "same-origin", "none"} or origin not in {"null", ours}:
        raise UntrustedError("form.origin", "this was sent by a page of another site")


def demand_token(said: str, expected: str) -> None:
    """Return if a form has the token of its visitor.

    Raises:
        UntrustedError: `form.csrf`.
    """
    if not hmac.compare_digest(said.encode(), expected.encode()):
        raise UntrustedError("form.csrf", "the page was open for too long: load it again")


def posted(
    *, max_bytes: int = MAX_BYTES, max_files: int = 0
) -> Callable[..., AsyncGenerator[Form, None]]:
    """Make the dependency that reads a form: `Annotated[Form, Depends(posted())]`.

    Args:
        max_bytes: Of the whole request; more is refused while it arrives.
        max_files: How many files may come with it.
    """
    from console.visit import Visited  # noqa: PLC0415 # visits know forms, for their tokens

    async def read(request: Request, visit: Visited) -> AsyncGenerator[Form, None]:
        demand_origin(request)
        form = await read_form(request, max_bytes, max_files)
        try:
            demand_token(form.secret("csrf"), visit.csrf)
            yield form
        finally:
            form.close()

    return read


async def read_form(request: Request, max_bytes: int, max_files: int) -> Form:
    """Read a form; the caller closes its files, and demands origin and token.

    Raises:
        MalformedError: `form.malformed`, `form.too_large`.
    """
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return await _multipart(request, max_bytes, max_files)
    if kind != "application/x-www-form-urlencoded":
        raise MalformedError("form.malformed", "send a form")
    body = b"".join([chunk async for chunk in _bounded(request, min(max_bytes, MAX_BYTES))])
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            errors="strict",
            max_num_fields=MAX_FIELDS,
        )
    except ValueError:
        raise _malformed() from None
    return Form(_grouped(pairs), {})


async def _multipart(request: Request, max_bytes: int, max_files: int) -> Form:
    stream = _bounded(request, max_bytes)
    parser = _Parser(
        request.headers,
        stream,
        max_files=max_files,
        max_fields=MAX_FIELDS,
        max_part_size=MAX_BYTES,
    )
    try:
        items = (await parser.parse()).multi_items()
    except (MultiPartException, UnicodeDecodeError):
        raise _malformed() from None
    files = {}
    for name, item in items:
        if isinstance(item, UploadFile):
            if (item.filename or item.size) and name not in files:
                files[name] = Upload(_base(item.filename or ""), item.file, item.size or 0)
            else:  # an empty choice of a browser, or a second file of this name
                item.file.close()
    return Form(_grouped([(name, item) for name, item in items if isinstance(item, str)]), files)


class _Parser(MultiPartParser):
    """Reads fields as UTF-8, and refuses what is not, instead of guessing."""

    def on_part_end(self) -> None:
        """Take the part that has ended."""
        if self._current_part.file is None:
            self._current_part.data.decode("utf-8")
            self._charset = "utf-8"
        super().on_part_end()


async def _bounded(request: Request, max_bytes: int) -> AsyncGenerator[bytes, None]:
    left = max_bytes
    async for chunk in request.stream():
        left -= len(chunk)
        if left < 0:
            message = f"at most {max_bytes >> 10} KiB can be sent here"
            raise MalformedError("form.too_large", message)
        yield chunk


def _grouped(pairs: list[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    fields: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        fields[name] = (*fields.get(name, ()), value)
    return fields


def _base(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2][:200]


def _malformed() -> MalformedError:
    return MalformedError("form.malformed", "this is no form that the page can have sent")
