# SPDX-License-Identifier: Apache-2.0
"""What was issued: search by name, number, batch or document, and the page of one certificate."""

import re
from itertools import islice
from typing import Annotated, Final, NamedTuple

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from console.forms import Form, posted
from console.visit import SignedIn, Visit, signed_in
from credential import carrier, certificate, levels
from credential.errors import ConflictError
from credential.identity_number import CARD
from issuer import symbol
from issuer.ledger import Ledger
from issuer.records import Item
from issuer.web import key_secrets, status_pages
from issuer.web.site import Site, page, site_of

MOST: Final = 200  # certificates on a page
_CARD: Final = re.compile("[0-9]{17}[0-9X]")

Posted = Annotated[Form, Depends(posted())]

router: Final = APIRouter()


class Found(NamedTuple):
    """One line of the list."""

    number: str
    name: str
    occupation: str
    level: str
    batch: str
    at: int
    is_registered: bool


@router.get("/history")
def newest(request: Request, visit: SignedIn) -> Response:
    """List the newest certificates."""
    return _listed(request, visit, "")


@router.post("/history")
def search(request: Request, visit: SignedIn, form: Posted) -> Response:
    """List certificates that match; asked for in a form, so that no name stands in an address."""
    return _listed(request, visit, form.text("q"))


@router.get("/certificates/{number}")
def show(request: Request, visit: SignedIn, number: str) -> Response:
    """Show one certificate."""
    site = site_of(request)
    item, token, receipt = _item(site, number)
    _, claims = certificate.read(token)
    prints = site.clerk.ask(lambda ledger: ledger.prints(item.batch, item.line))
    standing = status_pages.standing(site, item)
    job = next((j for j in site.jobs.newest() if _is_printed(site, j.id, str(item.number))), None)
    return page(
        request,
        visit,
        "certificate.html",
        standing=standing,
        correctable=standing.state.waiting is None
        and standing.state.refusal_of("supersede") is None,
        correction=site.jobs.correcting(item.kind, str(item.number)),
        state=standing.state,
        reasons=status_pages.reasons(visit.language),
        is_token=key_secrets.is_token(site.settings.keys.statement),
        claims=claims,
        level=levels.describe(claims.level).chinese if claims.level else "--",
        code=carrier.encode(token, receipt),
        text_form=carrier.text_form(token, receipt),
        prints=prints,
        job=job,
        verify=site.settings.verify or f"https://{claims.host}/",
    )


@router.get("/certificates/{number}/code.svg", dependencies=[Depends(signed_in)])
def picture(request: Request, number: str) -> Response:
    """Draw a certificate's code."""
    _, token, receipt = _item(site_of(request), number)
    drawn = symbol.draw(carrier.encode(token, receipt))
    return Response(drawn.svg(), media_type="image/svg+xml")


def _listed(request: Request, visit: Visit, wanted: str) -> Response:
    found = site_of(request).clerk.ask(lambda ledger: _search(ledger, wanted))
    # A document number is not written back.
    shown = "" if _CARD.fullmatch(wanted.replace(" ", "").upper()) else wanted
    more = len(found) > MOST
    return page(request, visit, "history.html", q=shown, found=found[:MOST], more=more)


def _item(site: Site, number: str) -> tuple[Item, str, str]:
    item = site.clerk.ask(lambda ledger: ledger.numbered(number))
    if item is None or item.token is None or item.receipt is None:
        message = "the ledger has no registered certificate of that number"
        raise ConflictError("certificate.unknown", message)
    return item, item.token, item.receipt


def _is_printed(site: Site, job: str, number: str) -> bool:
    return site.uploads.of(job, "print", f"{number}.pdf").exists()


def _search(ledger: Ledger, wanted: str) -> list[Found]:
    """Look a number, a document or a batch up; else look for a name, or list the newest."""
    number = wanted.replace(" ", "").upper()
    items = ledger.numbered_all(number)
    if not items and _CARD.fullmatch(number):
        items = ledger.items_of(ledger.person(f"{CARD}:{number}"))
    elif not items:
        items = (ledger.items(wanted) if wanted else []) or ledger.newest(MOST + 1, wanted)
    signed = (each for each in items if each.token is not None)
    return [_found(each) for each in islice(signed, MOST + 1)]


def _found(item: Item) -> Found:
    _, claims = certificate.read(item.token or "")
    level = levels.describe(claims.level).chinese if claims.level else "--"
    return Found(
        claims.certificate_number,
        claims.name,
        claims.occupation_name,
        level,
        claims.batch,
        claims.iat,
        item.receipt is not None,
    )
