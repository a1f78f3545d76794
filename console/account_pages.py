# SPDX-License-Identifier: Apache-2.0
"""Accounts, for administrators: made, changed, shut, given another password.

    app.include_router(account_pages.router)

An application whose accounts have more to them shows pages of its own instead. A password that is
given here is temporary: its owner changes it at the first sign-in.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from console.account import ADMINISTRATOR, Account, folded, known_roles
from console.answers import go
from console.error_pages import status_of
from console.forms import Form, posted
from console.pages import CHINA
from console.visit import Visit, console_of, role
from credential.errors import ConflictError, MalformedError, SealError

Administrator = Annotated[Visit, Depends(role(ADMINISTRATOR))]
Posted = Annotated[Form, Depends(posted())]

router: Final = APIRouter(prefix="/accounts")


@router.get("")
def listed(request: Request, visit: Administrator) -> Response:
    """List all accounts."""
    return _listed(request, visit, None)


@router.post("")
def create(request: Request, visit: Administrator, form: Posted) -> Response:
    """Make an account with a temporary password."""
    console = console_of(request)
    try:
        account = _account(request, folded(form.text("name")), form)
        console.accounts.create(replace(account, temporary=True), form.secret("password"))
    except SealError as error:
        return _listed(request, visit, error.code)
    return go(request, visit, "/accounts", "accounts.made", name=account.name)


@router.get("/{name}")
def show(request: Request, visit: Administrator, name: str) -> Response:
    """Show one account."""
    return _show(request, visit, name, None)


@router.post("/{name}")
def change(request: Request, visit: Administrator, name: str, form: Posted) -> Response:
    """Change what an account may do, shut it or open it again."""
    try:
        account = replace(_account(request, name, form), disabled=bool(form.text("disabled")))
        console_of(request).accounts.change(account)
    except SealError as error:
        return _show(request, visit, name, error.code)
    return go(request, visit, f"/accounts/{name}", "accounts.changed")


@router.post("/{name}/password")
def set_password(request: Request, visit: Administrator, name: str, form: Posted) -> Response:
    """Give somebody who forgot theirs a temporary password; its sessions end."""
    if name == visit.who.name:
        raise ConflictError("account.own", "change your own password on the page of your account")
    try:
        console_of(request).accounts.set_password(name, form.secret("password"), temporary=True)
    except SealError as error:
        return _show(request, visit, name, error.code)
    return go(request, visit, f"/accounts/{name}", "accounts.password_set")


@router.post("/{name}/totp", dependencies=[Depends(posted())])
def remove_totp(request: Request, visit: Administrator, name: str) -> Response:
    """Take the second factor of a lost telephone away."""
    console_of(request).accounts.remove_totp(name)
    return go(request, visit, f"/accounts/{name}", "accounts.totp_removed")


def end_of(day: str) -> int | None:
    """Read the last day of an account, as calendars in China have it; "" is none.

    Raises:
        MalformedError: `account.until`.
    """
    if not day:
        return None
    try:
        start = datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=CHINA)
        return int((start + timedelta(days=1)).timestamp())
    except (ValueError, OverflowError):
        raise MalformedError("account.until", "a day looks like 2026-10-01") from None


def _account(request: Request, name: str, form: Form) -> Account:
    return Account(
        name=name,
        display=form.text("display"),
        roles=known_roles(form.many("roles"), console_of(request).settings.roles),
        jurisdiction=form.text("jurisdiction") or None,
        industry=form.text("industry") or None,
        until=end_of(form.text("until")),
    )


def _listed(request: Request, visit: Visit, code: str | None) -> Response:
    console = console_of(request)
    return console.pages.render(
        "accounts.html",
        visit,
        status=status_of(code) if code else 200,
        accounts=console.accounts.list(),
        code=code,
        at=console.clock(),
    )


def _show(request: Request, visit: Visit, name: str, code: str | None) -> Response:
    console = console_of(request)
    return console.pages.render(
        "account.html",
        visit,
        status=status_of(code) if code else 200,
        account=console.accounts.get(name),
        code=code,
        at=console.clock(),
    )
