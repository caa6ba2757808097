"""What the browser may do, and which of Chainlit's routes stay closed.

The content policy lets the page reach this server only, so that a forgotten link to a public network fails in the
browser instead of leaking. The closed routes are features that we do not offer: shared threads never expire and can be
read without an account; element editing accepts any element id; tool servers are switched off.
"""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.responses import JSONResponse
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' ws: wss:",
        "worker-src 'self' blob:",
        "frame-ancestors 'none'",
        "base-uri 'self'",
        "form-action 'self'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}
CLOSED = (
    "/project/share/{rest:path}",
    "/project/thread/share",
    "/project/element",
    "/mcp",
    "/api/{rest:path}",
)


class Guard:
    """Adds the security headers to every HTTP answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, guarded)


def install_closed_routes(app: FastAPI) -> None:
    """Answer 404 for what is not offered; after our own routes, before the chat is mounted."""

    async def closed(rest: str = "") -> JSONResponse:
        error = {"code": "not_found", "message": "没有这个地址。", "hint": "可用的地址见 /api/v1/openapi.json。"}
        return JSONResponse({"error": error}, status_code=404)

    for path in CLOSED:
        app.add_api_route(path, closed, methods=["GET", "POST", "PUT", "PATCH", "DELETE"], include_in_schema=False)
