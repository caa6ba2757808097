"""Errors of the API: `{"error": {code, message, hint}}` with the status of the error, in Chinese."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from core.errors import GmaError


class SignInNeeded(GmaError):
    """No valid session or token came with the request."""

    code, http = "sign_in_needed", 401


def failure(error: GmaError) -> JSONResponse:
    body = {"error": {"code": error.code, "message": error.message, "hint": error.hint}}
    return JSONResponse(body, status_code=error.http)


def install_failures(app: FastAPI) -> None:
    @app.exception_handler(GmaError)
    async def _known(_request: Request, error: GmaError) -> JSONResponse:
        return failure(error)

    @app.exception_handler(RequestValidationError)
    async def _shape(_request: Request, error: RequestValidationError) -> JSONResponse:
        fields = "、".join(sorted({".".join(str(part) for part in item["loc"][1:]) for item in error.errors()}))
        message = f"请求的参数不对：{fields}。"
        body = {"error": {"code": "bad_request", "message": message, "hint": "参数的写法见 /api/v1/openapi.json。"}}
        return JSONResponse(body, status_code=400)
