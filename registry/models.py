# SPDX-License-Identifier: Apache-2.0
"""The bodies of requests and answers at the HTTP edge; unknown members are refused.

Signed artefacts never pass through these as anything but text: they go in and out as the bytes that
were signed.
"""

from typing import Annotated, ClassVar, Final

from pydantic import BaseModel, ConfigDict, FailFast, Field

from credential.roster_commitment import MAX_ENTRIES

MAX_TOKEN: Final = 8_192 + 1  # characters of a certificate with its final ~
MAX_STATEMENT: Final = 2 << 20  # characters of one signature of a statement

_CERTIFICATE: Final = (
    "eyJhbGciOiJFUzI1NiIsImtpZCI6Ii4uLiIsInR5cCI6ImRjK3NkLWp3dCJ9.eyJpc3MiOiIuLi4ifQ.c2ln~"
)
_RECEIPT: Final = (
    "eyJhbGciOiJFUzI1NiIsImtpZCI6IjEiLCJ0eXAiOiJyZWNlaXB0K2p3dCJ9.eyJpc3MiOiIuLi4ifQ.c2ln"
)
_STATEMENT: Final = (
    "eyJhbGciOiJFUzI1NiIsImtpZCI6Ii4uLiIsInR5cCI6InN0YXRlbWVudCtqd3QifQ.eyJpc3MiOiIuLi4ifQ.c2ln"
)
_DIGEST: Final = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"
_SALT: Final = "AAECAwQFBgcICQoLDA0ODw"


class Strict(BaseModel):
    """What all of them have in common."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    commas: ClassVar[int] = 10_000
    """Of a request at most; each value that a parser builds can cost a hundred times its bytes."""


class Holder(Strict):
    """A document number beside a certificate; refused unless the region's policy asks for it."""

    type: Annotated[int, Field(ge=1, le=4)]
    number: Annotated[str, Field(min_length=1, max_length=40)]


class Item(Strict):
    """One certificate to be admitted."""

    certificate: Annotated[
        str,
        Field(min_length=1, max_length=MAX_TOKEN, examples=[_CERTIFICATE], description="`<JWS>~`"),
    ]
    holder: Holder | None = None


class Submitted(Strict):
    """What `POST /certificates` takes."""

    items: Annotated[list[Item], Field(min_length=1), FailFast()]


class Problem(Strict):
    """A refusal (RFC 9457)."""

    type: Annotated[str, Field(examples=["urn:skillseal:problem:status.taken"])]
    title: Annotated[str, Field(examples=["Conflict"])]
    status: Annotated[int, Field(examples=[409])]
    code: Annotated[str, Field(examples=["status.taken"], description="Stable; see docs/errors.md")]
    detail: Annotated[str, Field(examples=["the status index is taken: draw another"])]
    head: Annotated[
        str | None,
        Field(
            examples=[_DIGEST],
            description="With `statement.after`: the subject's last statement, or null",
        ),
    ] = None


class Result(Strict):
    """What became of one item: a receipt with its salt, or a problem."""

    receipt: Annotated[str | None, Field(examples=[_RECEIPT])] = None
    salt: Annotated[str | None, Field(examples=[_SALT], description="Base64url of 16 bytes")] = None
    problem: Problem | None = None


class Admitted(Strict):
    """What `POST /certificates` answers, in the order of the items."""

    results: list[Result]


class Attachment(Strict):
    """The roster of a batch: kept, never published."""

    roster: Annotated[list[str], Field(min_length=1, examples=[[_DIGEST]]), FailFast()]
    salt: Annotated[str, Field(examples=[_SALT])]


class Stated(Strict):
    """What `POST /statements` takes: one or two JWS over one payload."""

    commas: ClassVar[int] = MAX_ENTRIES + 10_000
    signatures: Annotated[
        list[Annotated[str, Field(max_length=MAX_STATEMENT)]],
        Field(min_length=1, max_length=2, examples=[[_STATEMENT]]),
    ]
    attachment: Attachment | None = None


class Accepted(Strict):
    """What `POST /statements` answers; the same statement again gets the same answer."""

    digest: Annotated[str, Field(examples=[_DIGEST])]
    receipt: Annotated[str, Field(examples=[_RECEIPT])]
    salt: Annotated[str, Field(examples=[_SALT])]
