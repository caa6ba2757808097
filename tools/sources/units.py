"""Two questions every gate is asked: which units are there, and how new is a dataset."""

from __future__ import annotations

import hashlib
import os
import threading
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from core.domain.org import Level, Org, OrgTree
from core.domain.period import month_end
from core.errors import Refused, SourceFailed

if TYPE_CHECKING:
    from core.settings import Settings
    from tools.fetch import Gate
    from tools.sources.connect import Connections


def read_tree(gate: Gate) -> OrgTree:
    """The units within the actor's scope. Raises Refused or SourceFailed with the outcome's own message."""
    if not gate.actor.reads_data:
        raise Refused(f"{gate.actor.role.label}不查看业务数据", "请由业务账号查询")
    return OrgTree(orgs=tuple(org for org in all_units(gate.settings, gate.connections) if gate.actor.covers(org.code)))


def all_units(settings: Settings, connections: Connections) -> tuple[Org, ...]:
    """Every unit that 营销2.0 lists, also outside an actor's scope: to tell 无权限 from 不存在.

    What was read is kept in GMA_HOME, so that the other four systems can still be asked while 营销2.0 is down; the kept
    copy of the same address is used only then. Raises SourceFailed where there is none.
    """
    from tools.fetch import Gate, Query

    sql = "SELECT org_code, org_name, parent_code, level FROM org ORDER BY org_code"
    outcome = Gate.directory(settings, connections).run(Query("marketing", sql, {}, "", "供电单位"))
    address = hashlib.sha256(f"{settings.source_url('marketing')} {settings.source_mapping}".encode()).hexdigest()[:12]
    kept = settings.home / f"units-{address}.json"
    if outcome.status == "ok" and not outcome.truncated:
        orgs = tuple(_org(row) for row in outcome.rows)
        _keep(kept, OrgTree(orgs=orgs).model_dump_json())
        return orgs
    found = kept if kept.exists() else _any_kept(settings)
    if found is not None:
        return OrgTree.model_validate_json(found.read_text(encoding="utf-8")).orgs
    raise SourceFailed(outcome.message or "营销2.0里没有任何供电单位。", "请数据运维员检查营销2.0。")


def _any_kept(settings: Settings) -> Path | None:
    """The newest kept list of any address: a source that moved and is down still has the same units."""
    return max(settings.home.glob("units-*.json"), key=lambda path: path.stat().st_mtime, default=None)


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
