# SPDX-License-Identifier: Apache-2.0
"""For whom each account acts, as administrators of accounts say it."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from console.account import ADMINISTRATOR
from console.answers import go
from console.error_pages import status_of
from console.forms import Form, posted
from console.visit import Visit, console_of, role
from credential.errors import SealError
from registry import database, store_log
from registry.console import parties
from registry.console.access import PARTY_ROLES
from registry.console.site import page, site_of

Administrator = Annotated[Visit, Depends(role(ADMINISTRATOR))]
Posted = Annotated[Form, Depends(posted())]

router: Final = APIRouter(prefix="/parties")


@router.get("")
def listed(request: Request, visit: Administrator) -> Response:
    """List for whom each account acts."""
    return _listed(request, visit, None)


@router.post("")
def assign(request: Request, visit: Administrator, form: Posted) -> Response:
    """Say for whom one account acts."""
    try:
        account = console_of(request).accounts.get(form.text("account", needed=True))
        parties.assign(site_of(request).registry.engine, account.name, form.text("party") or None)
    except SealError as error:
        return _listed(request, visit, error.code)
    return go(request, visit, "/parties", "parties.saved", name=account.name)


def _listed(request: Request, visit: Visit, code: str | None) -> Response:
    registry = site_of(request).registry
    with database.read(registry.engine) as connection:
        directory = registry.directory(connection, store_log.tail(connection))
    authorities = [(one.id, one.name) for one in directory.authorities.values()]
    accounts = console_of(request).accounts.list()
    return page(
        request,
        visit,
        "parties.html",
        status=status_of(code) if code else 200,
        accounts=[one for one in accounts if not one.roles.isdisjoint(PARTY_ROLES)],
        assigned=parties.assigned(registry.engine),
        known=sorted([*authorities, *((one.id, one.name) for one in directory.bodies.values())]),
        code=code,
    )
