# SPDX-License-Identifier: Apache-2.0
"""The frame around every page: who asks, in which language, with which form; and the headers.

- a session from `console.sessions`; without one every page but sign-in and set-up sends there;
- a POST carries the session's CSRF token and comes from a page of this origin;
- the Host header is one of this desk's, so that no name on the internet can be pointed here;
- bodies are bounded, nothing is cached, no script or style stands inside a page.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final
from urllib.parse import urlsplit

import jinja2
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from console import edge, error_pages, forms, language, pages
from console import visit as visits
from console.language import Texts
from console.sessions import Session, Sessions
from credential.errors import SealError, UntrustedError
from issuer.web import words

HERE: Final = Path(__file__).parent
MAX_FORM: Final = 64 << 10  # bytes, of a form without files
MAX_FILES: Final = 3
_TEXTS: Final = Texts.load([HERE / "texts"])
_STATUS: Final = {"desk.job": 404, "certificate.unknown": 404, "desk.csrf": 403, "internal": 500}
_log: Final = logging.getLogger(__name__)
_templates: Final = jinja2.Environment(
    loader=jinja2.FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of somebody."""

    request: Request
    language: str
    session: Session | None
    token: str
    """Of the session; empty without one."""
    form: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, BinaryIO] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    """Field to the name of its file."""

    @property
    def csrf(self) -> str:
        """The token of this session's forms."""
        return forms.csrf(self.token)

    @property
    def who(self) -> str:
        """Name of the account."""
        return self.session.account.name if self.session else ""

    def t(self, key: str, **values: object) -> str:
        """Say something in the visitor's language."""
        return _TEXTS.say(self.language, key, **values)

    def page(self, name: str, status: int = 200, **values: object) -> Response:
        """Fill a template in."""
        filled = _templates.get_template(name).render(
            t=self.t,
            visit=self,
            path=self.request.url.path,
            back=_back(self.request),
            day=pages.day,
            minute=pages.when,
            said=lambda code, message: words.said(code, message, "", self.language),
            words=words,
            **values,
        )
        return HTMLResponse(filled, status)


Handler = Callable[[Visit], Response]


@dataclass(frozen=True, slots=True)
class Frame:
    """Puts handlers behind the same checks."""

    sessions: Sessions
    hosts: frozenset[str] | None
    """Names that a browser may know this desk by; None behind TLS, where the name is checked."""
    is_new: Callable[[], bool]
    """Tells whether there is no account yet."""

    def __call__(
        self, handler: Handler, *, open_to_all: bool = False, most: int = MAX_FORM
    ) -> Callable[[Request], Awaitable[Response]]:
        """Wrap a handler."""

        async def handle(request: Request) -> Response:
            visit = Visit(request, language_of(request), None, "")
            try:
                visit = await self._visit(request, most)
                if visit.session is None and not open_to_all:
                    target = "/set-up" if self.is_new() else "/sign-in"
                    return _finished(RedirectResponse(target, 303))
                if request.method == "POST" and visit.session is not None:
                    forms.demand_token(visit.form.get("csrf", ""), visit.csrf)
                answer = await run_in_threadpool(handler, visit)
            except SealError as error:
                status = error_pages.status_of(error.code, _STATUS)
                answer = visit.page("error.html", status, code=error.code, message=str(error))
            except Exception:  # noqa: BLE001  # the edge: nothing of a fault goes out
                _log.exception("a page failed", extra={"path": request.url.path})
                answer = visit.page("error.html", 500, code="internal", message="")
            finally:
                for file in visit.files.values():
                    file.close()
            return _finished(answer)

        return handle

    async def _visit(self, request: Request, most: int) -> Visit:
        host = request.headers.get("host", "")
        if self.hosts is not None and (urlsplit(f"//{host}").hostname or "") not in self.hosts:
            raise UntrustedError("desk.csrf", "not a name of this desk")
        token = request.cookies.get(cookie_name(request), "")
        session = await run_in_threadpool(self.sessions.find, token) if token else None
        visit = Visit(request, language_of(request), session, token if session else "")
        if request.method != "POST":
            return visit
        forms.demand_origin(request)
        form = await forms.read_form(request, most, MAX_FILES)
        fields = {name: values[-1] for name, values in form.fields.items()}
        files = {name: upload.file for name, upload in form.files.items()}
        names = {name: upload.name for name, upload in form.files.items()}
        return Visit(request, visit.language, session, visit.token, fields, files, names)


def cookie_name(request: Request) -> str:
    """Name the session's cookie: bound to the host where there is TLS."""
    return visits.cookie_name(visits.SESSION, secure=request.url.scheme == "https")


def language_of(request: Request) -> str:
    """Take the language of the cookie, else of the browser, else Chinese."""
    wished = request.headers.get("accept-language", "")
    return language.choose(request.cookies.get(language.COOKIE), wished)


def _back(request: Request) -> str:
    """Name the page to go back to: that of the job, or where somebody signs in, or home."""
    parts = request.url.path.split("/")
    if parts[1] == "jobs" and len(parts) > 3:
        return "/".join(parts[:3])
    return request.url.path if parts[1] in ("new", "sign-in", "set-up", "account") else "/"


def _finished(answer: Response) -> Response:
    for name, value in edge.HEADERS.items():
        answer.headers.setdefault(name, value)
    return answer
