# SPDX-License-Identifier: Apache-2.0
"""The HTTP application of one registry, put together.

    app = create(settings, receipt_keys)

Every failure is an RFC 9457 problem document whose `code` stands in docs/errors.md. The process
holds receipt keys and nothing else that signs.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI, Request, Response
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from credential.errors import ConflictError, SealError
from keys.signer import Signer
from registry import problems
from registry.edge import Edge
from registry.models import Stated, Submitted
from registry.pages import Pages
from registry.routes import router
from registry.service import Clock, Registry, now, open_registry
from registry.settings import Settings

VERSION: Final = "1"
_NOT_FOUND: Final = 404


def create(
    settings: Settings,
    signers: Sequence[Signer],
    *,
    clock: Clock = now,
    anchor: bool = False,
    pages: Path | None = None,
) -> FastAPI:
    """Open the registry and build its application.

    Args:
        settings: Read once, by the caller.
        signers: Keys of role `receipt`.
        clock: Gives the time, seconds since 1970.
        anchor: Whether `/anchor.json` is served.
        pages: A folder of static pages to serve beside the API.

    Raises:
        UnavailableError: `registry.…`, it cannot be opened.
    """
    return build(open_registry(settings, signers, clock=clock), anchor=anchor, pages=pages)


def build(registry: Registry, *, anchor: bool = False, pages: Path | None = None) -> FastAPI:
    """Build the application of a registry that is open."""
    app = FastAPI(
        title="SkillSeal registry",
        version=VERSION,
        docs_url=None,
        redoc_url=None,
        middleware=[Middleware(Edge, limits=registry.settings.limits)],
    )
    app.include_router(router(registry, anchor=anchor))
    if pages is not None:
        app.mount("/", Pages(directory=pages, html=True))
    app.add_exception_handler(SealError, _raise)
    app.add_exception_handler(HTTPException, _foreign)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]  # FastAPI's own way to extend it
    return app


async def _raise(_: Request, error: Exception) -> Response:
    """Hand an error with a code on to the edge, which writes all problems."""
    raise error


async def _foreign(_: Request, error: Exception) -> Response:
    """Turn what the router itself refuses into a problem."""
    missing = isinstance(error, HTTPException) and error.status_code == _NOT_FOUND
    code = "request.not_found" if missing else "request.method"
    raise ConflictError(code, "there is nothing here" if missing else "not with this method")


def _openapi(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        schema = get_openapi(
            title=app.title,
            version=app.version,
            description="Errors are problem documents (RFC 9457); their codes: docs/errors.md.",
            routes=app.routes,
        )
        _, extra = models_json_schema(
            [(Submitted, "validation"), (Stated, "validation")],
            ref_template="#/components/schemas/{model}",
        )
        components = schema.setdefault("components", {})
        components.setdefault("schemas", {}).update(extra["$defs"])
        components["securitySchemes"] = {
            "submission": {
                "type": "apiKey",
                "in": "header",
                "name": "Authorization",
                "description": "`Submission <submission+jwt>`, signed over this request's body",
            }
        }
        _as_problems(schema)
        app.openapi_schema = schema
    return app.openapi_schema


def _as_problems(schema: dict[str, Any]) -> None:
    """Give problem responses their media type."""
    for path in schema["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)  # FastAPI's own form, which is never sent
            for status, response in operation["responses"].items():
                if not status.startswith("2") and "content" in response:
                    response["content"] = {
                        problems.MEDIA_TYPE: response["content"].pop("application/json")
                    }
