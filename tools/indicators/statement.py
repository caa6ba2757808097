"""Statements: measures that share rows become one SELECT that answers every window at once.

Four shapes. *folded* (and *stock*, up to a day): rows are first summed by their date key, then each window sums the few
keys it covers (one scan, however many windows). *direct*: a CASE column per window, for rows with several dates and for
distinct counts. *whole*: the definition's own SELECT, once per window, joined by UNION ALL. All return the columns
`[k,] <alias>__<role> …, n__<role> …` or `w, [k,] …`, which `answers.py` reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.domain.indicator import Measure
from core.domain.period import Period
from knowledge.catalog import Catalog
from tools.indicators.columns import BIND, between, dimension, in_window, joined, org_key, prefixed, until_end
from tools.indicators.windows import bind, is_period_bind

SPAN = "span"


@dataclass(frozen=True)
class Frame:
    """What measures must share to be answered by one statement."""

    source: str
    dataset: str
    org: str
    by: str
    children: tuple[str, ...]
    shape: str
    key: str
    key_kind: str
    among: str
    join: str
    windows: tuple[tuple[str, Period], ...]
    top: tuple[str, int] | None = None
    """Keep only the members with the largest values: the value over column aliases, and how many."""


@dataclass
class Statement:
    """One SELECT in the making: `columns` maps an alias to its measure."""

    frame: Frame
    columns: dict[str, Measure] = field(default_factory=dict)

    def alias(self, name: str, measure: Measure) -> str:
        """The column alias of a measure, added if it is new; equal measures share one.

        Across the catalogue a name stands for one definition only, so an alias never means two things.
        """
        for alias, known in self.columns.items():
            if known == measure:
                return alias
        self.columns[name] = measure
        return name

    def sql(self, catalog: Catalog) -> str:
        """Canonical SQL on one line; `bound` gives what it is run with."""
        shapes = {"folded": _folded, "stock": _folded, "direct": _direct, "whole": _whole}
        text = shapes[self.frame.shape](self, catalog)
        if self.frame.top:
            value, count = self.frame.top
            text = f"SELECT r.* FROM ({text}) AS r ORDER BY {value} DESC NULLS LAST, r.k LIMIT {count}"
        return " ".join(text.split())

    def bound(self, sql: str, catalog: Catalog) -> dict[str, Any]:
        """The value of every bind in `sql`, as JSON values (dates as ISO text)."""
        windows = dict(self.frame.windows)
        caliber = catalog.thresholds.binds
        first, last = min(w.start for w in windows.values()), max(w.end for w in windows.values())
        span = Period(start=first, end=last, grain="range")
        roles = {**windows, SPAN: span}
        out: dict[str, Any] = {}
        for name in dict.fromkeys(BIND.findall(sql)):
            role, _, rest = name.partition("_")
            dated = role in roles and is_period_bind(rest)
            out[name] = bind(rest, roles[role], caliber) if dated else _plain(caliber[name])
        return out


def _plain(value: Any) -> Any:
    """A caliber number as an integer where it is whole, so that comparisons with decimals stay exact."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def frame_of(
    measure: Measure,
    org: str,
    by: str,
    children: tuple[str, ...],
    windows: Mapping[str, Period],
    top: tuple[str, int] | None = None,
) -> Frame:
    """The frame of a measure; month and day are windows, not a GROUP BY."""
    shape, key, kind = _shape(measure)
    among = measure.sql or measure.among or ""
    by = "" if by in {"month", "day"} else by
    return Frame(
        measure.source, measure.dataset, org, by, children if by == "org" else (), shape, key, kind, among,
        measure.join or "", tuple(windows.items()), top,
    )


def _shape(measure: Measure) -> tuple[str, str, str]:
    if measure.sql:
        return "whole", "", ""
    if measure.fold:
        return "folded", measure.fold, measure.date_kind
    if measure.agg != "distinct" and not measure.until:
        if measure.date and not measure.since and measure.date_kind in {"ym", "date"}:
            return "folded", measure.date, measure.date_kind
        if measure.since and not measure.date and measure.since_kind in {"ym", "date"}:
            return "stock", measure.since, measure.since_kind
    return "direct", "|".join(name or "" for name in (measure.date, measure.since, measure.until)), ""


def _folded(statement: Statement, catalog: Catalog) -> str:
    frame, stock = statement.frame, statement.frame.shape == "stock"
    group, join = _group(frame, catalog)
    key = f"t.{frame.key}"
    as_of = next((f"t.{m.as_of}" for m in statement.columns.values() if m.as_of), key)
    rows = [f"{_row_aggregate(measure)} AS {alias}" for alias, measure in statement.columns.items()]
    inner = [*([f"{group} AS k"] if group else []), f"{key} AS d", *rows, "COUNT(*) AS n", f"MAX({as_of}) AS z"]
    outer = ["f.k AS k"] if group else []
    for role, _ in frame.windows:
        test = until_end("f.d", frame.key_kind, role, catalog) if stock else between("f.d", frame.key_kind, role)
        for alias, measure in statement.columns.items():
            final = "MAX" if measure.agg == "max" else "SUM"
            outer.append(f"{final}(CASE WHEN {test} THEN f.{alias} END) AS {alias}__{role}")
        outer.append(f"SUM(CASE WHEN {test} THEN f.n END) AS n__{role}")
        if _is_current(role):
            outer.append(f"MAX(CASE WHEN {test} THEN f.z END) AS z__{role}")
    span = until_end(key, frame.key_kind, SPAN, catalog) if stock else between(key, frame.key_kind, SPAN)
    keys = ", ".join(filter(None, (group, key)))
    derived = f"SELECT {', '.join(inner)} FROM {frame.dataset} AS t {join} {_where(frame.among, span)} GROUP BY {keys}"
    return f"SELECT {', '.join(outer)} FROM ({derived}) AS f" + (" GROUP BY f.k" if group else "")


def _row_aggregate(measure: Measure) -> str:
    one = "1" if measure.agg == "count" else prefixed(measure.expr)
    value = f"CASE WHEN {prefixed(measure.where)} THEN {one} ELSE 0 END" if measure.where else one
    return f"{'MAX' if measure.agg == 'max' and not measure.fold else 'SUM'}({value})"


def _direct(statement: Statement, catalog: Catalog) -> str:
    frame = statement.frame
    group, join = _group(frame, catalog)
    columns = [f"{group} AS k"] if group else []
    measures = list(statement.columns.items())
    first = measures[0][1]
    clock = first.date if first.date_kind == "timestamp" else None
    for role, _ in frame.windows:
        for alias, measure in measures:
            columns.append(f"{_window_aggregate(measure, role, catalog)} AS {alias}__{role}")
        columns.append(f"COUNT(CASE WHEN {in_window(first, role, catalog)} THEN 1 END) AS n__{role}")
        if clock and _is_current(role):
            columns.append(f"MAX(CASE WHEN {between(f't.{clock}', 'timestamp', role)} THEN t.{clock} END) AS z__{role}")
    span = between(f"t.{first.date}", first.date_kind, SPAN) if first.date else ""
    return (
        f"SELECT {', '.join(columns)} FROM {frame.dataset} AS t {join} {_where(frame.among, span)}"
        + (f" GROUP BY {group}" if group else "")
    )


def _window_aggregate(measure: Measure, role: str, catalog: Catalog) -> str:
    test = in_window(measure, role, catalog)
    one = "1" if measure.agg == "count" else prefixed(measure.expr)
    if measure.agg == "distinct":
        test = f"{test} AND {prefixed(measure.where)}" if measure.where else test
        return f"COUNT(DISTINCT CASE WHEN {test} THEN {one} END)"
    value = f"CASE WHEN {prefixed(measure.where)} THEN {one} ELSE 0 END" if measure.where else one
    return f"{'MAX' if measure.agg == 'max' else 'SUM'}(CASE WHEN {test} THEN {value} END)"


def _whole(statement: Statement, catalog: Catalog) -> str:
    frame = statement.frame
    names = sorted({measure.expr for measure in statement.columns.values()})
    key = org_key("org_code", frame.children) if frame.by else ""
    places = {"{key}": f"{key} AS k,", "{group}": f"GROUP BY {key}"} if key else {"{key}": "", "{group}": ""}
    text = frame.among.replace("{key}", places["{key}"]).replace("{group}", places["{group}"])
    shown = ", ".join([*(["q.k AS k"] if key else []), *(f"q.{name} AS {name}" for name in names), "q.n AS n"])
    return " UNION ALL ".join(
        f"SELECT '{role}' AS w, {shown} FROM ({_in_role(text, role)}) AS q" for role, _ in frame.windows
    )


def _in_role(text: str, role: str) -> str:
    """A definition's own SELECT with its period binds named for one window."""
    return BIND.sub(lambda match: f":{role}_{match[1]}" if is_period_bind(match[1]) else match[0], text)


def _group(frame: Frame, catalog: Catalog) -> tuple[str, str]:
    key, join = dimension(catalog.datasets[frame.dataset], frame.by, frame.children) if frame.by else ("", "")
    return key, join or (joined(frame.join) if frame.join else "")


def _where(among: str, span: str) -> str:
    tests = [f"({prefixed(among)})"] if among else []
    tests += [f"({span})"] if span else []
    return f"WHERE {' AND '.join(tests)}" if tests else ""


def _is_current(role: str) -> bool:
    return role == "cur" or (role[:1] in {"m", "d"} and role[1:].isdigit())
