# SPDX-License-Identifier: Apache-2.0
"""Pages: templates in the visitor's language, within one frame.

Everything that a template writes is escaped, and a name that it does not know is an error. Beside
the caller's values a template has `t(key, …)`, `visit`, `settings` and the filter `when`.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from console import visit as visits
from console.language import Texts
from console.settings import Settings
from console.visit import Visit

HERE: Final = Path(__file__).parent
CHINA: Final = timezone(timedelta(hours=8))


class Pages:
    """Renders the templates of an application and of this room."""

    def __init__(self, templates: Sequence[Path], texts: Texts, settings: Settings) -> None:
        """Find the templates: the application's own stand before this room's.

        Args:
            templates: Folders.
            texts: Of both languages.
            settings: Of the application.
        """
        self.texts = texts
        self._settings = settings
        self._jinja = Environment(
            loader=FileSystemLoader([*templates, HERE / "templates"]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._jinja.filters["when"] = when
        self._jinja.filters["day"] = day

    def render(
        self, name: str, visit: Visit, /, *, status: int = 200, **values: object
    ) -> Response:
        """Render a page.

        Args:
            name: Of the template.
            visit: Who looks, and in which language.
            status: Of HTTP.
            values: What the template shows.
        """

        def t(key: str, /, **inside: object) -> str:
            return self.texts.say(visit.language, key, **inside)

        html = self._jinja.get_template(name).render(
            t=t, visit=visit, settings=self._settings, knows=self.texts.has, **values
        )
        response = HTMLResponse(html, status)
        if visit.visitor:
            set_cookie(response, visit, visits.VISITOR, visit.visitor)
        return response


def set_cookie(response: Response, visit: Visit, name: str, value: str) -> None:
    """Set a cookie that ends with the browser, or take it away where the value is empty."""
    response.set_cookie(
        visit.cookie(name),
        value,
        max_age=None if value else 0,
        path="/",
        secure=visit.is_secure,
        httponly=True,
        samesite="strict",
    )


def when(seconds: int) -> str:
    """Write a time as clocks in China show it."""
    return f"{datetime.fromtimestamp(seconds, UTC).astimezone(CHINA):%Y-%m-%d %H:%M}"


def day(seconds: int) -> str:
    """Write a day of the calendar in China."""
    return when(seconds)[:10]
