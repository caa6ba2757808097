"""The HTTP door: the same runner calls as the chat, for the chat's own elements and for other programs."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI

from ui.api.failures import install_failures
from ui.api.files import router as files
from ui.api.health import router as health
from ui.api.people import router as people
from ui.api.reports import router as reports

V1 = "/api/v1"


def install_api(app: FastAPI) -> None:
    """Register every route of our own; must come before the chat is mounted at `/`."""
    install_failures(app)
    app.include_router(health)
    v1 = APIRouter(prefix=V1)
    for router in (people, reports, files):
        v1.include_router(router)
    app.include_router(v1)
