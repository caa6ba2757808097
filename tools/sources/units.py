"""Two questions every gate is asked: which units are there, and how new is a dataset."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, get_args

from core.domain.org import Level, Org, OrgTree
from core.domain.period import month_end
from core.errors import Refused, SourceFailed

if TYPE_CHECKING:
    from tools.fetch import Gate


def read_tree(gate: Gate) -> OrgTree:
    """The units within the actor's scope. Raises Refused or SourceFailed with the outcome's own message."""
    from tools.fetch import Query

    sql = "SELECT org_code, org_name, parent_code, level FROM org ORDER BY org_code"
    outcome = gate.run(Query("marketing", sql, {}, gate.actor.org, "供电单位"))
    if outcome.status == "denied":
        raise Refused(outcome.message)
    if outcome.status == "error" or outcome.truncated:
        raise SourceFailed(outcome.message)
    return OrgTree(orgs=tuple(_org(row) for row in outcome.rows))


def read_cutoff(gate: Gate, source: str, dataset: str) -> date | None:
    """The newest day of the dataset's date column up to the business date; None without one, or when it failed."""
    from tools.fetch import Query

    declared = gate.connections.source(source).dataset(dataset)
    if declared is None or declared.date_column is None or not gate.actor.reads_data:
        return None
    column = declared.date_column
    today: Any = gate.settings.business_date()
    found = declared.column(column)
    if found is not None and found.type == "VARCHAR":
        today = f"{today:%Y-%m}"
    elif found is not None and found.type == "TIMESTAMP":
        today = datetime.combine(today, datetime.max.time())
    sql = f"SELECT MAX({column}) AS newest FROM {dataset} WHERE {column} <= :today"
    outcome = gate.run(Query(source, sql, {"today": today}, gate.actor.org, "数据截止"))
    if outcome.status != "ok":
        return None
    return _day(outcome.rows[0][0])


def _org(row: tuple[Any, ...]) -> Org:
    code, name, parent, level = row
    known: Level = level if level in get_args(Level) else "county"
    return Org(code=str(code), name=str(name), parent=str(parent) if parent else None, level=known)


def _day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, str) and len(value) == 7:
        return month_end(date.fromisoformat(f"{value}-01"))
    return date.fromisoformat(value[:10]) if isinstance(value, str) and value else None
