# SPDX-License-Identifier: Apache-2.0
"""Whether a process lives (`/healthz`), whether it may be sent requests (`/readyz`), the anchor."""

from fastapi import APIRouter, Response
from starlette.concurrency import run_in_threadpool

from registry import answers, health
from registry.service import Registry


def router(registry: Registry, *, anchor: bool) -> APIRouter:
    """Bind the routes to a registry.

    Args:
        registry: What they work with.
        anchor: Whether to tell the region's anchor, for pages that this registry serves itself.
    """
    routes = APIRouter()

    @routes.get("/healthz", summary="Whether this process lives; it asks nobody else")
    async def get_health() -> Response:
        return answers.json_of({"status": "ok"})

    @routes.get("/readyz", responses=answers.PROBLEM, summary="Whether to send it requests")
    async def get_ready() -> Response:
        size = await run_in_threadpool(health.demand_ready, registry)
        return answers.json_of({"status": "ready", "size": size})

    if anchor:

        @routes.get("/anchor.json", summary="The anchor of this registry's region")
        async def get_anchor() -> Response:
            return answers.json_of({"anchor": registry.settings.anchor})

    return routes
