"""Answers of the sources: rows of a statement as numbers by member, alias and role, with their state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from core.domain.fact import FactStatus
from tools.fetch import Outcome

Member = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What one statement returned: `members[key][column]`; key '' is the undivided total."""

    status: FactStatus
    source: str
    sql: str
    params: Mapping[str, Any]
    org: str
    reason: str = ""
    members: Mapping[str, Member] = field(default_factory=dict)

    def number(self, key: str, alias: str, role: str) -> Decimal | None:
        return decimal(self.members.get(key, {}).get(f"{alias}__{role}"))

    def rows(self, key: str, role: str) -> int:
        """How many base rows stand behind a window."""
        return int(self.members.get(key, {}).get(f"n__{role}") or 0)

    def newest(self, key: str, role: str) -> datetime | None:
        """The newest date or time of the rows in a window; None where the rows are not dated."""
        return moment(self.members.get(key, {}).get(f"z__{role}"))


def answer_of(outcome: Outcome, params: Mapping[str, Any], org: str) -> Answer:
    """Read an outcome; a truncated result is an error, because a part must never look complete."""
    if outcome.status in {"denied", "error"}:
        return Answer(outcome.status, outcome.source, outcome.sql, params, org, outcome.message)
    if outcome.truncated:
        reason = "分组超过取数行数上限，结果不完整，请缩小单位范围或加上“前几名”"
        return Answer("error", outcome.source, outcome.sql, params, org, reason)
    members = members_of(outcome.columns, outcome.rows)
    return Answer("ok", outcome.source, outcome.sql, params, org, outcome.message, members)


def members_of(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> dict[str, Member]:
    """Rows by member key; rows of a *whole* statement (column `w`) are pivoted to `<alias>__<role>` columns."""
    members: dict[str, Member] = {}
    for row in rows:
        cells = dict(zip((name.lower() for name in columns), row, strict=True))
        member = members.setdefault(key_text(cells.pop("k", "")), {})
        role = cells.pop("w", None)
        for name, value in cells.items():
            member[f"{name}__{role}" if role else name] = value
    return members


def key_text(key: Any) -> str:
    """The key of a member as text: 10.00 and 10 kV are the same, null is ''."""
    if key is None:
        return ""
    if isinstance(key, Decimal | float):
        return f"{Decimal(str(key)).normalize():f}"
    return str(key)


def decimal(value: Any) -> Decimal | None:
    """An exact Decimal of what a driver returned; binary fractions by their shortest decimal form."""
    if value is None or isinstance(value, Decimal):
        return value
    if isinstance(value, int):
        return Decimal(value)
    return Decimal(str(value))


def moment(value: Any) -> datetime | None:
    """A datetime of a date, a timestamp, an ISO text, or a month `2026-10` (its first day)."""
    if value is None or isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time())
    text = str(value)
    return datetime.fromisoformat(text if len(text) > 7 else f"{text}-01")
