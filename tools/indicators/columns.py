"""Row expressions of a measure as SQL text: columns prefixed with the table's alias, dimensions, period conditions."""

from __future__ import annotations

import re
from functools import lru_cache

from core.domain.indicator import Measure
from core.errors import BadRequest, Broken
from knowledge.catalog import Catalog, DatasetInfo

JOIN_KEYS = {"customer": "cons_no"}
_DOLLAR = re.compile(r"\$([a-z]\w*)")
BIND = re.compile(r"(?<![:\w]):([a-z]\w*)")


@lru_cache(maxsize=2048)
def prefixed(expr: str, alias: str = "t") -> str:
    """`expr` with every bare column written as `alias.column`; raises Broken when it is not SQL."""
    import sqlglot
    from sqlglot import exp

    try:
        tree = sqlglot.parse_one(expr, read="duckdb")
    except sqlglot.ParseError as error:
        raise Broken(f"指标定义中的表达式「{expr}」不是有效的 SQL", "请检查 knowledge/indicators/ 下的定义") from error
    for column in tree.find_all(exp.Column):
        if not column.table:
            column.set("table", exp.to_identifier(alias))
    return _DOLLAR.sub(r":\1", str(tree.sql(dialect="duckdb")))


def org_key(column: str, children: tuple[str, ...]) -> str:
    """The code of the child unit that a row belongs to (a prefix); rows of the parent itself keep their own code."""
    if not children:
        raise BadRequest("该单位没有下级单位，不能按单位拆分", "请换一个上级单位，或去掉“各单位”")
    lengths = {len(code) for code in children}
    if len(lengths) == 1:
        return f"SUBSTR({column}, 1, {lengths.pop()})"
    cases = " ".join(f"WHEN {column} LIKE '{code}%' THEN '{code}'" for code in sorted(children, key=len, reverse=True))
    return f"CASE {cases} ELSE {column} END"


def dimension(info: DatasetInfo, by: str, children: tuple[str, ...]) -> tuple[str, str]:
    """The key expression of a dimension and the join it needs ('' for none)."""
    if by == "org":
        return org_key("t.org_code", children), ""
    path = info.dims.get(by)
    if path is None:
        raise BadRequest(f"「{info.label}」不能按这个维度拆分", "请换一个维度，例如按单位")
    table, _, column = path.rpartition(".")
    if not table:
        return f"t.{column}", ""
    return f"j.{column}", joined(table)


def joined(table: str) -> str:
    """The join of another dataset of the same source; rows without a partner stay."""
    return f"LEFT JOIN {table} AS j ON j.{JOIN_KEYS[table]} = t.{JOIN_KEYS[table]}"


def in_window(measure: Measure, role: str, catalog: Catalog, alias: str = "t") -> str:
    """The condition that a row belongs to the window called `role`."""
    parts: list[str] = []
    if measure.date:
        parts.append(between(f"{alias}.{measure.date}", measure.date_kind, role))
    if measure.since:
        parts.append(until_end(f"{alias}.{measure.since}", measure.since_kind, role, catalog))
    if measure.until:
        column = f"{alias}.{measure.until}"
        parts.append(f"({column} IS NULL OR {column} > CAST(:{role}_end AS DATE))")
    return " AND ".join(parts) or "1 = 1"


def between(column: str, kind: str, role: str, upper: str | None = None) -> str:
    """A flow's condition from the start of `role` to the end of `upper` (or of `role`)."""
    upper = upper or role
    if kind == "ym":
        return f"{column} BETWEEN :{role}_start_ym AND :{upper}_end_ym"
    if kind == "timestamp":
        return f"{column} >= CAST(:{role}_start AS DATE) AND {column} < CAST(:{upper}_after AS DATE)"
    return f"{column} BETWEEN CAST(:{role}_start AS DATE) AND CAST(:{upper}_end AS DATE)"


def until_end(column: str, kind: str, role: str, catalog: Catalog) -> str:
    """A stock's condition: not after the end of the window."""
    if kind == "ym":
        return f"{column} <= :{role}_end_ym"
    if kind == "cutoff":
        whole_day = int(catalog.thresholds.get("recovery_cutoff.hour")) == 24
        return f"{column} < CAST(:{role}_cutoff AS {'DATE' if whole_day else 'TIMESTAMP'})"
    if kind == "timestamp":
        return f"{column} < CAST(:{role}_after AS DATE)"
    return f"{column} <= CAST(:{role}_end AS DATE)"
