"""A second count of every indicator: each case's own SQL straight on the province's files, without our engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal, localcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.domain.period import Period, shift_months
from core.settings import SOURCES

if TYPE_CHECKING:
    import duckdb

CASES = Path(__file__).parents[1] / "cases" / "indicators"
FIRST_DAY = Period.parse("2024-09").start
"""The province's data begin here: a base period that reads earlier has no value."""


def indicator_cases() -> list[dict[str, Any]]:
    """Every case of `evals/cases/indicators`, by file name."""
    import yaml

    return [dict(yaml.safe_load(path.read_text("utf-8"))) for path in sorted(CASES.glob("*.yaml"))]


@contextmanager
def bare(demo: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """One connection with every source attached under its name, read only; no gate, no engine."""
    import duckdb

    connection = duckdb.connect()
    try:
        for source in SOURCES:
            connection.execute(f"ATTACH '{(demo / f'{source}.duckdb').resolve()}' AS {source} (READ_ONLY)")
        yield connection
    finally:
        connection.close()


def second(connection: duckdb.DuckDBPyConnection, case: Mapping[str, Any], org: str, period: Period) -> Decimal | None:
    """The case's own value of one period, from its own SQL; None where there is nothing to count."""
    if case.get("span") == "ytd":
        period = period.ytd()
    row = connection.execute(case["sql"].format(org=org, start=period.start, end=period.end)).fetchone()
    numbers = [None if cell is None else Decimal(cell) for cell in row or (None,)]
    if numbers[0] is None or (len(numbers) > 1 and not numbers[1]):
        return None
    with localcontext() as context:
        context.prec = 60
        return numbers[0] * int(case.get("scale", 1)) / ((numbers[1] or 1) if len(numbers) > 1 else 1)


def base(connection: duckdb.DuckDBPyConnection, case: Mapping[str, Any], org: str, period: Period) -> Decimal | None:
    """The value of a base period: none where the data begin later than what it reads."""
    archive = case.get("ytd") == "last" and not case.get("lookback") and not case.get("span")
    reads = period.ytd() if case.get("span") == "ytd" else period
    if not archive and shift_months(reads.start, -case.get("lookback", 0)) < FIRST_DAY:
        return None
    return second(connection, case, org, period)


def changed(rule: str, now: Decimal | None, then: Decimal | None) -> Decimal | None:
    """The change by the indicator's rule: % of the base (`pct`) or the difference."""
    if now is None or then is None:
        return None
    with localcontext() as context:
        context.prec = 60
        if rule != "pct":
            return now - then
        return None if then == 0 or now * then < 0 else (now / abs(then) - then / abs(then)) * 100
