# SPDX-License-Identifier: Apache-2.0
"""The bodies of what machines that are signed in ask and are answered (docs/format.md §7.3)."""

from typing import Annotated, Any, Final

from pydantic import Field

from registry.models import Strict

MAX_SUBJECTS: Final = 500
MAX_SUBJECT: Final = 250  # characters

_DIGEST: Final = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"


class SignedIn(Strict):
    """What `POST /token` answers (RFC 6749 §5.1)."""

    access_token: str
    token_type: Annotated[str, Field(examples=["Bearer"])]
    expires_in: Annotated[int, Field(examples=[600], description="Seconds")]
    scope: Annotated[str, Field(examples=["read:certificates read:statements"])]


class NotSignedIn(Strict):
    """What `POST /token` refuses with (RFC 6749 §5.2)."""

    error: Annotated[str, Field(examples=["invalid_client"])]
    error_description: str
    code: Annotated[str, Field(examples=["client.invalid"], description="See docs/errors.md")]
    detail: Annotated[str, Field(description="As `error_description`")]


class About(Strict):
    """One accepted statement about a certificate."""

    digest: Annotated[str, Field(examples=[_DIGEST])]
    type: Annotated[str, Field(examples=["revoke"])]
    iss: str
    t: Annotated[int, Field(description="Of its receipt, seconds since 1970")]
    signatures: list[str]


class Known(Strict):
    """What the registry knows of one certificate."""

    certificate: Annotated[str | None, Field(description="`<JWS>~`; null once it is erased")]
    claims: Annotated[dict[str, Any] | None, Field(description="Its payload")]
    receipt: str | None
    status: Annotated[str, Field(examples=["valid", "revoked", "suspended", "superseded"])]
    statements: list[About]


class HeadsAsked(Strict):
    """What `POST /heads` takes."""

    subjects: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=MAX_SUBJECT)]],
        Field(min_length=1, max_length=MAX_SUBJECTS),
    ]


class Heads(Strict):
    """What `POST /heads` answers: for each subject the digest of its last statement."""

    heads: Annotated[
        dict[str, str | None],
        Field(description="Null: there is none, or the subject is not the asker's concern"),
    ]
