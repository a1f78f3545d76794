# SPDX-License-Identifier: Apache-2.0
"""What a handler answers once a thing is done: the way to a page, and what that page says."""

from fastapi import Request
from starlette.responses import RedirectResponse

from console.sessions import Flash
from console.visit import Visit, console_of, local


def go(
    request: Request, visit: Visit, path: str, key: str = "", **values: str | int
) -> RedirectResponse:
    """Send the browser to a page of this application with GET.

    Args:
        request: That is answered.
        visit: Whose it is.
        path: Of this application.
        key: Of the text that the next page says, or none.
        values: In that text.
    """
    if key and visit.session:
        console_of(request).sessions.say(visit.session, Flash(key, values))
    return RedirectResponse(local(path), 303)
