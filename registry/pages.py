# SPDX-License-Identifier: Apache-2.0
"""The verifier's page beside the machine interface: static files, and nothing that they could leak.

`/v` is where codes point; it is the page itself, without a redirect on the way. What a browser may
do with the page is said in headers too, for the cases that its own `<meta>` cannot cover.
"""

from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import Response
from starlette.staticfiles import StaticFiles

HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; "
        "img-src 'self' blob: data:; connect-src 'self'; "
        "worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
}
_CODE: Final = "v"


class Pages(StaticFiles):
    """A folder of built pages."""

    async def get_response(self, path: str, scope: Any) -> Response:  # noqa: ANN401  # Starlette's
        """Answer with a file and the headers that go with every file."""
        asked = f"{_CODE}/index.html" if path == _CODE else path
        response = await super().get_response(asked, scope)
        response.headers.update(HEADERS)
        # Names with a hash in them never change; what names them is asked for again.
        is_fixed = asked.startswith("assets/")
        response.headers["Cache-Control"] = (
            "max-age=31536000, immutable" if is_fixed else "no-cache"
        )
        return response
