# SPDX-License-Identifier: Apache-2.0
"""Certificates: search, list, the page of one, and what proves its history."""

from collections.abc import Callable
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from console.visit import SignedIn
from registry import evidence
from registry.console import certificates, columns
from registry.console.certificates import CertificateView, Listed
from registry.console.list_pages import file, sayer
from registry.console.sight import Sight
from registry.console.site import page, seen, site_of

ACTS: Final = ("suspend", "reinstate", "revoke", "erase")

EXPORTED: Final = ("number", "holder", "status", "occupation", "level", "admitted")

router: Final = APIRouter(prefix="/certificates")

Text = Annotated[str, Query(max_length=40)]
Before = Annotated[int | None, Query(ge=0, lt=1 << 53)]


@router.get("")
def search(  # each is a field of the search
    request: Request,
    visit: SignedIn,
    number: Text = "",
    body: Text = "",
    name: Text = "",
    before: Before = None,
) -> Response:
    """Find certificates by number, or a body's by the holder's name."""

    def see(sight: Sight) -> tuple[list[Listed], int | None, list[tuple[str, str]]]:
        bodies = [(one.code, one.name) for one in sight.bodies]
        if number.strip():
            return certificates.numbered(sight, number.strip()), None, bodies
        if body:
            found, more = certificates.page(sight, body, before=before, name=name.strip())
            return found, more, bodies
        return [], None, bodies

    found, more, bodies = seen(request, visit, see)
    if number.strip() and len(found) == 1:
        return RedirectResponse(_path(found[0]), 303)
    asked = {"number": number, "body": body, "name": name}
    return page(
        request,
        visit,
        "certificates.html",
        certificates=found,
        more=more,
        bodies=bodies,
        asked=asked,
        looked=certificates.MAX_LOOKED,
    )


@router.get("/of/{body}.{form}")
def listed_file(request: Request, visit: SignedIn, body: str, form: str) -> Response:
    """Give a body's newest certificates as a file."""
    found, _ = seen(
        request,
        visit,
        lambda s: certificates.page(s, body, before=None, limit=certificates.MAX_LOOKED),
    )
    say = sayer(request, visit)
    heads = [say(f"column.{name}", prefix="") for name in EXPORTED]
    rows = [[one.row.number, *_told(one, say), columns.day(one.t)] for one in found]
    return file(form, say("certificates.title", prefix=""), heads, rows)


def _told(one: Listed, say: Callable[..., str]) -> list[str]:
    claims = one.claims
    if claims is None:
        return ["", say(one.status), "", ""]
    level = say(f"level_{claims.level}") if claims.level else ""
    return [claims.name, say(one.status), claims.occupation_name, level]


@router.get("/{kind}/{number}")
def certificate(request: Request, visit: SignedIn, kind: str, number: str) -> Response:
    """Show a certificate with all that happened to it."""

    def see(sight: Sight) -> tuple[CertificateView, list[str]]:
        view = certificates.view(sight, kind, number)
        target = sight.target(sight.directory.bodies[view.listed.row.body].id)
        return view, [type_ for type_ in ACTS if sight.viewer.may(type_, target, sight.at)]

    view, acts = seen(request, visit, see)
    return page(request, visit, "certificate.html", view=view, acts_of=acts, number=None, code=None)


@router.get("/{kind}/{number}/evidence")
def proof(request: Request, visit: SignedIn, kind: str, number: str) -> Response:
    """Give the file that proves later what happened to it."""
    seen(request, visit, lambda s: certificates.view(s, kind, number))
    content = evidence.collect(site_of(request).registry, number)
    name = f"evidence-{number}.json".encode("ascii", "replace").decode().replace("?", "_")
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type="application/json", headers=headers)


def _path(listed: Listed) -> str:
    return f"/certificates/{listed.row.kind}/{listed.row.number}"
