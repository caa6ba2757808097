"""Whose energy is looked at: what the members of a level are called, and which of them are peers of each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from core.domain.org import covers
from tools.analysis import Bench
from tools.fetch import Query

if TYPE_CHECKING:
    import pandas as pd

Level = Literal["org", "line", "tg", "customer"]
LABELS: dict[Level, str] = {"org": "单位", "line": "线路", "tg": "台区", "customer": "客户"}
PEERS: dict[Level, str] = {"org": "同级单位", "line": "其他线路", "tg": "同类台区", "customer": "同行业客户"}
KEY: dict[Level, str] = {"org": "org_code", "line": "tg_no", "tg": "tg_no", "customer": "cons_no"}
"""The key by which daily readings are summed; areas and stations are put together to lines and units afterwards."""
TRANSFORMERS = """
SELECT t.tg_no AS tg_no, t.tg_name AS tg_name, t.line_id AS line_id, l.line_name AS line_name, t.is_public AS is_public
FROM transformer AS t LEFT JOIN line AS l ON l.line_id = t.line_id
"""
INDUSTRIES = "SELECT c.cons_no AS cons_no, c.industry_code AS industry FROM customer AS c"


@dataclass(frozen=True)
class Members:
    """`of`: key of a reading → member (None: the same); `names` and `group` by member; missing names are the keys."""

    of: dict[str, str] | None
    names: dict[str, str]
    group: dict[str, str]


def members(bench: Bench, level: Level, org: str) -> Members | str:
    """Who is on a level below a unit; a Chinese reason when the system that knows does not answer."""
    if level == "org":
        units = bench.tree.children(org) or [unit for unit in [bench.tree.get(org)] if unit]
        of = {
            station.code: unit.code for station in bench.tree.orgs for unit in units if covers(unit.code, station.code)
        }
        return Members(of, {unit.code: unit.short for unit in units}, {})
    if level == "customer":
        found = bench.gate.run(Query("marketing", INDUSTRIES, {}, org, "客户行业", bulk=True))
        group = _map(found.frame(), "cons_no", "industry") if found.status == "ok" else {}
        return Members(None, {}, group)
    found = bench.gate.run(Query("equipment", TRANSFORMERS, {}, org, "台区与线路", bulk=True))
    if found.status != "ok":
        return found.message or "设备管理没有台区档案"
    table = found.frame()
    if level == "line":
        return Members(_map(table, "tg_no", "line_id"), _map(table, "line_id", "line_name"), {})
    return Members(None, _map(table, "tg_no", "tg_name"), _map(table, "tg_no", "is_public"))


def named(bench: Bench, level: Level, org: str, known: Members, keys: list[str]) -> dict[str, str]:
    """The names of a few members; those of customers are read (and masked) only now."""
    if level != "customer":
        return {key: known.names.get(key, key) for key in keys}
    listed = ", ".join(f"'{key}'" for key in keys if key.isalnum())
    sql = f"SELECT c.cons_no AS cons_no, c.cons_name AS cons_name FROM customer AS c WHERE c.cons_no IN ({listed})"
    found = bench.gate.run(Query("marketing", sql, {}, org, "客户名称")) if listed else None
    rows = found.records() if found is not None and found.status == "ok" else []
    return {key: key for key in keys} | {str(row["cons_no"]): str(row["cons_name"]) for row in rows}


def _map(table: pd.DataFrame, key: str, value: str) -> dict[str, str]:
    known = table[[key, value]].dropna()
    return dict(zip(known[key].astype(str), known[value].astype(str), strict=True))
