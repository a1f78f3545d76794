# SPDX-License-Identifier: Apache-2.0
"""Accounts: set up the first one, sign in and out, change a password, choose a language."""

import hmac

from starlette.responses import RedirectResponse, Response

from console.account import Account, folded
from console.language import COOKIE, LANGUAGES
from console.pages import set_cookie
from console.visit import SESSION, local
from credential.errors import UntrustedError
from issuer.web.frame import Visit
from issuer.web.site import ROLE, Site


def ask_set_up(site: Site, visit: Visit) -> Response:
    """Show the form for the first account."""
    if site.set_up_code is None:
        return RedirectResponse("/sign-in", 303)
    return visit.page("set_up.html")


def set_up(site: Site, visit: Visit) -> Response:
    """Make the first account, for whoever reads the terminal."""
    code, said = site.set_up_code, visit.form.get("code", "").strip()
    if code is None or not hmac.compare_digest(said.encode(), code.encode()):
        if code is not None:  # one guess for each code
            site.renew_code()
        raise UntrustedError("desk.set_up", "not the code that the terminal shows now")
    name = folded(visit.form.get("name", ""))
    display = visit.form.get("display", "").strip() or name
    account = Account(name, display, frozenset({ROLE}))
    site.accounts.create(account, visit.form.get("password", ""))
    site.set_up_code = None
    return _signed_in(site, visit, name)


def ask_sign_in(site: Site, visit: Visit) -> Response:
    """Show the form."""
    if site.set_up_code is not None:
        return RedirectResponse("/set-up", 303)
    return visit.page("sign_in.html", hint=site.settings.hint)


def sign_in(site: Site, visit: Visit) -> Response:
    """Let somebody in."""
    form = visit.form
    account = site.accounts.check(
        form.get("name", ""), form.get("password", ""), form.get("totp") or None
    )
    if visit.session is not None:
        site.sessions.end(visit.session)
    return _signed_in(site, visit, account.name)


def sign_out(site: Site, visit: Visit) -> Response:
    """End the session."""
    if visit.session is not None:
        site.sessions.end(visit.session)
    answer = RedirectResponse("/sign-in", 303)
    set_cookie(answer, SESSION, "", secure=visit.request.url.scheme == "https")
    return answer


def ask_account(site: Site, visit: Visit) -> Response:
    """Show one's own account, and all names."""
    return visit.page("account.html", accounts=site.accounts.list())


def change_password(site: Site, visit: Visit) -> Response:
    """Change one's own password; every session of it ends."""
    site.accounts.change_password(
        visit.who, visit.form.get("old", ""), visit.form.get("password", "")
    )
    return _signed_in(site, visit, visit.who)


def add(site: Site, visit: Visit) -> Response:
    """Make an account for somebody else."""
    name = folded(visit.form.get("name", ""))
    display = visit.form.get("display", "").strip() or name
    account = Account(name, display, frozenset({ROLE}))
    site.accounts.create(account, visit.form.get("password", ""))
    return RedirectResponse("/account", 303)


def language(_: Site, visit: Visit) -> Response:
    """Choose a language for this browser."""
    chosen = visit.form.get("language", "zh")
    answer = RedirectResponse(local(visit.form.get("back")), 303)
    if chosen in LANGUAGES:
        answer.set_cookie(COOKIE, chosen, max_age=365 * 86_400, httponly=True, samesite="strict")
    return answer


def _signed_in(site: Site, visit: Visit, name: str) -> Response:
    answer = RedirectResponse("/", 303)
    token, is_secure = site.sessions.start(name), visit.request.url.scheme == "https"
    set_cookie(answer, SESSION, token, secure=is_secure)
    return answer
