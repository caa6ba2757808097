"""Errors that reach people. Each says in Chinese what happened and what to do next.

GmaError
├── BadRequest      the input cannot be understood or used      exit 1, HTTP 400
├── Refused         not allowed for this actor                  exit 1, HTTP 403
├── NotFound        nothing of that name within the scope       exit 1, HTTP 404
├── Conflict        the record has moved on                     exit 1, HTTP 409
├── SourceFailed    a source did not answer                     exit 1, HTTP 502
├── LimitReached    a ceiling of steps, tokens or seconds       exit 1, HTTP 503
└── Broken          a stored record contradicts itself          exit 1, HTTP 500
"""

from __future__ import annotations


class GmaError(Exception):
    """Base: `message` is a Chinese sentence, `hint` the next step, `code` a stable name, `http` the status."""

    code = "failed"
    http = 500

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}{self.hint and '　' + self.hint}"


class BadRequest(GmaError):
    code, http = "bad_request", 400


class Refused(GmaError):
    code, http = "refused", 403


class NotFound(GmaError):
    code, http = "not_found", 404


class Conflict(GmaError):
    code, http = "conflict", 409


class SourceFailed(GmaError):
    code, http = "source_failed", 502


class LimitReached(GmaError):
    code, http = "limit_reached", 503


class Broken(GmaError):
    code, http = "broken", 500
