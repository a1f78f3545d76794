# SPDX-License-Identifier: Apache-2.0
"""What the handlers of the registry's console work with, and how they look at the registry.

    seen(request, visit, lambda sight: batches.page(sight, None, before=None))

The read transaction is over before anything is rendered or written.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from fastapi import Request
from starlette.responses import Response

from console.visit import Visit, console_of
from registry import problems
from registry.console import parties
from registry.console.sight import Sight, look
from registry.service import Registry

T = TypeVar("T")

HERE: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Site:
    """Found at `app.state.site`."""

    registry: Registry
    """Without a key but the one of document numbers, where it is configured."""


def site_of(request: Request) -> Site:
    """Return the site of the application that a request came to."""
    site: Site = request.app.state.site
    return site


def seen(request: Request, visit: Visit, see: Callable[[Sight], T]) -> T:
    """Look at the registry as whoever has signed in sees it."""
    registry = site_of(request).registry
    party = parties.party_of(registry.engine, visit.who.name)
    return look(registry, visit.who, party, see)


def page(
    request: Request, visit: Visit, name: str, *, status: int = 200, **values: object
) -> Response:
    """Render a page of this application."""
    texts = console_of(request).pages.texts
    if values.get("code"):  # a refusal that the page itself shows
        request.scope[problems.CODE] = values["code"]

    def word(value: object) -> str:
        """Say a word of the registry's own, such as a state; what is no such word stays."""
        key = f"word.{value}"
        return texts.say(visit.language, key) if texts.has(key) else str(value)

    return console_of(request).pages.render(name, visit, status=status, word=word, **values)
