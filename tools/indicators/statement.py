"""Statements: measures that share rows become one SELECT that answers every window at once.

Four shapes. *folded* (and *stock*, up to a day): rows are first summed by their date key, so that each window sums a
few keys (one scan, however many windows). *direct*: row by row, for rows with several dates and for distinct counts.
*whole*: the definition's own SELECT, once per window, joined by UNION ALL. All return the columns
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
        text = (_whole if self.frame.shape == "whole" else _windowed)(self, catalog)
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
        measure.source,
        measure.dataset,
        org,
        by,
        children if by == "org" else (),
        shape,
        key,
        kind,
        among,
        measure.join or "",
        tuple(windows.items()),
        top,
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


def _windowed(statement: Statement, catalog: Catalog) -> str:
    """Rows (or their sums by date key) marked with the windows they fall in, then one column per measure and window."""
    frame, columns = statement.frame, statement.columns
    group, join = _group(frame, catalog)
    folded = frame.shape != "direct"
    first = next(iter(columns.values()))
    clock = _clock(frame, first)
    inner = [f"{group} AS k"] if group else []
    inner += [f"CASE WHEN {in_window(first, role, catalog)} THEN 1 END AS in_{role}" for role, _ in frame.windows]
    inner += [f"{_row(measure, folded)} AS {alias}" for alias, measure in columns.items()]
    inner += ["COUNT(*) AS n"] if folded else []
    inner += [f"MAX({clock}) AS z" if folded else f"{clock} AS z"] if clock else []
    outer = ["f.k AS k"] if group else []
    for role, _ in frame.windows:
        test = f"f.in_{role} = 1"
        outer += [f"{_final(measure, test, alias)} AS {alias}__{role}" for alias, measure in columns.items()]
        if is_current(role):
            count = f"SUM(CASE WHEN {test} THEN f.n END)" if folded else f"COUNT(f.in_{role})"
            outer.append(f"{count} AS n__{role}")
            outer += [f"MAX(CASE WHEN {test} THEN f.z END) AS z__{role}"] if clock else []
    where = _where(frame.among, _span(first, catalog))
    keys = ", ".join(filter(None, (group, f"t.{frame.key}"))) if folded else ""
    rows = f"SELECT {', '.join(inner)} FROM {frame.dataset} AS t {join} {where}" + (f" GROUP BY {keys}" if keys else "")
    return f"SELECT {', '.join(outer)} FROM ({rows}) AS f" + (" GROUP BY f.k" if group else "")


def _clock(frame: Frame, measure: Measure) -> str:
    """The column whose newest value dates a window: a declared one, the flow's own date or time, else none."""
    if frame.shape != "direct":
        return f"t.{measure.as_of or frame.key}"
    return f"t.{measure.date}" if measure.date_kind == "timestamp" and measure.date else ""


def _row(measure: Measure, folded: bool) -> str:
    """A measure's value of one row, or of the rows of one date key."""
    one = "1" if measure.agg == "count" else prefixed(measure.expr)
    otherwise = "" if measure.agg == "distinct" else "ELSE 0 "
    value = f"CASE WHEN {prefixed(measure.where)} THEN {one} {otherwise}END" if measure.where else one
    if not folded:
        return value
    return f"{'MAX' if measure.agg == 'max' and not measure.fold else 'SUM'}({value})"


def _final(measure: Measure, test: str, alias: str) -> str:
    shown = f"CASE WHEN {test} THEN f.{alias} END"
    if measure.agg == "distinct":
        return f"COUNT(DISTINCT {shown})"
    return f"{'MAX' if measure.agg == 'max' else 'SUM'}({shown})"


def _span(measure: Measure, catalog: Catalog) -> str:
    """The condition that bounds the rows to all windows together; '' for archives."""
    if measure.date:
        return between(f"t.{measure.date}", measure.date_kind, SPAN)
    if measure.since and not measure.until:
        return until_end(f"t.{measure.since}", measure.since_kind, SPAN, catalog)
    return ""


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


def is_current(role: str) -> bool:
    """Whether a window is a result period itself, not only a base of comparison."""
    return role == "cur" or (role[:1] in {"m", "d"} and role[1:].isdigit())
