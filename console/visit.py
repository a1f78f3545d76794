# SPDX-License-Identifier: Apache-2.0
"""One request: who makes it, in which language, and with what proof that our own page made it.

    @app.get("/")
    def home(visit: SignedIn) -> Response: …

The dependencies find the console at `app.state.console`. Nobody's visit has a cookie too, so that
forms of people who have not signed in are protected as well.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import urlsplit

from fastapi import Depends, Request

from console import forms, language
from console.account import Account
from console.sessions import Flash, Session
from console.settings import LOOPBACK
from credential import base64url
from credential.errors import ConflictError, MalformedError, UntrustedError

if TYPE_CHECKING:
    from console.app import Console

SESSION: Final = "session"
VISITOR: Final = "visitor"
_FREE: Final = ("/account/password", "/sign-out")


@dataclass(frozen=True, slots=True)
class Visit:
    """What a page needs to know about the request that it answers."""

    path: str
    query: str
    client: str
    """Address that the request came from."""
    is_secure: bool
    language: str
    session: Session | None
    csrf: str = field(repr=False)
    """Stands in every form."""
    visitor: str | None = field(repr=False)
    """A cookie to set, for a visitor who had none."""
    prefix: str = ""
    """Of this application's cookies."""

    def cookie(self, name: str) -> str:
        """Give the whole name of a cookie."""
        return cookie_name(f"{self.prefix}{name}", secure=self.is_secure)

    @property
    def account(self) -> Account | None:
        """Who has signed in."""
        return self.session.account if self.session else None

    @property
    def who(self) -> Account:
        """Who has signed in, where `SignedIn` has seen to it that somebody has."""
        return _demand(self).account

    @property
    def flash(self) -> Flash | None:
        """What was just done."""
        return self.session.flash if self.session else None


def console_of(request: Request) -> "Console":
    """Return the console of the application that a request came to."""
    console: Console = request.app.state.console
    return console


def visit(request: Request) -> Visit:
    """Look at the cookies of a request; nobody need have signed in."""
    console = console_of(request)
    secure = is_secure(request)
    prefix = console.settings.cookies
    token = request.cookies.get(cookie_name(f"{prefix}{SESSION}", secure=secure))
    session = console.sessions.find(token) if token else None
    visitor = request.cookies.get(cookie_name(f"{prefix}{VISITOR}", secure=secure))
    new = None if visitor or session else base64url.encode(console.random(32))
    return Visit(
        path=request.url.path,
        query=request.url.query,
        client=request.client.host if request.client else "",
        is_secure=secure,
        language=language.choose(
            request.cookies.get(language.COOKIE), request.headers.get("Accept-Language", "")
        ),
        session=session,
        csrf=forms.csrf(token if session and token else visitor or new or ""),
        visitor=new,
        prefix=prefix,
    )


def signed_in(visit: Annotated[Visit, Depends(visit)]) -> Visit:
    """Demand that somebody has signed in, with a password of their own.

    Raises:
        UntrustedError: `account.sign_in`; a page turns it into the way to sign in.
        ConflictError: `account.temporary`, likewise into the way to change the password.
    """
    if _demand(visit).account.temporary and visit.path not in _FREE:
        raise ConflictError("account.temporary", "choose a password of your own first")
    return visit


def role(*names: str) -> Callable[[Visit], Visit]:
    """Make the dependency that demands a role: `Annotated[Visit, Depends(role("x"))]`."""

    def allowed(visit: SignedIn) -> Visit:
        if visit.who.roles.isdisjoint(names):
            raise ConflictError("account.role", "your account may not do this")
        return visit

    return allowed


def is_secure(request: Request) -> bool:
    """Tell https from http, and refuse http from afar.

    Raises:
        MalformedError: `request.plain`.
    """
    if request.url.scheme == "https":
        return True
    if f"[{request.url.hostname}]" not in LOOPBACK and request.url.hostname not in LOOPBACK:
        raise MalformedError("request.plain", "this application is reached over https")
    return False


def cookie_name(name: str, *, secure: bool) -> str:
    """Give the name that binds a cookie to this host, where browsers allow it."""
    return f"__Host-{name}" if secure else name


def local(path: str | None) -> str:
    """Return a path of this application, or its first page: nobody is sent elsewhere."""
    if path is None or len(path) > 500 or not path.isascii() or not path.isprintable():
        return "/"
    parts = urlsplit(path)
    if parts.scheme or parts.netloc or not path.startswith("/") or path[1:2] in {"/", "\\"}:
        return "/"
    return path if "\\" not in path and " " not in path else "/"


def _demand(visit: Visit) -> Session:
    if visit.session is None:
        raise UntrustedError("account.sign_in", "sign in first")
    return visit.session


Visited = Annotated[Visit, Depends(visit)]
SignedIn = Annotated[Visit, Depends(signed_in)]
