"""Structured logs: an event name with fields, one JSON line on standard error. No personal data, no secrets."""

from __future__ import annotations

import logging
import sys
from functools import cache
from typing import Any


def log(event: str, **fields: Any) -> None:
    """Write one event such as `run.failed run=… error=…`."""
    _logger().info(event, **fields)


def problem(event: str, error: BaseException, **fields: Any) -> None:
    """Write one event with the exception that caused it and its traceback."""
    _logger().error(event, exc_info=error, **fields)


@cache
def _logger() -> Any:
    import structlog

    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=False),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *names: structlog.PrintLogger(sys.stderr),  # of now: standard error may be redirected
    )
    return structlog.get_logger()
