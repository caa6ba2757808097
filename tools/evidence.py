"""Evidence (取证): the statements that a check or a detector needs, asked once and side by side.

Whoever judges states what it wants first; equal statements run once. What could not be read in whole raises
`NoEvidence` with its state, so that a failed, forbidden or cut-off answer never looks like nothing found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from core.domain.fact import FactStatus
from core.domain.period import Period, shift_months
from knowledge.catalog import Catalog
from tools.fetch import Gate, Outcome, Query
from tools.indicators.answers import decimal

if TYPE_CHECKING:
    import pandas as pd

_BIND = re.compile(r"(?<![:\w]):([a-z]\w*)")


@dataclass(frozen=True)
class Want:
    """One statement with its binds; `bulk` answers come as a frame, without sensitive columns."""

    source: str
    sql: str
    binds: tuple[tuple[str, Any], ...] = ()
    bulk: bool = False

    @property
    def params(self) -> dict[str, Any]:
        return dict(self.binds)


class NoEvidence(Exception):
    """An answer that cannot be judged: `status` is denied, error or partial, `reason` says why in Chinese."""

    def __init__(self, status: FactStatus, reason: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason


@dataclass(frozen=True)
class Scope:
    """What is looked at: one unit and one period. `today` bounds what may be expected to exist."""

    org: str
    period: Period
    today: date
    catalog: Catalog

    def want(
        self, source: str, sql: str, *, bulk: bool = False, binds: Mapping[str, Any] | None = None, **more: Any
    ) -> Want:
        """A statement with those of its binds filled that the period gives, and the further ones named."""
        start, end = self.period.start, self.period.end
        known: dict[str, Any] = {
            "start": start,
            "end": end,
            "after": end + timedelta(days=1),
            "before": start - timedelta(days=1),
            "start_ym": f"{start:%Y-%m}",
            "end_ym": f"{end:%Y-%m}",
            "year_start": shift_months(start, -12),
            "year_end": shift_months(end, -12),
            **(binds or {}),
            **more,
        }
        text = " ".join(sql.split())
        names = sorted(set(_BIND.findall(text)))
        return Want(source, text, tuple((name, _plain(known[name])) for name in names), bulk)

    def within(self, dataset: str, alias: str = "") -> str:
        """The condition that a dated dataset's rows lie in the period."""
        info = self.catalog.datasets[dataset]
        column = f"{alias}.{info.date}" if alias else info.date
        if info.date_kind == "ym":
            return f"{column} BETWEEN :start_ym AND :end_ym"
        if info.date_kind == "timestamp":
            return f"{column} >= CAST(:start AS DATE) AND {column} < CAST(:after AS DATE)"
        return f"{column} BETWEEN :start AND :end"


def _plain(value: Any) -> Any:
    """A value that every driver binds as a number: limits are small, so a float holds them."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


@dataclass
class Evidence:
    """Answers by statement, for one actor and one unit."""

    gate: Gate
    org: str
    purpose: str
    _found: dict[Want, Outcome] = field(default_factory=dict)

    def gather(self, wants: Iterable[Want]) -> None:
        """Ask what has not been asked yet, sources side by side."""
        new = [want for want in dict.fromkeys(wants) if want not in self._found]
        queries = [Query(w.source, w.sql, w.params, self.org, self.purpose, bulk=w.bulk) for w in new]
        self._found.update(zip(new, self.gate.run_many(queries), strict=True))

    def outcome(self, want: Want) -> Outcome:
        """The whole answer; raises NoEvidence for one that was refused, failed or cut off."""
        if want not in self._found:
            self.gather([want])
        found = self._found[want]
        if found.status in {"denied", "error"}:
            raise NoEvidence(found.status, found.message)
        if found.truncated:
            raise NoEvidence("error", "结果超过取数行数上限，不完整，不能据此判断，请缩小单位范围")
        return found

    def rows(self, want: Want) -> list[dict[str, Any]]:
        """Rows as dictionaries; [] where the source answered that there are none."""
        found = self.outcome(want)
        if want.bulk:
            records: list[dict[str, Any]] = []
            if found.table is not None:
                records += found.frame().to_dict("records")  # type: ignore[arg-type]
            return records
        return found.records()

    def frame(self, want: Want) -> pd.DataFrame:
        """The answer as a frame; without rows a frame without rows."""
        return self.outcome(want).frame()

    def number(self, want: Want, name: str) -> Decimal | None:
        """One number of a one-row answer, exact; None where it is null."""
        rows = self.rows(want)
        return decimal(rows[0][name]) if rows else None


Wants = Mapping[str, Want]
