# SPDX-License-Identifier: Apache-2.0
"""Statements: the newest, and each as it was signed, with its receipt."""

import re
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from console.visit import SignedIn, console_of
from credential.statement_bodies import PROFILES
from registry.console import glosses, statement_views
from registry.console.site import page, seen

router: Final = APIRouter(prefix="/statements")

Text = Annotated[str, Query(max_length=200)]
Before = Annotated[int | None, Query(ge=0, lt=1 << 53)]


@router.get("")
def listed(
    request: Request,
    visit: SignedIn,
    type_: Annotated[str, Query(alias="type")] = "",
    about: Text = "",
    before: Before = None,
) -> Response:
    """List the newest statements."""
    known = type_ if type_ in PROFILES else ""
    found, more = seen(
        request,
        visit,
        lambda s: statement_views.page(s, before=before, type_=known, about=about.strip()),
    )
    return page(
        request,
        visit,
        "statements.html",
        statements=found,
        more=more,
        type=known,
        about=about,
        types=sorted(PROFILES),
    )


@router.get("/{log_index}")
def statement(
    request: Request, visit: SignedIn, log_index: Annotated[int, Path(ge=0, lt=1 << 53)]
) -> Response:
    """Show one statement."""
    view, receipt, signatures = seen(request, visit, lambda s: statement_views.view(s, log_index))
    texts = console_of(request).pages.texts

    def say(key: str) -> str:
        return texts.say(visit.language, key) if texts.has(key) else ""

    members = [
        (
            name,
            value,
            *glosses.of(["body", *re.findall("[a-z_0-9]*[a-z_][a-z_0-9]*", name)], value, say),
        )
        for name, value in view.members
    ]
    return page(
        request,
        visit,
        "statement.html",
        view=view,
        receipt=receipt,
        signatures=signatures,
        members=members,
    )
