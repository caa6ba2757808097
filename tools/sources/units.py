"""Two questions every gate is asked: which units are there, and how new is a dataset."""

from __future__ import annotations

import os
import threading
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from core.domain.actor import Actor, Role
from core.domain.org import Level, Org, OrgTree
from core.domain.period import month_end
from core.errors import Refused, SourceFailed

if TYPE_CHECKING:
    from tools.fetch import Gate


def read_tree(gate: Gate) -> OrgTree:
    """The units within the actor's scope. Raises Refused or SourceFailed with the outcome's own message."""
    if not gate.actor.reads_data:
        raise Refused(f"{gate.actor.role.label}不查看业务数据", "请由业务账号查询")
    return OrgTree(orgs=tuple(org for org in all_units(gate) if gate.actor.covers(org.code)))


def all_units(gate: Gate) -> tuple[Org, ...]:
    """Every unit of the actor's province: names are no business data, and tell 无权限 from 不存在.

    What was read is kept in GMA_HOME, so that the other four systems can still be asked while 营销2.0 is down; the kept
    copy is used only then. Raises SourceFailed where there is none.
    """
    from tools.fetch import Gate, Query

    keeper = Actor(user="system", name="单位目录", role=Role.DATAOPS, org=gate.actor.org[:2])
    sql = "SELECT org_code, org_name, parent_code, level FROM org ORDER BY org_code"
    asked = Gate(keeper, gate.settings, connections=gate.connections)
    outcome = asked.run(Query("marketing", sql, {}, keeper.org, "供电单位"))
    kept = gate.settings.home / "units.json"
    if outcome.status == "ok" and not outcome.truncated:
        orgs = tuple(_org(row) for row in outcome.rows)
        _keep(kept, OrgTree(orgs=orgs).model_dump_json())
        return orgs
    if kept.exists():
        return OrgTree.model_validate_json(kept.read_text(encoding="utf-8")).orgs
    raise SourceFailed(outcome.message or "营销2.0里没有任何供电单位。", "请数据运维员检查营销2.0。")


def _keep(path: Path, text: str) -> None:
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.{threading.get_ident()}.part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)


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
