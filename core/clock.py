"""The clock: wall time in Asia/Shanghai for records, monotonic time for limits."""

from __future__ import annotations

import secrets
from datetime import datetime

from core.settings import LOCAL


def now() -> datetime:
    """Local time with its offset, to the microsecond."""
    return datetime.now(LOCAL)


def stamp(at: datetime) -> str:
    """ISO text in local time with its offset; SQLite gives back what was stored without one."""
    return (at.replace(tzinfo=LOCAL) if at.tzinfo is None else at.astimezone(LOCAL)).isoformat()


def new_id(prefix: str) -> str:
    """An opaque id such as `run-3f9c…`; order never depends on it."""
    return f"{prefix}-{secrets.token_hex(8)}"
