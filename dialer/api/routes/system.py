"""Alive, ready, metrics, and the API's own description. Only `/healthz` answers a stranger."""

from typing import Any

from fastapi import APIRouter, Depends, Request, Response

from dialer.api.asking import Asker, Given, needs
from dialer.core.access import Right

router = APIRouter(tags=["system"])


@router.get("/healthz")
async def alive() -> dict[str, str]:
    """The process serves requests. Nothing else is looked at and nothing is told."""
    return {"status": "alive"}


@router.get("/readyz", dependencies=[Depends(needs(Right.METRICS))])
async def ready(response: Response, given: Given) -> dict[str, Any]:
    """What the daemon needs to lead campaigns: the database, each Asterisk. 503 where one is away."""
    parts = await given.ready()
    if any(parts.values()):
        response.status_code = 503
    return {"ready": not any(parts.values()), "parts": {name: what or "ok" for name, what in parts.items()}}


@router.get("/metrics", dependencies=[Depends(needs(Right.METRICS))])
async def metrics(given: Given) -> Response:
    """Prometheus metrics. The scraper brings a token of scope `metrics:read` (`authorization` in its configuration)."""
    body, content_type = given.metrics()
    return Response(body, media_type=content_type)


@router.get("/api/v1/openapi.json", include_in_schema=False)
async def description(request: Request, asker: Asker) -> dict[str, Any]:
    """For whoever is signed in or brings a token of any scope."""
    described: dict[str, Any] = request.app.openapi()
    return described


@router.get("/api/v1/wallboard", tags=["wallboard"], dependencies=[Depends(needs(Right.WALLBOARD))])
async def wallboard(given: Given) -> Response:
    """The wallboard's picture as it is now; `/ws/wallboard` sends it several times a second."""
    return Response(given.board.picture(), media_type="application/json")
