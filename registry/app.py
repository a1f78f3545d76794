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

from credential.errors import SealError
from keys.signer import Signer
from registry import answers, problems, routes_machine, routes_status
from registry.edge import Edge
from registry.metrics import Metrics
from registry.models import Stated, Submitted
from registry.models_machine import HeadsAsked
from registry.pages import Pages
from registry.routes import router
from registry.service import Clock, Registry, now, open_registry
from registry.settings import Settings
from registry.watch import Watch

VERSION: Final = "1"
_NOT_FOUND: Final = 404
_PROBLEM: Final = {"$ref": "#/components/schemas/Problem"}


def create(
    settings: Settings,
    signers: Sequence[Signer],
    *,
    clock: Clock = now,
    anchor: bool = False,
    pages: Path | None = None,
    metrics: Metrics | None = None,
) -> FastAPI:
    """Open the registry and build its application.

    Args:
        settings: Read once, by the caller.
        signers: Keys of role `receipt`.
        clock: Gives the time, seconds since 1970.
        anchor: Whether `/anchor.json` is served.
        pages: A folder of static pages to serve beside the API.
        metrics: What counts; by default something that nobody reads.

    Raises:
        UnavailableError: `registry.…`, it cannot be opened.
    """
    opened = open_registry(settings, signers, clock=clock)
    return build(opened, anchor=anchor, pages=pages, metrics=metrics)


def build(
    registry: Registry,
    *,
    anchor: bool = False,
    pages: Path | None = None,
    metrics: Metrics | None = None,
) -> FastAPI:
    """Build the application of a registry that is open."""
    counts = metrics or Metrics()
    app = FastAPI(
        title="SkillSeal registry",
        version=VERSION,
        docs_url=None,
        redoc_url=None,
        middleware=[
            Middleware(Watch, counts=counts, logger="registry.http"),
            Middleware(Edge, limits=registry.settings.limits, metrics=counts),
        ],
    )
    app.include_router(router(registry, counts))
    app.include_router(routes_machine.router(registry))
    app.include_router(routes_status.router(registry, anchor=anchor))
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
    if isinstance(error, HTTPException) and error.status_code != _NOT_FOUND:
        raise problems.MethodError((error.headers or {}).get("Allow", "GET, HEAD"))
    raise answers.absent()


def _openapi(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        schema = get_openapi(
            title=app.title,
            version=app.version,
            description="Errors are problem documents (RFC 9457); their codes: docs/errors.md.",
            routes=app.routes,
        )
        _, extra = models_json_schema(
            [(Submitted, "validation"), (Stated, "validation"), (HeadsAsked, "validation")],
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
            },
            "machine": routes_machine.SECURITY,
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
                form = response.get("content", {}).get("application/json", {})
                if not status.startswith("2") and form.get("schema") == _PROBLEM:
                    response["content"] = {problems.MEDIA_TYPE: form}
