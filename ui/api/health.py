"""Liveness, readiness and metrics, for the machines that watch this one."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from ui.desk import desk
from ui.meters import exposition

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz")
async def readyz() -> JSONResponse:
    """The record answers; 503 while it does not."""
    from sqlalchemy import text
    from sqlalchemy.exc import SQLAlchemyError

    def ask() -> None:
        with desk().runner.store.begin() as unit:
            unit.session.execute(text("SELECT 1"))

    try:
        await desk().call(ask)
    except (SQLAlchemyError, RuntimeError) as error:
        return JSONResponse({"status": "unavailable", "reason": type(error).__name__}, status_code=503)
    return JSONResponse({"status": "ready"})


@router.get("/metrics")
async def metrics() -> Response:
    """Counters in the text format of Prometheus; no names, no figures of the business."""
    body, kind = exposition()
    return Response(body, media_type=kind)
